package embedded

import (
	"strconv"
	"strings"
)

type statementKind int

const (
	statementEmpty statementKind = iota
	statementSelect
	statementInsertData  // INSERT … VALUES or INSERT … FORMAT, followed by data
	statementInsertOther // INSERT … SELECT
	statementSet
	statementUse
	statementKill
	statementOther
)

// statement is what the front must know of a query before the engine sees it.
type statement struct {
	kind statementKind
	text string // what was parsed
	// end is where the statement ends: before a closing semicolon.
	end int
	// format is the name after FORMAT: of the data of an INSERT, of the
	// answer of anything else. Empty if the statement names none.
	format string

	// For INSERT with data: text[:clause] is the statement up to VALUES or
	// FORMAT, its SETTINGS begin at text[settings:], which is clause if it
	// has none, and the data begins at text[data:]. bare is true if the
	// statement ended without naming a format.
	settings, clause, data int
	bare                   bool
	// For INSERT … SELECT … FROM input('structure') FORMAT …: where the call
	// stands, and its argument as written.
	input          token
	inputStructure string

	// Where literal strings stand in a KILL statement.
	strings []token
	// For USE: the name as written. For SET: the assignments as written.
	name        string
	assignments []assignment
}

type assignment struct{ name, value string }

// parseStatement finds the kind and the parts of a statement. What follows an
// INSERT's VALUES or FORMAT clause is data and is not looked at. Its errors
// are about what this front refuses, never about syntax that the engine can
// judge.
func parseStatement(text string) (*statement, error) {
	p := &parser{lexer: lexer{s: text}, st: &statement{text: text, end: len(text)}}
	p.advance()
	if err := p.statement(); err != nil {
		return nil, err
	}
	return p.st, nil
}

type parser struct {
	lexer lexer
	tok   token
	st    *statement
}

func (p *parser) advance() { p.tok = p.lexer.next() }

// peek returns the token after the current one.
func (p *parser) peek() token {
	l := p.lexer
	return l.next()
}

func (p *parser) is(word string) bool { return p.isWord(p.tok, word) }

func (p *parser) isWord(t token, word string) bool {
	return t.kind == tokenWord && strings.EqualFold(p.lexer.s[t.start:t.end], word)
}

func (p *parser) isSymbol(s string) bool {
	return p.tok.kind == tokenSymbol && p.lexer.s[p.tok.start:p.tok.end] == s
}

func (p *parser) text(t token) string { return p.lexer.s[t.start:t.end] }

func (p *parser) statement() error {
	switch {
	case p.tok.kind == tokenEnd:
		p.st.kind = statementEmpty
		return nil
	case p.isSymbol(";"):
		p.st.kind = statementEmpty
	case p.is("INSERT"):
		return p.insert()
	case p.is("SELECT"), p.is("WITH"), p.isSymbol("("):
		p.st.kind = statementSelect
	case p.is("FROM"): // FROM t SELECT x
		p.st.kind = statementSelect
	case p.is("SET"):
		p.st.kind = statementSet
	case p.is("USE"):
		p.st.kind = statementUse
	case p.is("KILL"):
		p.st.kind = statementKill
	case p.tok.kind == tokenWord:
		p.st.kind = statementOther
		// The engine's client side would take these for its own commands.
		switch strings.ToLower(strings.Trim(p.lexer.s, " \t\r\n;")) {
		case "exit", "quit", "logout", "q", "help":
			return newException(codeSyntaxError, "Syntax error: failed at position 1 (%s)", p.text(p.tok))
		}
	default:
		return newException(codeSyntaxError, "Syntax error: failed at position %d (%s): a statement begins with a word", p.tok.start+1, p.text(p.tok))
	}
	return p.rest()
}

