package privacy

// nature is what a word can be in or around a name, as a set.
type nature uint8

const (
	givenName    nature = 1 << iota // a first name
	doubtfulName                    // a first name, or something else
	surname                         // a family name
	commonWord                      // a word that ends a name although it may be a capital
	firmWord                        // part of the names of firms, products and places
	placeWord                       // what makes a place of the name before it: "Hospital"
)

var natures = newLexicon(map[nature]string{
	givenName:    givenNames,
	doubtfulName: doubtfulNames,
	surname:      surnames,
	commonWord:   commonWords,
	firmWord:     firmWords,
	placeWord:    placeWords,
})

// natureOf returns what word w can be.
func (s *search) natureOf(w *word) nature { return lookUp(s, natures, w) }

// commonWords are words that stand beside names or begin with a capital without
// being part of one.
const commonWords = `
a about absolutely account after again agent ago all also although always am an and another any anyone anything app are as ask at awful back bad be because been before being best better big book both bot bought but buy by call called calling can cannot cannot chat check
com company complaint could customer customers day dear definitely delivery department did didn't do does doesn't don't done due each email even ever every everyone everything excellent feedback few finally first five for four from full fully get give go going good got great guys had hardly has have having he
hello help helped her here hers hey hi him his home how however i i'd i'll i'm i've if in internet invoice is isn't it it's its just keep kind last later least let like line little ll long look love made make management manager many me mine more most mr mrs ms much my name never new next nice no nobody none
not nothing now of off office ok okay old on once one online only operator or order our out over overall paid phone please poor product quality quite rather re really reference refund regards regarding representative sadly said same say says second see sent service services she shop should since sir sirs so some somebody someone something sorry
staff still store such super support sure system tech technical team terrible thank thanks that that's the their them then there these they they're this those though three through ticket time to today together told tomorrow too total tried two until up update us use user using ve very via wait was wasn't we we're
we've well went were what when where which while who whole whom whose why will with without won't worst would wouldn't yes yesterday yet you you're your yours sales billing desk centre center hotline helpline helpdesk live assistant virtual system bank unknown anonymous guest none nan null test admin
monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun christmas easter ramadan diwali halloween thanksgiving eid
english french german spanish italian dutch portuguese polish russian chinese japanese korean indian american british irish scottish welsh australian canadian mexican brazilian african european asian turkish greek swedish norwegian danish finnish arab arabic hindi
und oder aber nicht ich sie wir ihr der die das ein eine ist bin sind war et ou mais je tu il elle nous vous ils est suis y o pero yo él ella nosotros es soy e ma io lui lei noi sono het een en maar ik jij wij mijn meine mein mon ma mi vielen dank bonjour danke merci gracias grazie bitte s'il mit von vom zum zur
also anyway apparently unfortunately basically honestly hopefully currently recently previously afterwards then meanwhile moreover besides instead therefore thus hence perhaps maybe oh wow ugh lol omg btw fyi asap pls plz thx ps nb re fw fwd cc dm rt pm am gmt utc est pst cst bst
senior junior chief head deputy vice general regional area local district shift team customer-service duty floor night day front branch store shop ops operations logistics dispatch field retention loyalty complaints escalation escalations returns warranty claims fraud security
worked works working who's whose told gave took came explained resolved fixed sorted replied answered promised confirmed refused hung listened understood apologised apologized was ist war facilities accounts accounting procurement purchasing reception administration housekeeping council committee board government ministry
`

