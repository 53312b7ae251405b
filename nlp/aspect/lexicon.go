package aspect

import (
	"strings"

	"earshot/nlp/token"
)

// joints are the words at which a judgement may turn to something else.
const joints = "and but while although though however yet or whereas except despite " +
	"und aber doch jedoch obwohl sondern et mais cependant sauf malgré y pero aunque sino e ma però mas porém embora"

// negators are the words that turn what follows.
const negators = "not no never none nobody nothing nowhere neither nor without cannot cant dont doesnt didnt wont wouldnt couldnt " +
	"isnt arent wasnt werent havent hasnt hadnt hardly barely lack lacks lacking lacked " +
	"don't doesn't didn't won't wouldn't couldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't ain't can't " +
	"nicht kein keine keinen keinem keiner nie ohne kaum nichts pas ne jamais rien aucun aucune sans " +
	"nunca jamás sin nada ningún ninguna tampoco non mai senza nessun nessuna niente não nao sem nenhum nenhuma"

// fillers are words that say nothing by themselves: they are never given as what
// decided.
const fillers = "the a an this that these those i you he she it we they me him her us them my your his its our their " +
	"is are was were be been am do does did have has had will would can could should may might " +
	"of to in on at by for from with as into about over after before until than then when what which who how why where " +
	"and or but so if just also there here up out all any some each s t m re ve ll " +
	"der die das den dem des ein eine einen einem einer ich du er sie es wir ihr mein meine ist sind war waren hat habe haben " +
	"und oder aber dass zu im am auf in bei mit von für nach aus um an sich wie so da " +
	"le la les l' un une des du de je tu il elle on nous vous ils mon ma mes est sont était et ou mais que qui à au aux en dans sur pour par avec ce se " +
	"el los las unos unas yo tú ella ellos mi mis es son era fue y o pero al en con por para del lo su sus me te " +
	"i gli uno io lui lei noi mio mia sono è ho ha e ma che di da nel con su per si ci " +
	"os as um uma eu ele ela nós meu minha são foi mas com em na do da por para se"

// The lengths of the longest of them, in bytes.
const (
	longestNegator, longestJoint, longestFiller = 9, 9, 6
	longestRole                                 = 9
)

// role is what a word is listed as; it may be several.
type role uint8

const (
	negator role = 1 << iota
	joint
	filler
)

// roles are the roles of all words listed, by their hashes.
var roles = rolesOf([...]string{negators, joints, fillers})

func rolesOf(lists [3]string) map[uint64]role {
	roles := map[uint64]role{}
	for i, list := range lists {
		for s := range strings.FieldsSeq(list) {
			var x word
			x.spell(s, token.Word)
			roles[x.hash] |= 1 << i
		}
	}
	return roles
}
