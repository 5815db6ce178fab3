"""The words that the rules about names know, in lower case."""

_PRONOUNS = """
    he him his himself she her hers herself they them their theirs themselves it its itself who whom whose
    which that this these those one you your yours yourself yourselves
"""
PRONOUNS = frozenset(_PRONOUNS.split())

_POSSESSIVES = """
    her his its my our their whose your
"""
POSSESSIVES = frozenset(_POSSESSIVES.split())
"""What stands before somebody whom only a name that stood before tells: "his lawyer"."""

_OF_SPEECH = """
    i me my mine myself we us our ours ourselves
"""
OF_SPEECH = frozenset(_OF_SPEECH.split())
"""Pronouns of the one who speaks, which point back inside a quotation."""

ABBREVIATED = frozenset(("IT", "US", "WHO"))
"""Abbreviations that are no pronouns only because they are in capitals."""

_POINTERS = """
    the this that these those
"""
POINTERS = frozenset(_POINTERS.split())

_NOUNS = """
    agency analyst article author authors body candidate company department document firm government group
    leader letter man memo men minister ministry note officer official officials organisation organization
    outlet paper people politician premier president publication report reporter senator source sources
    speaker spokesman spokesperson spokeswoman statement study woman women
"""
NOUNS = frozenset(_NOUNS.split())
"""Nouns that only point back where no more than one of `POINTERS` stands before them."""

_TITLES = """
    mr mrs ms miss dr prof professor sir dame president premier chancellor mayor governor gov senator sen
    rep congressman congresswoman representative ambassador minister secretary commissioner councillor judge
    rev reverend bishop archbishop cardinal gen lt col colonel maj major capt captain sgt sergeant admiral
    adm lieutenant detective inspector constable spokesman spokeswoman spokesperson chairman chairwoman
    chair director leader speaker justice vice-president chief lawyer attorney prosecutor analyst economist
    historian lawmaker activist author journalist officer executive ceo mp mep
"""
TITLES = frozenset(_TITLES.split())
"""Titles and roles that stand right before a person's name, with a point or without."""

_PARTICLES = """
    al bin da de del della den der di dos du el ibn la le ten ter van von zu
"""
PARTICLES = frozenset(_PARTICLES.split())
"""Parts of a person's name that are written in lower case, or may be."""

_STATES = """
    afghanistan africa albania algeria america andorra angola argentina armenia asia australia austria
    azerbaijan bahamas bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia
    botswana brazil britain brunei bulgaria burundi cambodia cameroon canada chad chile china colombia congo
    croatia cuba cyprus czechia denmark djibouti ecuador egypt england eritrea estonia eswatini ethiopia
    europe fiji finland france gabon gambia gaza georgia germany ghana greece greenland grenada guatemala
    guinea guyana haiti honduras hungary iceland india indonesia iran iraq ireland israel italy jamaica
    japan jordan kazakhstan kenya korea kosovo kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya
    liechtenstein lithuania luxembourg madagascar malawi malaysia maldives mali malta mauritania mauritius
    mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua
    niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar
    romania russia rwanda samoa scotland senegal serbia singapore slovakia slovenia somalia spain sudan
    suriname sweden switzerland syria taiwan tajikistan tanzania thailand tibet togo tonga tunisia turkey
    turkmenistan uganda ukraine uruguay uzbekistan vanuatu vatican venezuela vietnam wales yemen zambia
    zimbabwe ankara athens baghdad beijing beirut belgrade berlin bern brussels bucharest budapest cairo
    canberra caracas copenhagen damascus delhi donetsk dublin havana helsinki islamabad jakarta jerusalem
    kabul khartoum kiev kyiv kremlin lisbon london luhansk madrid manila minsk moscow nairobi nato oslo
    ottawa paris pentagon prague pyongyang riyadh rome seoul sofia stockholm tallinn taipei tehran tokyo
    tripoli vienna vilnius warsaw washington zagreb crimea hague accra algiers amman antananarivo ashgabat
    asuncion baku bamako bangkok bogota brasilia brazzaville colombo dakar dhaka doha freetown harare
    johannesburg kampala kinshasa lusaka maputo mogadishu montevideo muscat nicosia niamey quito rabat
    reykjavik sarajevo skopje tbilisi tegucigalpa tirana tunis ulaanbaatar yerevan
"""
STATES = frozenset(_STATES.split())
"""States, continents and capitals of one word: these are no surnames."""

_BODIES = """
    administration agency alliance americans army assembly association authority board britons campaign club
    co coalition commission committee company congress conservatives corp corporation council court
    democrats department eu executive federal federation general government greens group health house inc
    inn institute interior labor labour league liberals llc ltd media members ministers ministry nato news
    office officials opposition pac parliament partners party plc police polls post press prosecutors
    protesters republicans russians senate service socialists society state states times trust uk ukrainians
    un union university us voters workers yuan
"""
BODIES = frozenset(_BODIES.split())
"""What names of institutions, parties and peoples end in: no surnames, and no title stands before them."""

_QUANTIFIERS = """
    all both but few former many more most new old other several some
"""
QUANTIFIERS = frozenset(_QUANTIFIERS.split())
"""What no person's full name begins with: "some Democrats"."""

ABBREVIATIONS = {
    "usa": "us",
    "united states": "us",
    "united states of america": "us",
    "united kingdom": "uk",
    "european union": "eu",
    "united nations": "un",
}
"""Names in lower case that are the same as their abbreviation."""
