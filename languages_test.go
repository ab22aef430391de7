package optout

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// languageTests has words of many languages. The first spelling of a word is in
// the table; the others arrive as well. The last two words of a language must
// stay different.
var languageTests = []struct {
	language        string
	words           [][]string
	word, otherWord string
}{
	{"am", [][]string{
		{"\u12a0\u1241\u121d"},
		{"\u1230\u122d\u12dd"},
		{"\u12a5\u122d\u12f3\u1273"},
	}, "\u12a0\u1241\u121d", "\u12a0\u1241\u1219"},
	{"ar", [][]string{
		{"\u0625\u064a\u0642\u0627\u0641", "\u0627\u064a\u0642\u0627\u0641", "\u0625\u064a\u0642\u0640\u0640\u0640\u0627\u0641", "\u0625\u0650\u064a\u0642\u064e\u0627\u0641"},
		{"\u062a\u0648\u0642\u0651\u0641", "\u062a\u0648\u0642\u0641", "\u062a\u064e\u0648\u064e\u0642\u064e\u0651\u0641"},
		{"\u0625\u0644\u063a\u0627\u0621", "\u0627\u0644\u063a\u0627\u0621"},
		{"\u0645\u0633\u0627\u0639\u062f\u0629"},
	}, "\u0639\u0644\u0649", "\u0639\u0644\u064a"},
	{"bg", [][]string{
		{"\u0441\u0442\u043e\u043f"},
		{"\u043e\u0442\u043a\u0430\u0437"},
		{"\u0441\u043f\u0440\u0438"},
	}, "\u0441\u043f\u0440\u0438", "\u0441\u043f\u0440\u044f"},
	{"cs", [][]string{
		{"zru\u0161it", "zrusit"},
		{"odhl\u00e1sit", "odhlasit"},
		{"konec"},
	}, "zru\u0161it", "zru\u0161il"},
	{"da", [][]string{
		{"afmeld"},
		{"framelding"},
		{"hj\u00e6lp"},
	}, "hj\u00e6lp", "hjaelp"},
	{"de", [][]string{
		{"abmelden"},
		{"k\u00fcndigen", "kundigen"},
		{"schlu\u00df", "SCHLU\u1e9e"},
	}, "schlu\u00df", "schluss"},
	{"el", [][]string{
		{"\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0397", "\u0394\u0399\u0391\u039a\u039f\u03a0\u0389", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03b7", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u1f74"},
		{"\u03c3\u03c4\u03b1\u03bc\u03ac\u03c4\u03b1"},
		{"\u03b2\u03bf\u03ae\u03b8\u03b5\u03b9\u03b1"},
		{"\u03c4\u03ad\u03bb\u03bf\u03c2", "\u03a4\u0395\u039b\u039f\u03a3", "\u03c4\u03b5\u03bb\u03bf\u03c3"},
	}, "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ae", "\u03b4\u03b9\u03b1\u03ba\u03bf\u03c0\u03ad\u03c2"},
	{"es", [][]string{
		{"baja"},
		{"cancelar"},
		{"suscripci\u00f3n", "suscripcion"},
	}, "a\u00f1o", "anio"},
	{"fa", [][]string{
		{"\u0644\u063a\u0648"},
		{"\u06a9\u0646\u0633\u0644", "\u0643\u0646\u0633\u0644", "\u06a9\u0646\u0633\u0640\u0640\u0644"},
		{"\u0631\u0627\u0647\u0646\u0645\u0627\u06cc\u06cc", "\u0631\u0627\u0647\u0646\u0645\u0627\u064a\u064a"},
		{"\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0646\u0645\u06cc\u062e\u0648\u0627\u0647\u0645", "\u0646\u0645\u064a\u200c\u062e\u0648\u0627\u0647\u0645"},
	}, "\u0644\u063a\u0648", "\u0644\u063a\u062a"},
	{"fr", [][]string{
		{"arr\u00eat", "arret", "arr\u00e9t"},
		{"d\u00e9sabonner", "desabonner"},
		{"r\u00e9silier"},
	}, "\u0153uvre", "oeuvre"},
	{"he", [][]string{
		{"\u05d4\u05e1\u05e8", "\u05d4\u05b8\u05e1\u05b5\u05e8"},
		{"\u05d4\u05e4\u05e1\u05e7"},
		{"\u05d1\u05d9\u05d8\u05d5\u05dc"},
		{"\u05e2\u05d6\u05e8\u05d4", "\u05e2\u05b6\u05d6\u05b0\u05e8\u05b8\u05d4"},
	}, "\u05d4\u05e1\u05e8", "\u05d7\u05e1\u05e8"},
	{"hi", [][]string{
		{"\u092c\u0902\u0926"},
		{"\u0930\u094b\u0915\u0947\u0902"},
		{"\u0938\u0939\u093e\u092f\u0924\u093e"},
	}, "\u092c\u0902\u0926", "\u092c\u0926"},
	{"hr", [][]string{
		{"odjava"},
		{"pomo\u0107", "pomoc"},
		{"iza\u0111i", "izadi"},
	}, "iza\u0111i", "izadji"},
	{"hu", [][]string{
		{"le\u00e1ll\u00edt", "leallit"},
		{"t\u00f6rl\u00e9s", "torles"},
		{"seg\u00edts\u00e9g"},
	}, "t\u00f6rl\u00e9s", "t\u00f6rl\u00e9st"},
	{"hy", [][]string{
		{"\u0564\u0561\u0564\u0561\u0580\u0565\u0581\u0576\u0565\u056c"},
		{"\u0579\u0565\u0572\u0561\u0580\u056f\u0565\u056c"},
		{"\u0585\u0563\u0576\u0578\u0582\u0569\u0575\u0578\u0582\u0576"},
	}, "\u0579\u0565\u0572\u0561\u0580\u056f\u0565\u056c", "\u0579\u0565\u0572\u0561\u0580\u056f\u0565\u0574"},
	{"is", [][]string{
		{"h\u00e6tta"},
		{"af\u00feakka"},
		{"hj\u00e1lp", "hjalp"},
	}, "af\u00feakka", "afthakka"},
	{"ja", [][]string{
		{"\u505c\u6b62"},
		{"\u30ad\u30e3\u30f3\u30bb\u30eb", "\uff77\uff6c\uff9d\uff7e\uff99"},
		{"\u30ac\u30a4\u30c9", "\uff76\uff9e\uff72\uff84\uff9e"},
	}, "\u30ac\u30a4\u30c9", "\u30ab\u30a4\u30c8"},
	{"ka", [][]string{
		{"\u10e8\u10d4\u10ec\u10e7\u10d5\u10d4\u10e2\u10d0"},
		{"\u10d2\u10d0\u10e3\u10e5\u10db\u10d4\u10d1\u10d0"},
		{"\u10e1\u10e2\u10dd\u10de"},
	}, "\u10e1\u10e2\u10dd\u10de", "\u10e1\u10e2\u10dd\u10de\u10d8"},
	{"ko", [][]string{
		{"\uc218\uc2e0\uac70\ubd80"},
		{"\uc911\uc9c0"},
		{"\ucde8\uc18c"},
	}, "\uc911\uc9c0", "\uc911\uc790"},
	{"mt", [][]string{
		{"ieqaf"},
		{"\u0127assar", "hassar"},
		{"g\u0127ajnuna", "ghajnuna"},
	}, "\u0127assar", "assar"},
	{"pl", [][]string{
		{"wy\u0142\u0105cz", "wylacz", "WY\u0141ACZ", "wyl\u0105cz"},
		{"koniec"},
		{"wypisz si\u0119", "wypisz sie"},
	}, "wy\u0142\u0105cz", "w\u0142\u0105cz"},
	{"pt", [][]string{
		{"parar"},
		{"n\u00e3o", "nao"},
		{"inscri\u00e7\u00e3o", "inscricao"},
	}, "parar", "para"},
	{"ro", [][]string{
		{"opre\u0219te", "opreste", "opre\u015fte"},
		{"dezabonare"},
		{"renun\u021b", "renunt", "renun\u0163"},
	}, "renun\u021b", "anun\u021b"},
	{"ru", [][]string{
		{"\u0441\u0442\u043e\u043f"},
		{"\u043e\u0442\u043c\u0435\u043d\u0430"},
		{"\u043e\u0442\u043f\u0438\u0441\u0430\u0442\u044c\u0441\u044f"},
	}, "\u043c\u043e\u0439", "\u043c\u043e\u0438"},
	{"se", [][]string{
		{"bisset"},
		{"ruo\u0167\u0167a", "ruotta"},
		{"veahkki"},
	}, "ruo\u0167\u0167a", "ruovdi"},
	{"ta", [][]string{
		{"\u0ba8\u0bbf\u0bb1\u0bc1\u0ba4\u0bcd\u0ba4\u0bc1"},
		{"\u0bb0\u0ba4\u0bcd\u0ba4\u0bc1"},
		{"\u0b89\u0ba4\u0bb5\u0bbf"},
	}, "\u0b89\u0ba4\u0bb5\u0bbf", "\u0b89\u0ba4\u0bb5"},
	{"th", [][]string{
		{"\u0e2b\u0e22\u0e38\u0e14"},
		{"\u0e22\u0e01\u0e40\u0e25\u0e34\u0e01"},
		{"\u0e0a\u0e48\u0e27\u0e22\u0e40\u0e2b\u0e25\u0e37\u0e2d"},
	}, "\u0e0a\u0e48\u0e27\u0e22", "\u0e0a\u0e27\u0e22"},
	{"tr", [][]string{
		{"iptal", "\u0130PTAL", "\u0131ptal"},
		{"durdur"},
		{"\u00e7\u0131k\u0131\u015f", "cikis", "\u00c7IKI\u015e"},
	}, "\u00e7\u0131k\u0131\u015f", "\u00e7\u0131kt\u0131"},
	{"uk", [][]string{
		{"\u0441\u0442\u043e\u043f"},
		{"\u0432\u0456\u0434\u043f\u0438\u0441\u0430\u0442\u0438\u0441\u044f"},
		{"\u0434\u043e\u0441\u0438\u0442\u044c"},
	}, "\u0457\u0441\u0442\u0438", "\u0456\u0441\u0442\u0438"},
	{"ur", [][]string{
		{"\u0628\u0646\u062f"},
		{"\u0631\u0648\u06a9\u06cc\u06ba", "\u0631\u0648\u0643\u064a\u06ba"},
		{"\u0645\u062f\u062f"},
	}, "\u0631\u0648\u06a9\u06cc\u06ba", "\u0631\u0648\u06a9\u06d2"},
	{"vi", [][]string{
		{"h\u1ee7y", "huy"},
		{"d\u1eebng"},
		{"t\u1eeb ch\u1ed1i", "tu choi"},
		{"\u0111\u0103ng k\u00fd", "dang ky", "\u0110\u0102NG K\u00dd"},
	}, "\u0111\u0103ng k\u00fd", "\u0111\u0103ng nh\u1eadp"},
	{"zh", [][]string{
		{"\u9000\u8ba2"},
		{"\u53d6\u6d88"},
		{"\u505c\u6b62"},
	}, "\u9000\u8ba2", "\u9000\u5b9a"},
}

