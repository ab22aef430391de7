// Package browser looks at the pages of optout -report with a real browser.
//
// It needs Chromium, as Debian's package chromium has it, and fails without.
// With -args -pictures DIR its test leaves pictures of the pages in a folder:
// demo-by.png is testdata/report.png of the main module.
package browser

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const root = "../.."

var pictures = flag.String("pictures", "", "folder for pictures of the pages")

// reports writes the pages to look at, and returns their files by name.
func reports(t *testing.T) map[string]string {
	t.Helper()
	dir := t.TempDir()
	command := filepath.Join(dir, "optout")
	build := exec.Command("go", "build", "-o", command, "./cmd/optout")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	files := make(map[string]string)
	write := func(name, log string, args ...string) {
		files[name] = filepath.Join(dir, name+".html")
		args = append(append([]string{"-csv", "Body", "-date", "DateSent"}, args...), "-report", name+".html", log)
		cmd := exec.Command(command, args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("optout %q: %v\n%.2000s", args, err, out)
		}
	}
	for _, hits := range []int{0, 1, 50, 18_000} {
		log := fmt.Sprintf("hits%d.csv", hits)
		if err := os.WriteFile(filepath.Join(dir, log), []byte(messages(hits)), 0o666); err != nil {
			t.Fatal(err)
		}
		write(fmt.Sprintf("hits%d", hits), log, "-keep", "From", "-near", "-compare", "all", "-texts")
		write(fmt.Sprintf("by%d", hits), log, "-by", "From,To")
	}
	demo := "messages.csv"
	sample, err := os.ReadFile(filepath.Join(root, "testdata", demo))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, demo), sample, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	write("demo", demo, "-keep", "From", "-near", "-compare", "all")
	write("demo-by", demo, "-by", "From")
	write("demo-texts", demo, "-keep", "From", "-near", "-texts")
	return files
}

// messages returns a log with so many keywords, near misses and lines of chat.
func messages(hits int) string {
	var b strings.Builder
	b.WriteString("Sid,From,To,Body,DateSent\n")
	keywords := []string{"STOP", "stop", "Arr\u00eat", "YES", "Cancel", "HELP", "UNSTOP", "\uff33\uff34\uff2f\uff30"}
	chat := []string{
		"On my way", "Stop.", "please opt me out", "\u0645\u0631\u062d\u0628\u0627", "<script>console.log(1)</script> & <b>",
		strings.Repeat("verylongwordwithoutanyspace", 80) + " stop",
		"stop z" + strings.Repeat("\u0301", 400), // piled up
	}
	start := time.Date(2026, 6, 16, 9, 0, 0, 0, time.UTC)
	for i := range hits + 20 {
		text := chat[i%len(chat)]
		if i < hits {
			text = keywords[i%len(keywords)]
		}
		sent := start.Add(time.Duration(i) * 7 * time.Minute).Format(time.DateTime)
		fmt.Fprintf(&b, "SM5a3c0000000000000000%010x,+1555555%04d,+15555550100,%q,%s\n", i, i%10000, text, sent)
	}
	return b.String()
}

// A console keeps what a page says on it.
type console struct {
	mu   sync.Mutex
	said []string
}

func (c *console) listen(event any) {
	switch event.(type) {
	case *runtime.EventConsoleAPICalled, *runtime.EventExceptionThrown, *log.EventEntryAdded:
		text, err := json.Marshal(event)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.said = append(c.said, fmt.Sprintf("%T %s %v", event, text, err))
	}
}

// take returns what was said since the last call.
func (c *console) take() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	said := c.said
	c.said = nil
	return said
}

// browse starts a browser, and returns the context of its tab.
func browse(t *testing.T) (context.Context, *console) {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.DisableGPU, // as in a container
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	c := new(console)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(c.listen))
	t.Cleanup(cancel)
	if _, err := call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatalf("no browser: %v; Debian's package chromium brings one", err)
	}
	return ctx, c
}

// call sends a command to the tab.
func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) (R, error) {
	return chromedp.Run(ctx, func(ctx context.Context, tab *chromedp.Target) (R, error) {
		return cdp.Call(ctx, tab, command, params)
	})
}

