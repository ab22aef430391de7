package main

import (
	"bytes"
	"os"
	"testing"
)

// TestFile holds that the committed file is what this program writes.
func TestFile(t *testing.T) {
	const name = "../../testdata/vectors.jsonl"
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := write(&buf); err != nil {
		t.Fatal(err)
	}
	got, committed := bytes.Split(buf.Bytes(), []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(got), len(committed)) {
		if !bytes.Equal(got[i], committed[i]) {
			t.Fatalf("%s:%d is\n%s\nwant\n%s\n(go run ./internal/vectors >testdata/vectors.jsonl)", name, i+1, committed[i], got[i])
		}
	}
	if len(got) != len(committed) {
		t.Errorf("%s has %d lines, want %d", name, len(committed)-1, len(got)-1)
	}
}

// TestWords holds the truth table against what the changelog and the page say
// of the words' actions.
func TestWords(t *testing.T) {
	count := make(map[[4]string]int)
	for _, w := range words {
		count[w.actions]++
	}
	for actions, n := range map[[4]string]int{
		{drop, drop, drop, intercept}:          12, // eleven opt-out words and UNSTOP
		{forward, forward, forward, intercept}: 3,  // START, YES, DEBUT
		{forward, forward, forward, forward}:   2,  // HELP, INFO
	} {
		if count[actions] != n {
			t.Errorf("%d words with the actions %v, want %d", count[actions], actions, n)
		}
	}
}

func TestMarshalText(t *testing.T) {
	const in = "a\"\\\x00\n\x7f\u00ea\u2028\ufffd\U0001f6d1~<>&"
	const want = `"a\"\\\u0000\u000a\u007f\u00ea\u2028\ufffd\ud83d\uded1~<>&"`
	if got, err := text(in).MarshalJSON(); string(got) != want || err != nil {
		t.Errorf("MarshalJSON of %+q = %s, %v, want %s", in, got, err, want)
	}
}