// rest goes through what is left of a statement that carries no data.
func (p *parser) rest() error {
	first := p.tok
	attach := p.is("ATTACH")
	depth := 0
	for ; p.tok.kind != tokenEnd; p.advance() {
		switch p.tok.kind {
		case tokenQuotedName:
			if p.fileFunction() {
				return newException(codeAccessDenied, "The function file is not allowed here: it would read files of the machine that earshot runs on")
			}
		case tokenString:
			if p.st.kind == statementKill {
				p.st.strings = append(p.st.strings, p.tok)
			}
		case tokenSymbol:
			switch p.text(p.tok) {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			case ";":
				if err := p.semicolon(); err != nil {
					return err
				}
				return p.finish(first)
			}
		case tokenWord:
			switch {
			case p.fileFunction():
				return newException(codeAccessDenied, "The function file is not allowed here: it would read files of the machine that earshot runs on")
			case p.is("FROM") && p.isWord(p.peek(), "INFILE"):
				return newException(codeAccessDenied, "FROM INFILE is not allowed here: it would read files of the machine that earshot runs on. Send the data as the request's body")
			case p.is("INTO") && p.isWord(p.peek(), "OUTFILE"):
				return newException(codeAccessDenied, "INTO OUTFILE is not allowed here: it would write files of the machine that earshot runs on. Read the answer instead")
			case attach && p.is("FROM"):
				return newException(codeAccessDenied, "ATTACH TABLE … FROM is not allowed here: it would move files of the machine that earshot runs on")
			case depth == 0 && p.is("INSERT") && p.st.kind == statementSelect: // WITH … INSERT
				p.st.kind = statementInsertOther
			case depth == 0 && p.is("FORMAT") && p.st.inputStructure != "" && p.peek().kind == tokenWord:
				// The data for input() follows.
				p.st.format = p.text(p.peek())
				p.st.clause, p.st.data = p.tok.start, dataStart(p.lexer.s, p.peek().end, p.st.format)
				p.st.bare = false
				return nil
			case depth == 0 && p.is("FORMAT") && p.tok != first && p.formatClause():
				p.st.format = p.text(p.peek())
			case p.is("INPUT") && p.st.kind == statementInsertOther && p.st.inputStructure == "":
				p.inputCall()
			}
		}
	}
	return p.finish(first)
}

// fileFunction reports whether the current name is that of the function file,
// for which the engine asks no grant, called or about to be applied.
func (p *parser) fileFunction() bool {
	if p.is("APPLY") {
		l := p.lexer
		next := l.next()
		if next.kind == tokenSymbol && p.text(next) == "(" {
			next = l.next()
		}
		return p.namesFile(next)
	}
	next := p.peek()
	return p.namesFile(p.tok) && next.kind == tokenSymbol && p.text(next) == "("
}

// namesFile reports whether a token is the name file, however it is written.
func (p *parser) namesFile(t token) bool {
	switch t.kind {
	case tokenWord:
		return strings.EqualFold(p.text(t), "file")
	case tokenQuotedName:
		return strings.EqualFold(plainName(p.text(t)), "file")
	}
	return false
}

