// Package schema holds the golden vectors, and the tables that are refused,
// against their JSON Schemas. It is a module of its own, because the validator
// has no place in the requirements of the package under test. There is nothing
// but its test.
package schema
