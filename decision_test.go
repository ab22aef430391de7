package optout

import (
	"encoding"
	"encoding/json"
	"fmt"
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

// TestPlainValues holds that no exported field of an exported struct shares
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

// TestDecisionSize holds that a Decision fits into registers: see Decision.
func TestDecisionSize(t *testing.T) {
	if got, limit := unsafe.Sizeof(Decision{}), 4*unsafe.Sizeof(uintptr(0)); unsafe.Sizeof(uintptr(0)) == 8 && got > limit {
		t.Errorf("a Decision has %d bytes, want at most %d", got, limit)
	}
}

type textEnum interface {
	~uint8
	fmt.Stringer
	encoding.TextMarshaler
}

func TestActionText(t *testing.T) {
	testEnumText[Action](t, "Action", "forward", "drop", "intercept")
}

func TestClassText(t *testing.T) {
	testEnumText[Class](t, "Class", "none", "opt-out", "opt-in", "help")
}

// testEnumText takes all 256 values to text and back.
func testEnumText[E textEnum, P interface {
	*E
	encoding.TextUnmarshaler
}](t *testing.T, typ string, names ...string) {
	for i := range 256 {
		v := E(i)
		want := fmt.Sprintf("%s(%d)", typ, i)
		if i < len(names) {
			want = names[i]
		}
		if got := v.String(); got != want {
			t.Errorf("%s(%d).String() = %q, want %q", typ, i, got, want)
		}
		text, err := v.MarshalText()
		if string(text) != want || err != nil {
			t.Errorf("%s(%d).MarshalText() = %q, %v, want %q", typ, i, text, err, want)
		}
		back := E(i + 1)
		if err := P(&back).UnmarshalText(text); err != nil || back != v {
			t.Errorf("UnmarshalText(%q) = %v with %v, want %v", text, err, back, v)
		}
	}

	zero := fmt.Sprintf("%s(0)", typ) // each value has one text, and that is not this one's
	for _, text := range []string{"", "Drop", "drop ", "Opt-out", "optout", zero, typ + "(256)", typ + "(-1)", typ + "(07)"} {
		v := E(1)
		if err := P(&v).UnmarshalText([]byte(text)); err == nil || v != 1 {
			t.Errorf("UnmarshalText(%q) = %v with %v, want an error with the receiver as it was", text, err, v)
		}
	}
}

func TestUnmarshalTextError(t *testing.T) {
	tests := []struct {
		name string
		into encoding.TextUnmarshaler
		text string
		want string
	}{
		{"action", new(Action), "Drop", `optout: unknown action "Drop": want one of forward, drop, intercept`},
		{"class", new(Class), "\u200b", `optout: unknown class "\u200b": want one of none, opt-out, opt-in, help`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := tt.into.UnmarshalText([]byte(tt.text)); err == nil || err.Error() != tt.want {
				t.Errorf("UnmarshalText(%+q) = %v, want %s", tt.text, err, tt.want)
			}
		})
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