// plainName undoes the quotes and escapes of a quoted name.
func plainName(quoted string) string {
	s := strings.Trim(quoted, "`\"“”")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		if s[i]|0x20 == 'x' && i+2 < len(s) {
			if code, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(code))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// formatClause reports whether the current FORMAT is a clause: a name follows
// and then the end, or one of the few clauses that may follow.
func (p *parser) formatClause() bool {
	l := p.lexer
	if l.next().kind != tokenWord {
		return false
	}
	t := l.next()
	return t.kind == tokenEnd || t.kind == tokenSymbol && p.text(t) == ";" || p.isWord(t, "SETTINGS")
}

func (p *parser) followedByString() bool {
	l := p.lexer
	l.next()
	return l.next().kind == tokenString
}

// inputCall notes input('structure').
func (p *parser) inputCall() {
	l := p.lexer
	open, arg, end := l.next(), l.next(), l.next()
	if open.kind == tokenSymbol && p.text(open) == "(" && arg.kind == tokenString && end.kind == tokenSymbol && p.text(end) == ")" {
		p.st.input = token{tokenWord, p.tok.start, end.end}
		p.st.inputStructure = p.text(arg)
		p.st.bare, p.st.clause, p.st.data = true, len(p.lexer.s), len(p.lexer.s)
	}
}

// semicolon ends the statement: nothing may follow.
func (p *parser) semicolon() error {
	p.st.end = p.tok.start
	for p.tok.kind != tokenEnd {
		if !p.isSymbol(";") {
			return newException(codeSyntaxError, "Syntax error (Multi-statements are not allowed): failed at position %d (end of query): %s", p.st.end+1, clip(p.lexer.s[p.st.end:], 80))
		}
		p.advance()
	}
	return nil
}

// finish reads the parts of the short statements that sessions keep track of.
func (p *parser) finish(first token) error {
	body := p.lexer.s[first.start:p.st.end]
	switch p.st.kind {
	case statementUse:
		p.st.name = strings.TrimSpace(body[len("USE"):])
	case statementSet:
		p.st.assignments = parseAssignments(body[len("SET"):])
	}
	return nil
}

// insert reads INSERT INTO … up to where its data or its SELECT begins.
func (p *parser) insert() error {
	p.advance()
	if p.is("INTO") {
		if p.isWord(p.peek(), "OUTFILE") && p.followedByString() {
			return newException(codeAccessDenied, "INTO OUTFILE is not allowed here")
		}
		p.advance()
	}
	if p.is("TABLE") && p.peek().kind != tokenSymbol {
		p.advance()
	}
	if p.is("FUNCTION") {
		p.advance()
	}
	// The table's name, so that a table named `format` or `values` is one.
	p.advance()
	for p.isSymbol(".") {
		p.advance()
		p.advance()
	}
	p.st.settings = -1
	defer func() {
		if p.st.settings < 0 {
			p.st.settings = p.st.clause
		}
	}()
	depth := 0
	for ; p.tok.kind != tokenEnd; p.advance() {
		switch p.tok.kind {
		case tokenSymbol:
			switch p.text(p.tok) {
			case "(":
				if next := p.peek(); depth == 0 && (p.isWord(next, "SELECT") || p.isWord(next, "WITH")) {
					p.st.kind = statementInsertOther
					return p.rest()
				}
				depth++
			case ")":
				depth--
			case ";":
				p.st.kind = statementInsertData
				p.st.bare, p.st.clause, p.st.data = true, p.tok.start, p.tok.start
				return p.semicolon()
			}
		case tokenWord:
			if depth != 0 {
				continue
			}
			switch {
			case p.is("SELECT"), p.is("WITH"):
				p.st.kind = statementInsertOther
				return p.rest()
			case p.is("FROM") && p.isWord(p.peek(), "INFILE"):
				return newException(codeAccessDenied, "FROM INFILE is not allowed here: it would read files of the machine that earshot runs on. Send the data as the request's body")
			case p.is("SETTINGS") && p.st.settings < 0:
				p.st.settings = p.tok.start
			case p.is("VALUES"):
				p.st.kind, p.st.format = statementInsertData, "Values"
				p.st.clause, p.st.data = p.tok.start, p.tok.end
				return nil
			case p.is("FORMAT") && p.peek().kind == tokenWord:
				name := p.peek()
				p.st.kind, p.st.format = statementInsertData, p.text(name)
				p.st.clause, p.st.data = p.tok.start, dataStart(p.lexer.s, name.end, p.st.format)
				return nil
			}
		}
	}
	p.st.kind = statementInsertData
	p.st.bare, p.st.clause, p.st.data = true, len(p.lexer.s), len(p.lexer.s)
	return nil
}

// dataStart is where the data begins that follows a FORMAT clause: after
// blanks and one line end. VALUES as a format takes no line end away, as all
// space is the same to it.
func dataStart(s string, pos int, format string) int {
	if strings.EqualFold(format, "Values") {
		return pos
	}
	for pos < len(s) && (s[pos] == ' ' || s[pos] == '\t' || s[pos] == '\f') {
		pos++
	}
	if strings.HasPrefix(s[pos:], "\r\n") {
		return pos + 2
	}
	if strings.HasPrefix(s[pos:], "\n") {
		return pos + 1
	}
	return pos
}

// parseAssignments reads "a = 1, b = 'x'" into pairs, values as written.
func parseAssignments(s string) []assignment {
	var out []assignment
	p := &parser{lexer: lexer{s: s}}
	p.advance()
	for p.tok.kind == tokenWord || p.tok.kind == tokenQuotedName {
		name := strings.Trim(p.text(p.tok), "`\"")
		p.advance()
		value := "1" // SET flag
		if p.isSymbol("=") {
			p.advance()
			start, end, depth := p.tok.start, p.tok.end, 0
			for p.tok.kind != tokenEnd && (depth > 0 || !p.isSymbol(",")) {
				switch {
				case p.isSymbol("("), p.isSymbol("["), p.isSymbol("{"):
					depth++
				case p.isSymbol(")"), p.isSymbol("]"), p.isSymbol("}"):
					depth--
				}
				end = p.tok.end
				p.advance()
			}
			value = s[start:end]
		}
		out = append(out, assignment{name, value})
		if !p.isSymbol(",") {
			break
		}
		p.advance()
	}
	return out
}

// quoteString writes s as a SQL string.
func quoteString(s string) string {
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte('\'')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '\'', '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case 0:
			b.WriteString(`\0`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

// unquoteString reads a SQL string in simple quotes. Of the escapes it knows
// those that quoteString and clients write for names and structures.
func unquoteString(s string) string {
	if len(s) < 2 || s[0] != '\'' {
		return s
	}
	s = s[1 : len(s)-1]
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c == '\\' || c == '\'') && i+1 < len(s) {
			i++
			switch s[i] {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '0':
				b.WriteByte(0)
			default:
				b.WriteByte(s[i])
			}
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// quoteName writes s as a SQL identifier.
func quoteName(s string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`").Replace(s) + "`"
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
