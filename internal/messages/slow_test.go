package messages

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// FuzzCSV checks that a csvReader reads records as encoding/csv does, up to the
// first error.
func FuzzCSV(f *testing.F) {
	for _, text := range []string{"a,b\n1,\"2\"\n", "\"a\"\"b\",\"c\r\nd\"\r\n\r\ne", "a\"b\nc", "\"a\"b\n\"c", ",,\n\"\",\n"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasSuffix(text, "\r") || strings.Contains(text, "\ufeff") {
			return // encoding/csv reads a line, and keeps byte order marks
		}
		slow := csv.NewReader(strings.NewReader(text))
		slow.FieldsPerRecord = -1
		r := newCSVReader(&window{r: strings.NewReader(text)}, ',', false)
		for {
			want, wantErr := slow.Read()
			err := r.read()
			if (err == nil) != (wantErr == nil) || (err == io.EOF) != (wantErr == io.EOF) {
				t.Fatalf("read(%q) = %v, want %v", text, err, wantErr)
			}
			if err != nil {
				return
			}
			if diff := cmp.Diff(want, r.fields); diff != "" {
				t.Fatalf("fields of %q (-want +got):\n%s", text, diff)
			}
			if line, _ := slow.FieldPos(0); line != r.line {
				t.Fatalf("line of %q is %d, want %d", want, r.line, line)
			}
		}
	})
}

// slowRecords returns the records of a value of JSON by the path of the messages,
// each as its text, "-" without one or "!" if it is skipped. With two arrays on
// the path ok is false. It is a twin of jsonScan, without speed.
func slowRecords(value any, path []string, inArray bool) (records []string, ok bool) {
	for {
		switch v := value.(type) {
		case []any:
			if inArray {
				return nil, false
			}
			records = []string{}
			for _, element := range flat(v) {
				inner, ok := slowRecords(element, path, true)
				if _, object := element.(map[string]any); !object && len(path) > 0 {
					inner = []string{"!"}
				}
				if !ok {
					return nil, false
				}
				records = append(records, inner...)
			}
			return records, true
		case map[string]any:
			if len(path) == 0 {
				return []string{"!"}, true
			}
			inner, ok := v[path[0]]
			if !ok {
				return []string{"-"}, true
			}
			value, path = inner, path[1:]
			continue
		case bool:
			if len(path) == 0 {
				return []string{"!"}, true
			}
		case string, json.Number:
			if len(path) == 0 {
				return []string{fmt.Sprint(v)}, true
			}
		}
		return []string{"-"}, true
	}
}

// flat returns the elements of an array, and of the arrays in it.
func flat(array []any) (elements []any) {
	for _, e := range array {
		if inner, ok := e.([]any); ok {
			elements = append(elements, flat(inner)...)
		} else {
			elements = append(elements, e)
		}
	}
	return elements
}

// TestSlow compares jsonScan with slowRecords on random values.
func TestSlow(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var value func(depth int) any
	value = func(depth int) any {
		switch n := random.IntN(10); {
		case n < 4 && depth > 0:
			object := make(map[string]any)
			for _, key := range []string{"a", "b", "\u00ea\"\\"} {
				if random.IntN(3) > 0 {
					object[key] = value(depth - 1)
				}
			}
			return object
		case n < 6 && depth > 0:
			array := make([]any, random.IntN(3))
			for i := range array {
				array[i] = value(depth - 1)
			}
			return array
		case n < 7:
			return nil
		case n < 8:
			return json.Number("-1.5e3")
		case n < 9:
			return n == 8
		}
		return "\u00ea\n\"\\/" + fmt.Sprint(random.IntN(100))
	}
	refused := 0
	for range 3_000 {
		v := map[string]any{"x": 1, "a": value(4)}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"a", "a.a", "a.a.b"} {
			want, ok := slowRecords(any(v), strings.Split(path, "."), false)
			var got []string
			l := Log{Format: JSON, Field: path}
			_, err := l.Read("log", strings.NewReader(string(text)), func(r *Record) error {
				got = append(got, map[Kind]string{Message: r.Text, NoText: "-", Skipped: "!"}[r.Kind])
				return nil
			})
			several := err != nil && strings.Contains(err.Error(), "several arrays")
			if several {
				refused++
			}
			if several == ok && !(several && strings.Count(string(text), "[") > 1) {
				t.Fatalf("path %s of %s: error %v, want one: %v", path, text, err, !ok)
			}
			if diff := cmp.Diff(want, got); ok && !several && diff != "" && len(want)+len(got) > 0 {
				t.Fatalf("path %s of %s (-want +got):\n%s", path, text, diff)
			}
		}
	}
	if refused < 20 {
		t.Errorf("%d logs with several arrays, want more", refused)
	}
}

// TestDamagedJSON changes characters of JSON, and checks that a jsonScan reports
// damage if and only if encoding/json does.
func TestDamagedJSON(t *testing.T) {
	const text, signs = `{"m":[{"body":"a"},{"body":"b","c":[[],{}]}],"x":[1,-2.5e3,{"y":null}],"z":true}`, "{}[]\",:1tn \n"
	random := rand.New(rand.NewPCG(1, 2))
	damagedTexts := 0
	for range 3_000 {
		b := []byte(text)
		for range 1 + random.IntN(2) {
			i, sign := 1+random.IntN(len(b)-1), signs[random.IntN(len(signs))]
			switch random.IntN(3) {
			case 0:
				b = slices.Delete(b, i, i+1)
			case 1:
				b[i] = sign
			default:
				b = slices.Insert(b, i, sign)
			}
		}
		var want error
		for d := json.NewDecoder(bytes.NewReader(b)); want == nil; {
			want = d.Decode(new(any))
		}
		var got error
		l := Log{Format: JSON, Field: "m.body"}
		_, err := l.Read("log", bytes.NewReader(b), func(r *Record) error {
			if r.Kind == Skipped && r.Err != errNoObject && !strings.HasPrefix(r.Err.Error(), "field ") {
				got = r.Err
			}
			return nil
		})
		if err != nil && strings.Contains(err.Error(), "several arrays") {
			continue // perhaps before the damage
		}
		if err != nil && !strings.Contains(err.Error(), "no record has field") {
			got = err
		}
		if (got == nil) != (want == io.EOF) {
			t.Fatalf("%s: damage %v, want %v", b, got, want)
		}
		if got != nil {
			damagedTexts++
		}
	}
	if damagedTexts < 1_000 {
		t.Errorf("%d damaged texts, want more", damagedTexts)
	}
}