// firmWords are words of firms, brands, products and places: no persons, though
// they look like names.
const firmWords = `
aa aer acer adidas adobe airbnb airlines airways alaska alexa alibaba aldi allianz allstate amazon amc amd amex android apple argos arsenal asda asos asus audi aviva axa bmw barclays barclaycard bbc bestbuy bing black blackberry boeing boohoo boots bose bosch broker brokers bt burger cadbury canon capital carphone cartier cash chanel chase chevrolet chipotle chrome cisco citi citibank citroen clearpay coca coinbase
comcast continental cortana costa costco credit currys cvs delta deliveroo dell deloitte deutsche dhl dior discord disney docusign dominos doordash dropbox dunkin dyson easyjet ebay ebuyer ee elasticsearch emirates entertainment epson equifax etsy eurostar evri excel expedia experian express facebook fedex fiat fiber fibre fido firefox fitbit fiverr flipkart ford fortnite fox gap galaxy garmin geico
gmail google gopro groupon gucci halifax hbo hermes hilton hoover honda hotmail hotpoint hp hsbc htc huawei hulu hyatt hyundai ibm icloud ikea instagram intel ios ipad iphone ipod itunes jaguar jcpenney jetblue jpmorgan kellogg kfc kia kindle klarna klm kodak kohl kroger lego lenovo lexus lidl linkedin linux lloyds logitech lowe's lufthansa lyft mac macbook
macys marriott marks mastercard mazda mcafee mcdonald mcdonald's mcdonalds media meta metro microsoft minecraft mobil mobile monzo motorola nationwide natwest nectar nescafe nestle netflix network next nike nikon nintendo nissan nokia nordstrom norton notion npower nvidia o2 ocado octopus office ola onedrive oneplus openai optus oracle orange outlook oyster
panasonic pandora papa paypal paytm peloton pepsi pepsico peugeot philips photoshop pinterest pixel pizza playstation porsche post premier prime primark primemark puma purina qantas qatar quickbooks rbs realtek reddit renault revolut reebok roku rolex royal ryanair safari safeway sage sainsbury sainsbury's salesforce samsung santander scottish sears sephora shell shein shopify siemens signal singapore siri
sky skype slack snapchat snapdragon sony southwest spectrum spirit spotify sprint squarespace starbucks starlink stripe subaru subway suzuki symantec synchrony t-mobile talktalk target teams telstra telus tesco tesla thames three ticketmaster tiktok tinder tmobile toshiba toyota toys transunion trello tripadvisor trustpilot tumblr turkish tv twitch twitter uber ubuntu ulta uniqlo united ups usps vanguard verizon
viber virgin visa vistaprint vodafone volkswagen volvo waitrose walgreens walmart wayfair waze wells western westpac whatsapp whirlpool wikipedia windows wise wizz wordpress xbox xerox xfinity xiaomi yahoo yelp youtube zappos zara zelle zendesk zillow zoom zomato
africa america american asia atlanta auckland austin australia austria bangalore bangkok barcelona bay beijing belfast belgium berlin birmingham boston brazil brighton bristol britain brussels budapest cairo california cambridge canada cardiff chennai chicago china coast cologne copenhagen croatia dallas delhi denmark denver detroit dubai dublin durban east edinburgh egypt england
europe finland florida france frankfurt geneva germany ghana glasgow great greece hamburg heathrow gatwick hong houston hyderabad iceland illinois india indonesia ireland israel istanbul italy jakarta japan jersey johannesburg kenya kingdom kolkata kong korea lagos las leeds leicester lisbon liverpool london los luxembourg lyon madrid malaysia malta manchester manhattan melbourne mexico miami michigan milan milano minneapolis
montreal moscow mumbai munich nairobi netherlands nevada new newcastle nigeria north norway nottingham ohio ontario oregon orlando osaka oslo oxford pakistan paris pennsylvania perth philadelphia philippines phoenix poland portland porto portsmouth portugal prague pune quebec rio roma rome rotterdam russia san santa saudi scotland seattle shanghai sheffield singapore south spain states stockholm
stuttgart sweden swindon switzerland sydney taiwan texas thailand tokyo toronto turin turkey ukraine united usa uk utah valencia vancouver vegas venice vienna vietnam wales warsaw washington wellington west york yorkshire zurich anthropologie madewell
ai air airport alpha android audio auto baby bank basic beach beauty beta bio blue bluetooth box broadband business cafe camera car card care cars cash choice city class classic cleaning cloud club co coffee college comfort corp corporation credit crew crm cyber data deluxe design digital direct dollar dual duo eco economy edge edition electric
elite energy enterprise essential essentials extra family farm fashion fast finance financial fire fitness flex food foods fresh fries galaxy game games gas gift gmbh gold golden green group hd health healthcare holiday home hotel hotels house hub inc inn insurance interactive island kids kit kitchen lab labs life light lite llc logistics ltd lounge
magic market markets master mini mobility model motor motors music national natural nature net north ocean oil one organic outdoor pack pad parcel partner party pay pen pet pharmacy plan planet platinum play plus pod points portal power premium prepaid pro property protect pub radio rail rebel red rental residence resort restaurant rewards road
safe saver school se series server shop shopping silver smart snow software solar solutions sound spa special sport sports standard star station street studio style sun super supermarket switch system systems tab tablet taxi tea tech technologies telecom television toy track trade train training transport travel trust ultra unlimited value vip vision vita voice warehouse watch water
wave web servicing documentation loan loans mortgage recovery bureau federal legal freedom quicken lending funding collections holdings attorney attorneys navy midwest union trans rule act section code reporting white wholesale wi-fi wifi wine wireless wood works world x xl xs zone cyber prime day-deal street sw nw se ne ave inc. plc gmbh srl sarl bv kg ag nhs irs fbi cfpb fcra fdcpa ssa dmv hmrc dvla gdpr gps usb hdmi led lcd oled api pdf sms otp pin url vpn vat ssd ram cpu gpu sim esim faq ceo cfo cto hr pr
`

