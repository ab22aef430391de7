//go:build !plan9

package main

import "syscall"

// errBrokenPipe is the error of writing to a pipe that nobody reads.
var errBrokenPipe error = syscall.EPIPE
