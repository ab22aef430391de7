// Proxy writes a version of this module the way a module proxy serves it, so
// that a folder, or a web server that serves one, is a private proxy:
//
//	go -C internal/proxy run . v0.2.0 /srv/goproxy
//
// The version has the files that are in the tree, so run it in a clean clone;
// the clone needs no tag. Versions that the folder has already stay. The layout
// is that of "GOPROXY protocol" in the Go Modules Reference.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go -C internal/proxy run . VERSION FOLDER")
		os.Exit(2)
	}
	if err := write("../..", os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "proxy:", err)
		os.Exit(1)
	}
}

// write adds the module that is in root to the proxy in dir.
func write(root, version, dir string) error {
	goMod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	m := module.Version{Path: modfile.ModulePath(goMod), Version: version}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, m, root); err != nil {
		return err
	}
	escaped, err := module.EscapePath(m.Path)
	if err != nil {
		return err
	}
	at := filepath.Join(dir, filepath.FromSlash(escaped), "@v")
	if _, err := os.Stat(filepath.Join(at, version+".zip")); err == nil {
		return fmt.Errorf("%s has %s already, and a version never changes: take the next one", at, version)
	}
	list, err := os.ReadFile(filepath.Join(at, "list"))
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if err := os.MkdirAll(at, 0o777); err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		data []byte
	}{ // the list last, as it makes the go command look for the others
		{version + ".info", fmt.Appendf(nil, "{\"Version\":%q}\n", version)},
		{version + ".mod", goMod},
		{version + ".zip", archive.Bytes()},
		{"list", append(list, version+"\n"...)},
	} {
		if err := os.WriteFile(filepath.Join(at, f.name), f.data, 0o666); err != nil {
			return err
		}
	}
	return nil
}
