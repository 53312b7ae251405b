package dashboard

import (
	"bytes"
	"embed"
	"html/template"
	"io"
)

//go:embed templates/*.html
var templateFiles embed.FS

// fragments are the parts of the page that change, each one element whose id is
// its name.
var fragments = []string{"status", "notice", "figures", "trend", "channels", "latest", "pipeline", "deadletters"}

type renderer struct{ templates *template.Template }

func newRenderer() (*renderer, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"asset": assetPath,
		"tone":  labelTone,
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	return &renderer{t}, nil
}

// labelTone is the class of a label. Only the three known ones become classes.
func labelTone(label string) string {
	switch label {
	case "negative", "positive":
		return label
	default:
		return "neutral"
	}
}

func (r *renderer) page(w io.Writer, p page) error { return r.templates.ExecuteTemplate(w, "page", p) }

func (r *renderer) explain(w io.Writer, p *explainPage) error {
	return r.templates.ExecuteTemplate(w, "explain", p)
}

func (r *renderer) fragment(name string, p page) ([]byte, error) {
	var b bytes.Buffer
	err := r.templates.ExecuteTemplate(&b, name, p)
	return b.Bytes(), err
}