// TestLanguages matches each word in the spellings in which it arrives.
func TestLanguages(t *testing.T) {
	for _, tt := range languageTests {
		t.Run(tt.language, func(t *testing.T) {
			var rows []Keyword
			for _, w := range tt.words {
				rows = append(rows, Keyword{w[0], ClassOptOut, Drop})
			}
			p, err := NewPolicy(rows)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range tt.words {
				for _, written := range w {
					for _, s := range arrivals(written) {
						if k, _ := p.Match(s); k != rows[i] {
							t.Errorf("Match(%+q) = %+q, want %+q", s, k.Text, w[0])
						}
					}
				}
			}
			p = MustPolicy([]Keyword{{tt.word, ClassOptOut, Drop}})
			for _, s := range arrivals(tt.otherWord) {
				if k, ok := p.Match(s); ok {
					t.Errorf("Match(%+q) = %+q, want another word", s, k.Text)
				}
			}
		})
	}
}

// arrivals returns the spellings that phones and networks make of a word.
func arrivals(word string) []string {
	first, size := utf8.DecodeRuneInString(word)
	title := string(unicode.ToTitle(first)) + word[size:]
	spellings := []string{word, strings.ToUpper(word), strings.ToLower(word), title, presentationForms(word)}
	for _, script := range []struct {
		letters *unicode.RangeTable
		mark    string // an optional one
	}{
		{unicode.Latin, ""},
		{unicode.Greek, ""},
		{unicode.Arabic, "\u064e\u0640"},
		{unicode.Hebrew, "\u05b8"},
	} {
		if !unicode.Is(script.letters, first) {
			continue
		}
		var bare, marked strings.Builder
		for _, r := range norm.NFD.String(word) {
			if !unicode.Is(unicode.Mn, r) {
				bare.WriteRune(r)
			}
			marked.WriteRune(r)
			if unicode.IsLetter(r) {
				marked.WriteString(script.mark)
			}
		}
		spellings = append(spellings, bare.String(), strings.ToUpper(bare.String()), marked.String())
	}
	var all []string
	for _, s := range spellings {
		joined := strings.Join(strings.Split(s, ""), "\u200c")
		for _, s := range []string{s, " " + s + "\n", joined, "\ufeff" + s + "\u200f"} {
			all = append(all, s, norm.NFC.String(s), norm.NFD.String(s), norm.NFKC.String(s), norm.NFKD.String(s))
		}
	}
	return all
}

