// Proxy writes a version of this module into a folder, as a module proxy serves
// it. The folder, or a web server that serves it, is then a private proxy:
//
//	go -C internal/proxy run . v0.3.0 /srv/goproxy
//
// The version contains the files of the tree, so run it in a clean clone. The
// clone needs no tag. Versions that the folder has already are kept. The layout
// follows "GOPROXY protocol" in the Go Modules Reference.
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
		return fmt.Errorf("%s has %s already, and a version never changes: choose the next version", at, version)
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
	}{ // the list last: the go command reads it first, and then the files it names
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
