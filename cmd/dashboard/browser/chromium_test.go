//go:build integration

package browser

import (
	"bytes"
	"context"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// chromium is one running browser.
type chromium struct {
	ctx context.Context // of chromedp
}

// startChromium starts a browser that ends with the test.
func startChromium(t *testing.T) *chromium {
	t.Helper()
	find := exec.Command("../../../deploy/get-chromium.sh")
	var said bytes.Buffer
	find.Stderr = &said
	path, err := find.Output()
	if err != nil {
		t.Fatalf("no Chromium: %v\n%s", err, said.String())
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(strings.TrimSpace(string(path))),
		// Pictures are the same on every machine.
		chromedp.Flag("force-device-scale-factor", "1"), chromedp.Flag("font-render-hinting", "none"), chromedp.Flag("lang", "en-US"),
	)
	allocator, end := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(end)
	ctx, closeAll := chromedp.NewContext(allocator)
	t.Cleanup(closeAll)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal(err)
	}
	return &chromium{ctx}
}