// placeWords make a place, an institution or a firm of the name before them.
const placeWords = `
airport arena avenue ave bank bar beach boulevard blvd bridge building castle cathedral centre center church city clinic close college comedy court creek district drive estate express field foundation gardens gate grill group hall harbor harbour heights hill hospital hotel hotels house inc inn institute island kitchen lake lane library limited llc lodge
ltd mall manor market medical memorial motel museum palace park pier pharmacy place plaza point port press products quarter restaurant resort road rd salon school shop square stadium station store stores street st supermarket terminal theatre theater tower towers trust university valley village way company co corp gmbh partners brothers bros associates
sons films records beer bread sauce seat dress jeans boots shirt shoes watch collection collections bag bags perfume makeup razors razor bakery pizza burgers ice cream secret line branch day bible effect law syndrome disease award prize
`

// firms are firms and products that look like the names of persons.
const firms = ` john lewis; john deere; john hancock; ted baker; calvin klein; tommy hilfiger; ralph lauren; michael kors; kate spade; tory burch; steve madden; paul smith; hugo boss; jo malone; vera wang; levi strauss;
 jack daniel; jack daniels; jack wills; headphone jack; jack daniels; harry potter; jack in; jack wolfskin; jim beam; johnnie walker; ben sherman; papa john; jimmy john; jimmy choo; trader joe; harvey nichols; laura ashley; laura mercier; karen millen; ann taylor; eileen fisher; dorothy perkins; dorothy perkin; johns hopkins;
 samuel adams; thomas cook; thomas pink; charles schwab; charles tyrwhitt; charles schwabs; edward jones; raymond james; morgan stanley; wells fargo; goldman sachs; merrill lynch; marks spencer; harry potter; harry winston; stella mccartney; marc jacobs; vivienne westwood; alexander mcqueen;
 alexander wang; oscar mayer; betty crocker; sara lee; aunt jemima; uncle ben; dr martens; dr pepper; mary kay; elizabeth arden; estee lauder; bobbi brown; bare minerals; peter millar; perry ellis; kenneth cole; donna karan; diane von; tracy reese; eva franco; byron lars;
 nina ricci; cath kidston; emma bridgewater; orla kiely; fred perry; russell hobbs; george foreman; kelly services; kelly blue; rolls royce; aston martin; lynda com; alfa romeo; leroy merlin; christian dior; christian louboutin; max mara; max factor; martha stewart; rachael ray;
 jamie oliver; gordon ramsay; tim hortons; dave buster; wendy house; casey general; murphy usa; duncan hines; angie list; craig list; victoria secret; victoria secrets; victoria line; jordan brand; austin texas; charlotte douglas; florence italy; geek squad; jean paul; amy kitchen; annie organic;
 ben jerry; harley davidson; hewlett packard; black decker; stanley black; warner bros; warner brothers; bath body; ernest jones; austin reed; moss bros; carl jr; carl's jr; jenny craig; daniel wellington; kendra scott; alex ani; anya hindmarch; robert dyas; robert half; russell athletic; albert heijn; marie curie; adam opel; paul mitchell; andrew marc; anna sui; mini miranda; mary jane; mary janes; hail mary; milton keynes; bob evans; dolce vita; rebecca taylor; rebecca minkoff; vince camuto; sam edelman; betsey johnson; elie tahari; bill blass; lilly pulitzer; tommy bahama; eddie bauer; `