// presentationForms writes the letters of word as compatibility characters of
// the Arabic, Hebrew and halfwidth blocks, where they have such a character.
func presentationForms(word string) string {
	return strings.Map(func(letter rune) rune {
		for _, block := range [][2]rune{{0xfb1d, 0xfdff}, {0xfe70, 0xfefc}, {0xff01, 0xffdc}} {
			for r := block[0]; r <= block[1]; r++ {
				if norm.NFKD.String(string(r)) == norm.NFKD.String(string(letter)) {
					return r
				}
			}
		}
		return letter
	}, word)
}

// TestLawsOfLetters runs the laws of Normalize over random texts of letters and
// marks of many languages.
func TestLawsOfLetters(t *testing.T) {
	const alphabet = "\u03b1\u03ac\u1f84\u1fb3\u0399\u03c2\u0386\u0390" + // Greek
		"\u0627\u0623\u0626\u0640\u064a\u06cc\u06a9\u0643\ufe71\ufefb\ufdfa" + // Arabic
		"\u05d0\u05e9\ufb2c\ufb4f" + // Hebrew
		"\u0110\u0111\u1eaf\u01b0\u1ee9\u0142\u0104\u0127\u0166" + // Vietnamese, Polish, Maltese, Sami
		"\u0439\u0451\u304c\u0928\u0e33\uac01aSz1 " + // scripts that keep their marks, ASCII
		"\u0301\u0323\u0345\u0308\u064b\u0651\u0654\u05b8\u05bc\u093f\u0903\u20dd\u200b\u037a\u00b4" // marks
	letters := []rune(alphabet)
	random := rand.New(rand.NewPCG(1, 2))
	n := 100_000
	if testing.Short() {
		n = 5_000
	}
	for range n {
		text := make([]rune, 1+random.IntN(8))
		for i := range text {
			text[i] = letters[random.IntN(len(letters))]
		}
		if checkKey(t, string(text)); t.Failed() {
			return
		}
	}
}
