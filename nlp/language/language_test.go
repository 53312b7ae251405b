package language

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

func TestIdentifyNamesLanguage(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"I have been waiting for three weeks", English},
		{"great service", English},
		{"so slow", English},
		{"Never again!!!", English},
		{"Delivery on time", English},
		{"Seit drei Wochen warte ich auf meine Bestellung", German},
		{"zu langsam", German},
		{"Nie wieder", German},
		{"schöne grüße", German},
		{"Llevo tres semanas esperando mi pedido", Spanish},
		{"muy lento", Spanish},
		{"¿Por qué?", Spanish},
		{"Cela fait trois semaines que j'attends ma commande", French},
		{"très lent", French},
		{"plus jamais", French},
		{"Aspetto il mio ordine da tre settimane", Italian},
		{"molto lento", Italian},
		{"non funziona più", Italian},
		{"Estou esperando meu pedido há três semanas", Portuguese},
		{"muito lento", Portuguese},
		{"atendimento horrível", Portuguese},
		{"أنتظر طلبي منذ ثلاثة أسابيع", Arabic},
		{"خدمة سيئة", Arabic},
		{"मैं तीन हफ्ते से अपने ऑर्डर का इंतज़ार कर रहा हूँ", Hindi},
		{"बेकार", Hindi},
		{"teen hafte se apne order ka intezaar kar raha hoon", Hindi},
		{"bahut slow hai", Hindi},
	} {
		if got, p := Default().Identify(c.text); got != c.want || p <= 0 || p > 1 {
			t.Errorf("Identify(%q) = %s, %.2f, want %s", c.text, got, p, c.want)
		}
	}
}

func TestIdentifyReadsPastWhatIsNoLanguage(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"handle", "@TelekomHilft_immer_fuer_euch my internet is down again", English},
		{"address", "https://www.beispiel.de/ich/moechte/das/nicht no lo recomiendo a nadie", Spanish},
		{"bare address", "beispiel-laden.de/angebote/wochenende this is where I bought it", English},
		{"e-mail address", "dasistmeine@wunderbare-adresse.de please write to me there", English},
		{"hashtags beside words", "#buongiorno #sempre mein Paket ist immer noch nicht da", German},
		{"hashtag alone", "#neverflyingwithyouagain", English},
		{"markup", "<strong class=\"wichtig\">merci pour tout, c'était très bien</strong>&nbsp;", French},
		{"emojis", "😡😡😡 sono molto deluso 😡", Italian},
		{"capitals", "WO BLEIBT MEIN PAKET ÜBERHAUPT", German},
		{"stretched letters", "soooooooo haaaaappy with thiiiiiis", English},
		{"accents as runes of their own", "c'e\u0301tait tre\u0300s de\u0301cevant, plus jamais", French},
		{"curly apostrophe", "C’est l’horreur d’attendre", French},
		{"brand in Arabic", "اشتريت iPhone 15 Pro Max وهو ممتاز جدا", Arabic},
		{"brand in Hindi", "मेरा Samsung Galaxy खराब है", Hindi},
		{"ligatures of Arabic", "ﺍﻟﺨﺪﻣﺔ ﻣﻤﺘﺎﺯﺓ", Arabic},
		{"broken bytes", "my order \xff\xfe never \xc3 arrived", English},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, p := Default().Identify(c.text); got != c.want {
				t.Errorf("Identify(%q) = %s, %.2f, want %s", c.text, got, p, c.want)
			}
		})
	}
}

func TestIdentifyWithholdsWhatItCannotTell(t *testing.T) {
	for _, c := range []struct{ name, text string }{
		{"empty", ""},
		{"space", " \n\t "},
		{"emojis", "👍👍🏽❤️"},
		{"numbers", "10/10 12.5% 3:45"},
		{"marks", "?!?! ... ---"},
		{"address", "https://example.com/the/best/service/in/the/world"},
		{"handle", "@customer_service"},
		{"Russian", "спасибо, всё хорошо"},
		{"Ukrainian with a brand", "дуже погано iPhone"},
		{"Greek", "ευχαριστώ πολύ"},
		{"Chinese", "服务很好"},
		{"Japanese with a brand", "iPhoneを買いました"},
		{"Korean", "서비스가 좋아요"},
		{"Hebrew", "שירות גרוע"},
		{"Thai", "บริการดีมาก"},
		{"Bengali", "খুব ভালো"},
		{"Persian", "خیلی ممنون، پشتیبانی گوشی خوب بود"},
		{"Urdu", "آپ کی سروس بہت خراب ہے"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, p := Default().Identify(c.text); got != Und {
				t.Errorf("Identify(%q) = %s, %.2f, want %s", c.text, got, p, Und)
			}
		})
	}
}