func TestReports(t *testing.T) {
	files := reports(t)
	ctx, console := browse(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		t.Run(name, func(t *testing.T) {
			if info, err := os.Stat(files[name]); err != nil || info.Size() > 10_000_000 {
				t.Fatalf("page has %d bytes (%v), want at most 10 MB", info.Size(), err)
			}
			if err := chromedp.Do(ctx, chromedp.Navigate("file://"+files[name])); err != nil {
				t.Fatal(err)
			}
			resize(t, ctx, 1280)
			picture(t, ctx, name)
			for _, width := range []int64{1280, 360} {
				resize(t, ctx, width)
				open := `document.querySelectorAll("details").forEach(d => d.open = `
				evaluate[any](t, ctx, open+`false)`)
				if screens := evaluate[float64](t, ctx, `document.documentElement.scrollHeight / innerHeight`); screens > 20 {
					t.Errorf("folded page has %.0f screens at a width of %d, want at most 20", screens, width)
				}
				picture(t, ctx, fmt.Sprintf("%s-%d-folded", name, width))
				evaluate[any](t, ctx, open+`true)`)
				picture(t, ctx, fmt.Sprintf("%s-%d", name, width))
				if wide := evaluate[int64](t, ctx, `document.documentElement.scrollWidth`); wide > width {
					t.Errorf("page is %v pixels wide in a window of %d", wide, width)
				}
				for _, text := range evaluate[[]string](t, ctx, mistakes) {
					t.Errorf("at a width of %d: %s", width, text)
				}
				checkTables(t, ctx)
			}
			for _, scheme := range []string{"light", "dark"} {
				for _, medium := range []string{"screen", "print"} {
					if _, err := call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
						Media: medium, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
					}); err != nil {
						t.Fatal(err)
					}
					if strings.HasPrefix(name, "demo") {
						picture(t, ctx, fmt.Sprintf("%s-%s-%s", name, medium, scheme))
					}
					for _, text := range evaluate[[]string](t, ctx, contrast) {
						t.Errorf("in %s, %s: %s", medium, scheme, text)
					}
				}
			}
			if _, err := call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{}); err != nil {
				t.Fatal(err)
			}
			if said := console.take(); len(said) > 0 {
				t.Errorf("the console is not empty: %s", strings.Join(said, "\n"))
			}
		})
	}
}

// TestHeadsStay scrolls to the middle of a table: its head is at the top of the
// window.
func TestHeadsStay(t *testing.T) {
	files := reports(t)
	ctx, _ := browse(t)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+files["by18000"])); err != nil {
		t.Fatal(err)
	}
	resize(t, ctx, 1280)
	top := evaluate[float64](t, ctx, `(() => {
		document.querySelector("#by-sender").open = true;
		const table = document.querySelector("#by-sender table");
		table.rows[table.rows.length >> 1].scrollIntoView();
		return table.tHead.rows[0].cells[0].getBoundingClientRect().top;
	})()`)
	if top != 0 {
		t.Errorf("the head of the table is %v pixels below the top of the window, want 0", top)
	}
}

// TestPrintUnfolds prints a page with everything folded: the texts are there.
func TestPrintUnfolds(t *testing.T) {
	files := reports(t)
	ctx, _ := browse(t)
	if err := chromedp.Do(ctx, chromedp.Navigate("file://"+files["demo-by"])); err != nil {
		t.Fatal(err)
	}
	folded := evaluate[float64](t, ctx, `(() => {
		document.querySelectorAll("details").forEach(d => d.open = false);
		return document.documentElement.scrollHeight;
	})()`)
	if _, err := call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if height := evaluate[float64](t, ctx, `document.documentElement.scrollHeight`); height < 1.5*folded {
		t.Errorf("in print the page is %v pixels high, folded on the screen %v: the sections are still folded", height, folded)
	}
	picture(t, ctx, "demo-by-print-folded")
}

func resize(t *testing.T, ctx context.Context, width int64) {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 800)); err != nil {
		t.Fatal(err)
	}
}

