package main

import "testing"

// BenchmarkPeers measures the rows that main prints, for benchstat.
func BenchmarkPeers(b *testing.B) {
	for _, in := range inputs() {
		for _, p := range peers {
			b.Run(in.group+"/"+in.name+"/"+p.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					for _, text := range in.texts {
						p.drop(text)
					}
				}
			})
		}
	}
}

// TestOursIsRight checks that the first peer answers the vectors without a
// mistake, and that the vectors tell the peers apart.
func TestOursIsRight(t *testing.T) {
	wrong, err := wrongAnswers("../testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if wrong.drops[ours] != 0 || wrong.misses[ours] != 0 {
		t.Errorf("%d wrong drops and %d missed ones, want none", wrong.drops[ours], wrong.misses[ours])
	}
	for i, p := range peers {
		if i > 1 && wrong.drops[i]+wrong.misses[i] == 0 {
			t.Errorf("%s makes no mistake: are the vectors read at all?", p.name)
		}
	}
}