// Languages that we don't know look like those we know, some very much so. The
// texts were not trained on, and of some of the languages no other was.
func TestIdentifyWithholdsMostTextsOfOtherLanguages(t *testing.T) {
	f, err := os.Open("testdata/others.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	named, all := 0, 0
	for s := bufio.NewScanner(f); s.Scan(); all++ {
		if code, p := Default().Identify(s.Text()); code != Und {
			t.Logf("%s %.2f: %s", code, p, s.Text())
			named++
		}
	}
	if all < 40 || named > all/5 {
		t.Errorf("%d of %d texts of other languages were named, want at most a fifth of 40 or more", named, all)
	}
}

func TestIdentifyReadsTheBeginningOfLongTexts(t *testing.T) {
	german := strings.Repeat("Das Paket ist noch nicht da. ", 40)
	english := strings.Repeat("The parcel has not arrived. ", 4000)
	if got, _ := Default().Identify(german + english); got != German {
		t.Errorf("got %s, want %s", got, German)
	}
}

func TestIdentifyAllocatesNothing(t *testing.T) {
	m := Default()
	for _, text := range []string{message, "", "👍", "#only #hashtags", "خدمة سيئة", strings.Repeat("<&@#h", 1000)} {
		if n := testing.AllocsPerRun(100, func() { m.Identify(text) }); n != 0 {
			t.Errorf("Identify(%.20q) allocates %v times", text, n)
		}
	}
}

func FuzzIdentify(f *testing.F) {
	for _, s := range []string{message, "", "¿¿¡¡", "#a", "a@b", "a.com", "http", "&amp;<b>", "e\u0301", "आप", strings.Repeat("ab¿", 200), "x\xff"} {
		f.Add(s)
	}
	m := Default()
	f.Fuzz(func(t *testing.T, text string) {
		code, p := m.Identify(text)
		if !(p >= 0 && p <= 1.0000001) {
			t.Errorf("Identify(%q) is %v certain", text, p)
		}
		switch code {
		case English, German, Spanish, French, Italian, Portuguese, Arabic, Hindi:
			if p < certain && code != Arabic && code != Hindi {
				t.Errorf("Identify(%q) = %s, %v", text, code, p)
			}
		case Und:
		default:
			t.Errorf("Identify(%q) = %q", text, code)
		}
		if again, q := m.Identify(text); again != code || q != p {
			t.Errorf("Identify(%q) = %s %v, then %s %v", text, code, p, again, q)
		}
	})
}

func BenchmarkIdentify(b *testing.B) {
	for _, c := range []struct {
		name  string
		texts []string
	}{
		{"190 bytes", []string{message}},
		{"mixed", []string{
			message,
			"Seit drei Wochen warte ich auf meinen Router, und jedes Mal, wenn ich die Hotline anrufe, sagt mir jemand anderes, dass er gestern verschickt wurde. Bitte stornieren und Geld zurück, sofort!!",
			"Cela fait trois semaines que j'attends ma box et à chaque appel on me dit qu'elle est partie la veille. Annulez ma commande et remboursez-moi, je n'en peux plus, c'est vraiment honteux !!",
			"Llevo tres semanas esperando el router y cada vez que llamo me dicen que salió ayer. Cancelen mi pedido y devuélvanme el dinero de una vez, porque esto ya es una auténtica vergüenza, en serio!!",
		}},
		{"two words", []string{"great service"}},
		{"Arabic", []string{"الخدمة ممتازة جدا والتوصيل كان سريعا شكرا لكم على كل شيء وسأطلب منكم مرة أخرى قريبا"}},
		{"100 kB", []string{strings.Repeat(message, 500)}},
	} {
		m := Default()
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				m.Identify(c.texts[i%len(c.texts)])
				i++
			}
		})
	}
}

const message = "I've been waiting three weeks for my router and every time I call the support line someone else tells me that it was sent yesterday. Please just cancel my order and give me my money back now!!"