// mistakes returns the cells whose text can be drawn over their neighbours, and
// those with a phone number that are laid out as numbers.
const mistakes = `[...document.querySelectorAll(".cell")].filter(c => getComputedStyle(c).overflow != "clip" || getComputedStyle(c).display == "inline")
	.map(c => "text can cover its neighbours: " + c.textContent.slice(0, 40))
	.concat([...document.querySelectorAll(".num")].filter(c => c.textContent.trim().startsWith("+")).map(c => "phone number as a number: " + c.textContent))`

func evaluate[T any](t *testing.T, ctx context.Context, script string) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](script))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// picture takes a picture of the page's first 4,000 pixels if that is asked for.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	width := evaluate[float64](t, ctx, `innerWidth`)
	height := evaluate[float64](t, ctx, `Math.min(document.documentElement.scrollHeight, 4000)`)
	shot, err := call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{
		CaptureBeyondViewport: new(true), Clip: &page.Viewport{Width: width, Height: height, Scale: 1},
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(*pictures, name+".png"), shot.Data, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// checkTables checks that a reader who hears the page gets all of its tables: each
// has its name, rows and headers in the accessibility tree.
func checkTables(t *testing.T, ctx context.Context) {
	t.Helper()
	type table struct {
		Caption       string
		Rows, Headers int
	}
	want := evaluate[[]table](t, ctx, `[...document.querySelectorAll("table")].map(t => ({
		Caption: t.caption.textContent.trim(),
		Rows: t.rows.length,
		Headers: t.querySelectorAll("th[scope]").length,
	}))`)
	if len(want) == 0 {
		t.Error("the page has no table")
	}

	tree, err := call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	if err != nil {
		t.Fatal(err)
	}
	parents := make(map[accessibility.NodeID]*accessibility.Node)
	for _, n := range tree.Nodes {
		parents[n.NodeID] = n
	}
	got := make(map[string]*table)
	for _, n := range tree.Nodes {
		if n.Ignored {
			continue
		}
		role := text(n.Role)
		if role == "table" {
			got[text(n.Name)] = &table{Caption: text(n.Name)}
		}
		for p := parents[n.ParentID]; p != nil; p = parents[p.ParentID] {
			if tab := got[text(p.Name)]; text(p.Role) == "table" && tab != nil {
				switch role {
				case "row":
					tab.Rows++
				case "rowheader", "columnheader":
					tab.Headers++
				}
				break
			}
		}
	}
	for _, w := range want {
		if g := got[w.Caption]; g == nil || *g != w {
			t.Errorf("a screen reader gets %+v, want %+v", g, w)
		}
	}
}

func text(v *accessibility.Value) string {
	var s string
	if v != nil {
		_ = json.Unmarshal(v.Value, &s) // a name or role is a string
	}
	return s
}

// contrast returns which texts have less than 4.5 to 1, as WCAG 2.2 computes it
// (1.4.3).
const contrast = `(() => {
	const channels = color => color.match(/[\d.]+/g).map(Number);
	const luminance = ([r, g, b]) => {
		const [x, y, z] = [r, g, b].map(c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
		return 0.2126 * x + 0.7152 * y + 0.0722 * z;
	};
	const background = e => {
		for (; e; e = e.parentElement) {
			const c = channels(getComputedStyle(e).backgroundColor);
			if (c.length == 3 || c[3] == 1) return c;
			if (c[3] != 0) return [127, 127, 127];
		}
		return [255, 255, 255];
	};
	const faint = new Set();
	const check = (e, color, what) => {
		const [a, b] = [luminance(channels(color)), luminance(background(e))];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
		if (ratio < 4.5) faint.add(what + ": contrast of " + ratio.toFixed(2) + " to 1, want 4.5");
	};
	for (const e of document.body.querySelectorAll("*")) {
		const style = getComputedStyle(e);
		if ([...e.childNodes].some(n => n.nodeType == 3 && n.data.trim())) check(e, style.color, e.tagName + " " + e.textContent.trim().slice(0, 40));
	}
	return [...faint];
})()`
