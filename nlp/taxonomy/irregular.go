package taxonomy

import (
	"slices"
	"strings"
	"sync"
)

// irregular lists words with all their other forms.
const irregular = `
be am is are was were been being
have has had having
do does did done doing
go goes went gone going
say says said saying
get gets got gotten getting
make makes made making
know knows knew known knowing
think thinks thought thinking
take takes took taken taking
see sees saw seen seeing
come comes came coming
give gives gave given giving
find finds found finding
tell tells told telling
feel feels felt feeling
leave leaves left leaving
put puts putting
mean means meant meaning
keep keeps kept keeping
let lets letting
begin begins began begun beginning
show shows showed shown showing
hear hears heard hearing
run runs ran running
hold holds held holding
bring brings brought bringing
write writes wrote written writing
sit sits sat sitting
stand stands stood standing
lose loses lost losing
pay pays paid payed paying
meet meets met meeting
set sets setting
lead leads led leading
understand understands understood understanding
misunderstand misunderstands misunderstood misunderstanding
speak speaks spoke spoken speaking
read reads reading
spend spends spent spending
grow grows grew grown growing
win wins won winning
teach teaches taught teaching
buy buys bought buying
send sends sent sending
resend resends resent resending
build builds built building
rebuild rebuilds rebuilt rebuilding
fall falls fell fallen falling
cut cuts cutting
sell sells sold selling
upsell upsells upsold upselling
rise rises rose risen rising
drive drives drove driven driving
break breaks broke broken breaking
wear wears wore worn wearing
hit hits hitting
eat eats ate eaten eating
catch catches caught catching
draw draws drew drawn drawing
withdraw withdraws withdrew withdrawn withdrawing
choose chooses chose chosen choosing
throw throws threw thrown throwing
deal deals dealt dealing
cost costs costing
forget forgets forgot forgotten forgetting
hang hangs hung hanged hanging
hide hides hid hidden hiding
hurt hurts hurting
lay lays laid laying
lie lies lied lying
lend lends lent lending
light lights lit lighted lighting
quit quits quitting
ring rings rang rung ringing
shake shakes shook shaken shaking
shoot shoots shot shooting
shut shuts shutting
sing sings sang sung singing
sink sinks sank sunk sinking
sleep sleeps slept sleeping
oversleep oversleeps overslept oversleeping
slide slides slid sliding
split splits splitting
spread spreads spreading
steal steals stole stolen stealing
stick sticks stuck sticking
strike strikes struck striking
swear swears swore sworn swearing
sweep sweeps swept sweeping
swim swims swam swum swimming
tear tears tore torn tearing
wake wakes woke woken waking
wind winds wound winding
bear bears bore borne bearing
beat beats beaten beating
bend bends bent bending
bet bets betting
bid bids bidding
bind binds bound binding
bite bites bit bitten biting
bleed bleeds bled bleeding
blow blows blew blown blowing
burn burns burned burnt burning
burst bursts bursting
dig digs dug digging
dream dreams dreamed dreamt dreaming
drink drinks drank drunk drinking
feed feeds fed feeding
fight fights fought fighting
flee flees fled fleeing
fly flies flew flown flying
freeze freezes froze frozen freezing
forgive forgives forgave forgiven forgiving
learn learns learned learnt learning
lean leans leaned leant leaning
leap leaps leaped leapt leaping
mistake mistakes mistook mistaken mistaking
overcharge overcharges overcharged overcharging
overcome overcomes overcame overcoming
overpay overpays overpaid overpaying
underpay underpays underpaid underpaying
prepay prepays prepaid prepaying
repay repays repaid repaying
redo redoes redid redone redoing
undo undoes undid undone undoing
rewrite rewrites rewrote rewritten rewriting
reset resets resetting
ride rides rode ridden riding
seek seeks sought seeking
sew sews sewed sewn sewing
shed sheds shedding
shine shines shone shined shining
shred shreds shredded shredding
shrink shrinks shrank shrunk shrinking
smell smells smelled smelt smelling
speed speeds sped speeded speeding
spell spells spelled spelt spelling
spill spills spilled spilt spilling
spin spins spun spinning
spit spits spat spitting
spoil spoils spoiled spoilt spoiling
stink stinks stank stunk stinking
weave weaves wove woven weaving
weep weeps wept weeping
embed embeds embedded embedding
input inputs inputted inputting
output outputs outputted outputting
panic panics panicked panicking
good better best
bad worse worst
far farther further farthest furthest
little less least
many more most
man men
woman women
child children
person persons people
foot feet
tooth teeth
mouse mice
goose geese
craftsman craftsmen
repairman repairmen
postman postmen
tradesman tradesmen
salesman salesmen
serviceman servicemen
foreman foremen
businessman businessmen
knife knives
life lives
wife wives
half halves
leaf leaves
loaf loaves
shelf shelves
thief thieves
self selves
scarf scarves
calf calves
wolf wolves
ox oxen
analysis analyses
basis bases
crisis crises
diagnosis diagnoses
criterion criteria
datum data
medium media
index indexes indices
bus buses busses
gas gases gasses
quiz quizzes
`

