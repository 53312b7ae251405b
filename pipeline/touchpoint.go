package pipeline

// Touchpoint is where a customer meets the company on a channel, for feedback that
// neither says so nor speaks of a topic that has a touchpoint of its own.
func (c Channel) Touchpoint() string {
	switch c {
	case Review:
		return "review_site"
	case Social:
		return "social_media"
	case Chat:
		return "live_chat"
	case Survey:
		return "survey"
	case Ticket:
		return "help_desk"
	case Call:
		return "phone"
	}
	return ""
}
