"""Words that a full stop follows without ending a sentence.

The tables join AP and Reuters style, what the training pages added, and two lists that were read word by
word: Moses' English non-breaking prefixes as sacremoses 0.2.0 ships them (MIT licence, August 2026), and
the English abbreviations of pySBD 0.3.4 (MIT licence, February 2021). Left out is what is a common word as
well ("is", "me", "man", "may", "con", "ok", "etc") or a name ("Penn", "Ida"). Added is what neither has:
street signs, church and Indian titles, plurals of ranks, old units.
"""
# ruff: noqa: SIM905 - word tables read better as text

TITLES = frozenset(
    "Abp Adj Adm Adms Ald Amb Apt Archbp Asst Atty Attys Bp Brig Brigs Capt Capts Cdr Cllr Cmdr Cmdrs "
    "Cmdt Col Cols Comdr Cpl Cpls Cpt Det Dets Dr Drs Engr Ens Fr Gen Gens Gov Govs Hon Insp Lt Lts Maj "
    "Majs Messrs Mgr Mlle Mlles Mme Mmes Mohd Mr Mrs Ms Msgr Mssrs Mt Mx Pfc Pres Prof Profs Pvt Pvts "
    "Rep Reps Rev Revs Rt Sen Sens Sfc Sgt Sgts Smt Spc Spcs Supt Supts Ven Vs approx cf e.g i.e rs v "
    "viz vs".split(),
)
"""A name or a number follows, so they never end a sentence."""

ABBREVIATIONS = frozenset(
    "Admin Assn Assoc Assocs Ave Aves Bldg Bldgs Blvd Bros Cir Co Comm Corp Cos Cres Ct Cttee Cty Dept "
    "Depts Dist Div Esq Expy Ft Fwy Govt Govts Hosp Hts Hway Hwy Hwys Inc Inst Intl Jr Ln Ltd Mfg "
    "Mtn Mtns Mts Natl Pde Pkwy Pl Plc Plz Pty Rd Rds Rs Rte Rtes Sq Sr St Ste Sts Surg Tce Ter Tpk "
    "Tpke Twp Univ Univs al dept govt hwy intl Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue "
    "Tues Wed Thu Thur Thurs Fri Ala Alta Ariz Ark Calif Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La "
    "Mass Md Mich Minn Miss Mo Mont Neb Nebr Nev Okla Ont Ore Pa Penna Qld Que Sask Tenn Tex Va Vt Wash "
    "Wis Wisc Wyo".split(),
)
"""Companies, places, months, days and states: they end a sentence only where one of `OPENERS` comes next."""

NUMBERED = frozenset(
    "Art Arts Ch Chap Cl Est Ex Exh Ext Fig Figs Fl No Nos Nr Op Ord Par Para Paras Pars Ph Prop Props "
    "Pt Pts Reg Regs Res Rm Sec Secs Tel Ver Vol Vols art arts ca ch cl est ext fig figs fl ft hr hrs "
    "lb lbs min no nos nr p para paras pp pt pts sec st tel ver vol vols".split(),
)
"""Abbreviations before a number, words of their own elsewhere."""

RANKED = frozenset({"Tech"})
"""Abbreviations before a rank ("Tech. Sgt."), names of their own elsewhere ("Virginia Tech")."""

EXCLAIMED = frozenset("E Jeopardy Joomla Yahoo".split())
"""Names that are written with an exclamation mark."""

OPENERS = frozenset(
    "A About According Additionally After All Also Although Among An And Another As At Because Before "
    "Between Both But By Despite Dozens During Each Earlier Even Every Everybody Everyone For Former From "
    "Furthermore Given He Her Here His How However Hundreds I If In Indeed Instead It Its Just Last Later "
    "Like Many Maybe Meanwhile More Moreover Most My Nearly Neither No Nobody Nor Not Now On Once One Only "
    "Or Other Others Our Perhaps Prior Recently Several She Similarly Since So Some Soon Such That The Their "
    "Then There Therefore These They This Those Though Thousands Thus Today Together Two Under Unlike Until "
    "We What Whatever When Where Whether Which While Who Why Within Without Yes Yet You Your".split(),
)
"""Words that open sentences, and hardly ever follow an abbreviation inside one, headlines in title case
included."""
