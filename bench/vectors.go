package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"example.com/optout"
)

// A score counts the answers of the peers on the vectors with the built-in
// table, Proxy's default flags and punctuation that is not ignored.
type score struct {
	forwarded, dropped int   // such vectors
	drops, misses      []int // wrong answers of each peer
}

func wrongAnswers(file string) (*score, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s := &score{drops: make([]int, len(peers)), misses: make([]int, len(peers))}
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for n := 1; lines.Scan(); n++ {
		var v struct {
			Message           *string
			MessageBase64     []byte `json:"message_base64"`
			Table             []optout.Keyword
			Flags             map[string]bool
			IgnorePunctuation bool `json:"ignore_punctuation"`
			Decision          optout.Decision
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			return nil, fmt.Errorf("%s:%d: %v", file, n, err)
		}
		if v.Table != nil || v.IgnorePunctuation || v.Flags["respect_sms_stop_filter"] {
			continue
		}
		message := string(v.MessageBase64)
		if v.Message != nil {
			message = *v.Message
		}
		want := v.Decision.Action == optout.Drop
		if want {
			s.dropped++
		} else {
			s.forwarded++
		}
		for i, p := range peers {
			switch got := p.drop(message); {
			case got && !want:
				s.drops[i]++
			case want && !got:
				s.misses[i]++
			}
		}
	}
	return s, lines.Err()
}

// of returns the count of peer i. The second peer has none, because it ignores
// the punctuation that these vectors are about.
func (s *score) of(i int, counts []int) string {
	if i == ours+1 {
		return "n/a"
	}
	return fmt.Sprint(counts[i])
}
