package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sampleFile is a file of feedback with what must become of it.
type sampleFile struct {
	path, topic, channel, mapping string
	rows                          int            // distinct items
	letters                       map[string]int // dead letters by reason
}

// makeSample writes a file of every kind that `send` reads, n records each. All
// records say their time, so that every send of them makes the same rows.
func makeSample(t *testing.T, n int) []sampleFile {
	t.Helper()
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var reviews, posts, chats, turns strings.Builder
	reviews.WriteString("Review ID,Review Text,Stars,Posted\n")
	turns.WriteString("utterance\tsaid\tday\n")
	brokenPosts, namelessPosts := 0, 0
	for i := range n {
		text := fmt.Sprintf("\"The dress is lovely,\nbut delivery number %d \"\"took weeks\"\".\"", i)
		if i%5 == 0 {
			text = "" // a rating is feedback, too
		}
		fmt.Fprintf(&reviews, "r%d,%s,%d,2024/1/%d\n", i, text, 1+i%5, 1+i%28)
		switch i % 25 {
		case 3:
			brokenPosts++
			fmt.Fprintf(&posts, "{\"id\":\"p%d\",\"text\":\n", i)
		case 7:
			namelessPosts++
			fmt.Fprintf(&posts, "{\"text\":\"nobody %d\",\"created_at\":\"2024-02-01T10:00:00Z\"}\n", i)
		default:
			fmt.Fprintf(&posts, "{\"id\":\"p%d\",\"text\":\"Love my phone no %d 😀, the network is down again\",\"created_at\":\"2024-02-01T10:00:00Z\",\"likes\":%d}\n", i, i, i)
		}
		separator := map[bool]string{true: "[", false: ","}[i == 0]
		fmt.Fprintf(&chats, "%s\n{\"convo\": \"c%d\", \"at\": 1706780000, \"turns\": [[\"agent\", \"What a terrible, horrible day\"], [\"customer\", \"Thanks, great help with order %d!\"]]}", separator, i, i)
		fmt.Fprintf(&turns, "u%d\tMy bill is wrong, number %d\t2024-03-01\n", i, i)
	}
	chats.WriteString("\n]\n")
	reviewMap := write("reviews.yaml", "id: Review ID\ntext: Review Text\nrating: Stars\nrating_max: \"=5\"\ncreated_at: Posted\ncreated_at_format: \"2006/1/2\"\n")
	chatMap := write("chats.yaml", "id: convo\ncreated_at: at\nmessages: turns\nmessages.role: \"0\"\nmessages.text: \"1\"\n")
	turnMap := write("turns.yaml", "id: utterance\ntext: said\ncreated_at: day\n")
	return []sampleFile{
		{write("reviews.csv", reviews.String()), "feedback.reviews", "review", reviewMap, n, nil},
		{write("posts.ndjson", posts.String()), "feedback.social", "social", "", n - brokenPosts - namelessPosts,
			map[string]int{"invalid_json": brokenPosts, "missing_id": namelessPosts}},
		{write("chats.json", chats.String()), "feedback.chats", "chat", chatMap, n, nil},
		{write("turns.tsv", turns.String()), "feedback.tickets", "ticket", turnMap, n, nil},
	}
}

// send is the command line that sends f to brokers.
func (f sampleFile) send(brokers string) []string {
	args := []string{"send", "--brokers", brokers, "--topic", f.topic}
	if f.mapping != "" {
		args = append(args, "--map", f.mapping)
	}
	return append(args, f.path)
}

// rowsOf are the rows that the files must become, by channel as a query prints
// them.
func rowsOf(sample []sampleFile) string {
	var lines []string
	for _, f := range sample {
		lines = append(lines, fmt.Sprintf("%s\t%d", f.channel, f.rows))
	}
	return strings.Join(lines, "\n")
}
