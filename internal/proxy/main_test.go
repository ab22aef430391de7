package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// path is the module's path.
const path = "example.com/optout"

// TestModule gets the package as a user does, in a module outside of this tree,
// from the proxy that write makes: go get, vendor, build, decide.
func TestModule(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the go command often")
	}
	dir := t.TempDir()
	proxy := filepath.Join(dir, "proxy")
	for _, version := range []string{"v0.2.9", "v0.3.0"} {
		if err := write("../..", version, proxy); err != nil {
			t.Fatal(err)
		}
	}
	// All other modules come from this machine's cache.
	goCommand(t, "../..", nil, "mod", "download")
	cache := strings.TrimSpace(goCommand(t, ".", nil, "env", "GOMODCACHE"))
	env := []string{
		"GOPROXY=" + fileURL(proxy) + "," + fileURL(filepath.Join(cache, "cache", "download")),
		"GONOSUMDB=" + path,
		"GOMODCACHE=" + filepath.Join(dir, "cache"),
		"GOSUMDB=off", "GOFLAGS=-modcacherw", "GOWORK=off",
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
	// An app with the oldest Go and x/text that the module supports: go get
	// upgrades neither. It adds one line.
	const before = `module example.net/app

go 1.23.0

require golang.org/x/text v0.14.0
`
	writeFile(t, filepath.Join(app, "go.mod"), before)
	goCommand(t, app, env, "mod", "download", "golang.org/x/text")
	if got, want := goCommand(t, app, env, "list", "-m", "-versions", path), path+" v0.2.9 v0.3.0\n"; got != want {
		t.Errorf("go list -m -versions prints %q, want %q", got, want)
	}
	goCommand(t, app, env, "get", path+"@latest")
	after, err := os.ReadFile(filepath.Join(app, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(after), before+"\nrequire "+path+" v0.3.0 // indirect\n"; got != want {
		t.Errorf("go get makes this go.mod:\n%s\nwant:\n%s", got, want)
	}
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

	// The same program with strings.EqualFold, to compare the size.
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
	err = filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			if goFiles, _ := filepath.Glob(filepath.Join(at, "*.go")); len(goFiles) > 0 {
				rel, _ := filepath.Rel(root, at)
				vendored = append(vendored, filepath.ToSlash(rel))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	vendor := []string{path, "golang.org/x/text/transform", "golang.org/x/text/unicode/norm"}
	slices.Sort(vendor) // the module may have another path
	slices.Sort(vendored)
	if !slices.Equal(vendored, vendor) {
		t.Errorf("vendored packages: %q, want %q", vendored, vendor)
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

func TestWriteError(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "go.mod"), "module example.com/m\n")
	writeFile(t, filepath.Join(root, "m.go"), "package m\n")
	proxy := t.TempDir()
	if err := write(root, "v0.2.0", proxy); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, root, version, want string }{
		{"again", root, "v0.2.0", "has v0.2.0 already"},
		{"no v", root, "0.2.0", `version "0.2.0" is not canonical`},
		{"version of another path", root, "v2.0.0", "should be v0 or v1, not v2"},
		{"no module", proxy, "v0.2.0", "go.mod"},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := write(test.root, test.version, proxy)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("write(%q, %q) = %v, want %s", test.root, test.version, err, test.want)
			}
		})
	}
	list, err := os.ReadFile(filepath.Join(proxy, "example.com", "m", "@v", "list"))
	if want := "v0.2.0\n"; string(list) != want || err != nil {
		t.Errorf("list is %q, %v, want %q", list, err, want)
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
