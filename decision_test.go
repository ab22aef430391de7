package optout

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"testing"
	"unsafe"
)

// The values of the API are comparable.
var (
	_ = Policy{} == Policy{}
	_ = Decision{} == Decision{}
	_ = Flags{} == Flags{}
	_ = Keyword{} == Keyword{}
	_ = map[any]bool{Policy{}: true, Decision{}: true, Flags{}: true, Keyword{}: true}
)

// TestPlainValues checks that no exported field of an exported struct shares
// state, so that == and %+v mean what they say.
func TestPlainValues(t *testing.T) {
	for _, v := range []any{Policy{}, Decision{}, Flags{}, Keyword{}} {
		typ := reflect.TypeOf(v)
		for _, f := range reflect.VisibleFields(typ) {
			switch f.Type.Kind() {
			case reflect.Bool, reflect.Int, reflect.Uint8, reflect.String:
			default:
				if f.IsExported() {
					t.Errorf("%v.%s is a %v: want a plain value", typ, f.Name, f.Type)
				}
			}
		}
	}
}

func TestZeroValues(t *testing.T) {
	if a := Action(0); a != Forward {
		t.Errorf("Action(0) = %v, want Forward", a)
	}
	if c := Class(0); c != ClassNone {
		t.Errorf("Class(0) = %v, want ClassNone", c)
	}
	if CodeStopWord != 80901 {
		t.Errorf("CodeStopWord = %d, want 80901", CodeStopWord)
	}
}

// TestDecisionSize checks that a Decision fits into registers: see Decision.
func TestDecisionSize(t *testing.T) {
	if got, limit := unsafe.Sizeof(Decision{}), 4*unsafe.Sizeof(uintptr(0)); unsafe.Sizeof(uintptr(0)) == 8 && got > limit {
		t.Errorf("a Decision has %d bytes, want at most %d", got, limit)
	}
}

type enumValue interface {
	~uint8
	fmt.Stringer
	encoding.TextMarshaler
	driver.Valuer
}

func TestActionText(t *testing.T) {
	testEnum[Action](t, "Action", "forward", "drop", "intercept")
}

func TestClassText(t *testing.T) {
	testEnum[Class](t, "Class", "none", "opt-out", "opt-in", "help")
}

// testEnum takes all 256 values to text and back, and stores them.
func testEnum[E enumValue, P interface {
	*E
	encoding.TextUnmarshaler
	sql.Scanner
}](t *testing.T, typ string, names ...string) {
	for i := range 256 {
		v, defined := E(i), i < len(names)
		want := fmt.Sprintf("%s(%d)", typ, i)
		if defined {
			want = names[i]
		}
		if got := v.String(); got != want {
			t.Errorf("%s(%d).String() = %q, want %q", typ, i, got, want)
		}
		text, err := v.MarshalText()
		if string(text) != want || err != nil {
			t.Errorf("%s(%d).MarshalText() = %q, %v, want %q", typ, i, text, err, want)
		}
		stored, err := v.Value()
		if defined && (stored != want || err != nil) || !defined && (stored != nil || err == nil) {
			t.Errorf("%s(%d).Value() = %v, %v, want %s if it is defined and an error if not", typ, i, stored, err, want)
		}
		for name, read := range map[string]func(P) error{
			"UnmarshalText":  func(p P) error { return p.UnmarshalText(text) },
			"Scan of string": func(p P) error { return p.Scan(want) },
			"Scan of []byte": func(p P) error { return p.Scan(text) },
		} {
			back := E(i + 1)
			if err := read(&back); defined && (back != v || err != nil) || !defined && (back != E(i+1) || err == nil) {
				t.Errorf("%s(%q) = %v with %v, want %v if it is defined and an error if not", name, want, back, err, v)
			}
		}
	}

	for _, src := range []any{"", "Drop", "drop ", "Opt-out", "optout", typ + "(0)", "0", "1", nil, []byte(nil), int64(0), int64(1), 1.0, true, struct{}{}} {
		v := E(2)
		if err := P(&v).Scan(src); err == nil || v != 2 {
			t.Errorf("Scan(%#v) = %v with %v, want an error with the receiver as it was", src, v, err)
		}
		if text, ok := src.(string); ok {
			if err := P(&v).UnmarshalText([]byte(text)); err == nil || v != 2 {
				t.Errorf("UnmarshalText(%q) = %v with %v, want an error with the receiver as it was", text, v, err)
			}
		}
	}
}

