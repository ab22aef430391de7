package optout

import (
	"archive/zip"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestModule gets the package as a user would, in a module outside of this
// tree, from a module proxy on the file system: go get, vendor, build, decide.
func TestModule(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command often")
	}
	const version = "v0.1.0"
	dir := t.TempDir()
	proxy := filepath.Join(dir, "proxy")
	writeProxy(t, proxy, version)
	cache := strings.TrimSpace(goCommand(t, ".", nil, "env", "GOMODCACHE"))
	env := []string{
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(cache, "cache", "download")),
		"GOMODCACHE=" + filepath.Join(dir, "cache"),
		"GONOSUMDB=example.com/optout", "GOSUMDB=off", "GOFLAGS=-modcacherw", "GOWORK=off",
	}

	app := filepath.Join(dir, "app")
	writeFile(t, filepath.Join(app, "main.go"), `package main

import (
	"fmt"
	"os"

	"example.com/optout"
)

func main() {
	for _, message := range os.Args[1:] {
		d := optout.Policy{}.Decide(message, optout.Flags{})
		fmt.Println(d.Action, d.Code, d.Class, d.Keyword)
	}
}
`)
	goCommand(t, app, env, "mod", "init", "example.net/app")
	goCommand(t, app, env, "get", "example.com/optout@"+version)
	const want = "drop 80901 opt-out ARRET\nforward 0 none \nforward 0 help INFO\n"
	for _, step := range [][]string{
		{"run", ".", "Arr\u00eat", "arr\u00eatez", "\uff29nfo"},
		{"run", "-mod=vendor", ".", "Arr\u00eat", "arr\u00eatez", "\uff29nfo"},
	} {
		if step[1] == "-mod=vendor" {
			goCommand(t, app, env, "mod", "tidy")
			goCommand(t, app, env, "mod", "vendor")
		}
		if got := goCommand(t, app, env, step...); got != want {
			t.Errorf("go %s prints\n%s, want\n%s", strings.Join(step, " "), got, want)
		}
	}

	// What the package adds to a program that would fold a word without it.
	fold := filepath.Join(dir, "fold")
	writeFile(t, filepath.Join(fold, "main.go"), `package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	for _, message := range os.Args[1:] {
		fmt.Println(strings.EqualFold(message, "STOP"))
	}
}
`)
	goCommand(t, fold, env, "mod", "init", "example.net/fold")
	with, without := programSize(t, app, env), programSize(t, fold, env)
	t.Logf("the program has %d bytes, %d with strings.EqualFold in place of this package", with, without)
	if added := with - without; added > 150_000 {
		t.Errorf("the package adds %d bytes to a program, want at most 150,000", added)
	}

	var vendored []string
	root := filepath.Join(app, "vendor")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && filepath.Base(path) != "vendor" {
			if goFiles, _ := filepath.Glob(filepath.Join(path, "*.go")); len(goFiles) > 0 {
				rel, _ := filepath.Rel(root, path)
				vendored = append(vendored, filepath.ToSlash(rel))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(vendored, " ")
	if want := "example.com/optout golang.org/x/text/transform golang.org/x/text/unicode/norm"; got != want {
		t.Errorf("vendored packages: %s, want %s", got, want)
	}
}

// programSize returns the size of the program in dir.
func programSize(t *testing.T, dir string, env []string) int64 {
	t.Helper()
	program := filepath.Join(t.TempDir(), "program")
	goCommand(t, dir, env, "build", "-o", program, ".")
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// goCommand runs the go command in dir and returns its standard output.
func goCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	stderr := new(strings.Builder)
	cmd.Stderr = stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	return string(out)
}

// writeProxy lays out this module as a module proxy serves it: see
// "GOPROXY protocol" in the Go Modules Reference.
func writeProxy(t *testing.T, proxy, version string) {
	t.Helper()
	at := filepath.Join(proxy, filepath.FromSlash("example.com/optout"), "@v")
	goMod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]string{"Version": version, "Time": "2026-11-24T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(at, "list"), version+"\n")
	writeFile(t, filepath.Join(at, version+".info"), string(info))
	writeFile(t, filepath.Join(at, version+".mod"), string(goMod))

	archive, err := os.Create(filepath.Join(at, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	zw := zip.NewWriter(archive)
	err = filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(path, "go.mod")); path != "." && err == nil || strings.HasPrefix(path, ".git") {
				return filepath.SkipDir // a nested module is not part of this one
			}
			return nil
		}
		if !d.Type().IsRegular() {
			return nil
		}
		w, err := zw.Create("example.com/optout@" + version + "/" + filepath.ToSlash(path))
		if err != nil {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if runtime.GOOS == "windows" {
		path = "/" + path
	}
	return "file://" + path
}
