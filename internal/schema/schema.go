// Package schema validates the files of testdata with their JSON Schemas. It has
// only a test. It is a module of its own, so that package optout does not require
// the validator.
package schema