func TestEnumErrors(t *testing.T) {
	value := func(v driver.Valuer) error { _, err := v.Value(); return err }
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"action", new(Action).UnmarshalText([]byte("Drop")), `optout: unknown action "Drop": want one of forward, drop, intercept`},
		{"class", new(Class).UnmarshalText([]byte("\u200b")), `optout: unknown class "\u200b": want one of none, opt-out, opt-in, help`},
		{"stored action", new(Action).Scan("1"), `optout: unknown action "1": want one of forward, drop, intercept`},
		{"text that strconv takes for printable", new(Action).Scan("drop\ufe0f"), `optout: unknown action "drop\ufe0f": want one of forward, drop, intercept`},
		{"number", new(Action).Scan(int64(1)), `optout: unknown action 1: want one of forward, drop, intercept`},
		{"NULL", new(Class).Scan(nil), `optout: unknown class <nil>: want one of none, opt-out, opt-in, help`},
		{"undefined action", value(Action(7)), `optout: cannot store Action(7): want one of forward, drop, intercept`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.err == nil || tt.err.Error() != tt.want {
				t.Errorf("error %v, want %s", tt.err, tt.want)
			}
		})
	}
}

// An echoDriver is a database whose every query returns its arguments as a row.
type echoDriver struct{}

func (echoDriver) Connect(context.Context) (driver.Conn, error) { return echoDriver{}, nil }
func (echoDriver) Driver() driver.Driver                        { return nil }
func (echoDriver) Prepare(string) (driver.Stmt, error)          { return echoDriver{}, nil }
func (echoDriver) Begin() (driver.Tx, error)                    { return nil, driver.ErrSkip }
func (echoDriver) NumInput() int                                { return -1 }
func (echoDriver) Exec([]driver.Value) (driver.Result, error)   { return nil, driver.ErrSkip }
func (echoDriver) Query(args []driver.Value) (driver.Rows, error) {
	return &echoRows{args: args}, nil
}
func (echoDriver) Close() error { return nil }

type echoRows struct {
	args []driver.Value
	done bool
}

func (r *echoRows) Columns() []string { return make([]string, len(r.args)) }
func (r *echoRows) Close() error      { return nil }
func (r *echoRows) Next(row []driver.Value) error {
	if r.done {
		return io.EOF
	}
	r.done = true
	copy(row, r.args)
	return nil
}

// TestDatabase stores an Action and a Class and reads them back.
func TestDatabase(t *testing.T) {
	db := sql.OpenDB(echoDriver{})
	defer db.Close()
	var action, class string
	if err := db.QueryRow("", Drop, ClassOptIn).Scan(&action, &class); action != "drop" || class != "opt-in" || err != nil {
		t.Errorf("Drop and ClassOptIn are stored as %q and %q, %v, want drop and opt-in", action, class, err)
	}
	var a Action
	var c Class
	if err := db.QueryRow("", Intercept, ClassHelp).Scan(&a, &c); a != Intercept || c != ClassHelp || err != nil {
		t.Errorf("Intercept and ClassHelp are read as %v and %v, %v", a, c, err)
	}
	if err := db.QueryRow("", int64(1)).Scan(&a); a != Intercept || err == nil {
		t.Errorf("Scan of 1 = %v, %v, want an error with the receiver as it was", a, err)
	}
	var none sql.Null[Action]
	if err := db.QueryRow("", nil).Scan(&none); none.Valid || err != nil {
		t.Errorf("Scan of NULL into a sql.Null = %v, %v, want the zero one", none, err)
	}
	if err := db.QueryRow("", Action(7)).Scan(&action); err == nil {
		t.Errorf("Action(7) is stored as %q, want an error", action)
	}
}

func TestJSON(t *testing.T) {
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"no keyword", Decision{}, `{"action":"forward","class":"none"}`},
		{"dropped", Policy{}.Decide("stop", Flags{}), `{"action":"drop","class":"opt-out","code":80901,"keyword":"STOP"}`},
		{"forwarded", Policy{}.Decide("info", Flags{}), `{"action":"forward","class":"help","keyword":"INFO"}`},
		{"row", Keyword{"BAJA", ClassOptOut, Drop}, `{"text":"BAJA","class":"opt-out","action":"drop"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.v)
			if err != nil || string(got) != tt.want {
				t.Errorf("json.Marshal(%+v) = %s, %v, want %s", tt.v, got, err, tt.want)
			}
			back := reflect.New(reflect.TypeOf(tt.v))
			if err := json.Unmarshal([]byte(tt.want), back.Interface()); err != nil || back.Elem().Interface() != tt.v {
				t.Errorf("json.Unmarshal(%s) = %+v, %v, want %+v", tt.want, back.Elem(), err, tt.v)
			}
		})
	}
}