// uninflected are function words: their "forms" would be other words ("us" and
// "used", "to" and "toes").
const uninflected = `
a an the this that these those some any no none every each either neither both all such own same other another
i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us our ours ourselves
they them their theirs themselves who whom whose which what when where why how whatever whenever wherever whoever
and or but nor so yet if than then because since although though while whereas unless until as
of to in on at by for from with without about above across after against along among around before behind below beneath
beside besides between beyond during except inside into like near off onto out outside over past per through throughout
toward towards under underneath up upon via within down
not never ever even just only also too very quite rather still already again once twice here there now always often
can could will would shall should may might must ought cannot
one two three four five six seven eight nine ten eleven twelve hundred thousand
yes ok please hello hi hey thanks
is am are was were has had does did
`

// graded are adjectives that are compared by endings.
const graded = `
slow fast quick cheap high low long short hard easy early big small large great nice clean dirty loud quiet noisy
old young new hot cold warm cool dark bright weak strong rude kind happy angry sad safe dear fair close simple busy
crazy heavy light tight loose thin thick wide narrow rough smooth soft tough rich poor sick healthy dry wet fresh stale
clear deep dull sharp plain pretty ugly lazy handy friendly unfriendly lovely ugly silly stupid smart pricey costly steep
tasty salty sweet sour bland crispy greasy spicy juicy yummy smelly itchy scratchy bumpy laggy buggy clunky shabby grumpy
calm brave mean odd weird strange wild wise neat tidy messy dusty filthy sloppy sneaky shady dodgy scary funny lucky unlucky fussy
`

// irregularForms maps each word of the list to its other forms, and each of these
// to none, unless it is a word of the list itself.
var irregularForms = sync.OnceValue(func() map[string][]string {
	table := map[string][]string{}
	for line := range strings.Lines(irregular) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		table[words[0]] = words[1:]
	}
	for line := range strings.Lines(irregular) {
		for _, form := range strings.Fields(line) {
			if table[form] == nil && !slices.Contains(alsoWords[:], form) {
				table[form] = []string{}
			}
		}
	}
	return table
})

// alsoWords are irregular forms that are words of their own as well, with forms of
// their own: "meeting", "meetings".
var alsoWords = [...]string{"meeting", "building", "feeling", "meaning", "reading", "opening", "setting", "spelling", "lighting", "bearing", "drawing", "ring", "writing", "beginning", "finding", "saw", "found", "thought", "shot", "data", "media", "light", "cost", "cut", "hit", "bid", "wound", "input", "output", "reset", "split", "spread", "better"}

var uninflectedWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(uninflected) {
		set[w] = true
	}
	return set
})

func isUninflected(word string) bool { return uninflectedWords()[word] }

var adjectives = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(graded) {
		set[word] = true
	}
	return set
})
