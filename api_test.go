package optout

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"strings"
	"testing"
)

// TestAPI compares the exported declarations of the package with
// testdata/api.txt.
func TestAPI(t *testing.T) {
	fset := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			f, err := parser.ParseFile(fset, name, nil, 0) // without comments
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, f)
		}
	}
	pkg, err := doc.NewFromFiles(fset, files, "example.com/optout")
	if err != nil {
		t.Fatal(err)
	}

	out := new(strings.Builder)
	put := func(decl ast.Node) {
		if err := (&printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}).Fprint(out, fset, decl); err != nil {
			t.Fatal(err)
		}
		out.WriteString("\n\n")
	}
	values := func(list []*doc.Value) {
		for _, v := range list {
			put(v.Decl)
		}
	}
	funcs := func(list []*doc.Func) {
		for _, f := range list {
			put(f.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	funcs(pkg.Funcs)
	for _, typ := range pkg.Types {
		put(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		funcs(typ.Funcs)
		funcs(typ.Methods)
	}
	golden(t, "api.txt", out.String())
}

// TestReadmeExample checks that the example in README.md is one that runs.
func TestReadmeExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "## Example\n\n```go\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok || !strings.Contains(string(examples), example) {
		t.Errorf("README.md's example is not in example_test.go:\n%s", example)
	}
}
