"""Sentences: hard cases by kind, and the laws of the spans on any text."""
# ruff: noqa: RUF001 - typographic marks are the matter here

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import LINE_BREAKS, texts

from newsroles.articles import Sentence
from newsroles.model.sentences import split

# Each case lists the sentences of one line of text, which are joined by a space.
SPACED: dict[str, list[list[str]]] = {
    "plain": [
        ["The dam held."],
        ["The dam held.", "The road did not."],
        ["Will it rain?", "Nobody knows!", "We wait."],
        ["A headline without a stop"],
        ["iPhones sold out.", "iPads did not."],
    ],
    "titles": [
        ["Gov. Lena Ortiz met Sen. Paul Reed and Rep. Ann Lake.", "They left early."],
        ["Mr. Okoro thanked Mrs. Okoro, Ms. Diaz and Dr. An.", "Prof. Ito was absent."],
        ["Lt. Col. Dana Fox and Staff Sgt. Lee Moss testified.", "Lance Cpl. Ray Hill did not."],
        ["Messrs. Hall and Webb appealed to Brig. Gen. Omar Said."],
        ["GEN. KHAN TO MEET GOV. ORTIZ"],
        ["It was Mets vs. Cubs, and Roe v. Wade again."],
    ],
    "places": [
        ["ST. PAUL — The river rose again."],
        ["She moved from St. Helens to Ft. Worth.", "He stayed on Mt. Hood."],
        ["They closed the shop on Main St.", "The owners had retired."],
        ["Joe Reed, a Canton, Pa. Republican, won."],
        ["The firm is from Fresno, Calif.", "It makes glue."],
        ["She left for the U.S.", "Several others stayed."],
    ],
    "who spoke": [
        ["“Who knew?” Lake continued.", "Nobody did."],
        ["“Who knew?” I asked.", "Nobody did."],
        ["“Who knew?” Lake warned in May."],
        ["“Who knew?”", "Lake continued the work."],
        ["“Who knew?”", "I went home."],
        ["So said Rep. Ann Lake, D-Mich.", "“Voters know it.”"],
        ["She met George W. “Dubya” Roe and the U.S. “Space Force” there."],
    ],
    "credits": [
        ["It fell (AP Photo/J. Roe Smith) on Monday."],
        ["So says Roe A/S.", "All of it."],
    ],
    "numbers": [
        ["Prices rose 3.5 percent to $4.75.", "Wages rose 1.2 percent."],
        ["She was No. 5 on the list, behind Nos. 3 and 4."],
        ["The answer was no.", "He tried again."],
        ["See Art. 12 and Sec. 4 of the act."],
        ["It happened in 2017.", "31 people were hurt."],
    ],
    "dates and times": [
        ["On Jan. 5 and Sept. 11 the office was shut."],
        ["It closed in Dec.", "The staff were told in Nov."],
        ["The quake struck at 6:40 a.m. (0140 GMT) on Sunday."],
        ["Polls close at 8 p.m. Eastern time."],
        ["Polls close at 8 p.m.", "They open at 7 a.m."],
    ],
    "companies": [
        ["Acme Inc. Chief Executive Jo Park resigned."],
        ["Park ran Acme Inc.", "She also ran Bolt Ltd.", "It failed."],
        ["Warner Bros. Discovery sued Glass Co. Ltd. of Osaka."],
        ["Shares of Acme (ACM.N) rose, and Bolt (BLT.L) fell."],
    ],
    "initials": [
        ["J. K. Rowling met George R. R. Martin."],
        ["J. A. Smith and Ann J. A. Finn wrote it."],
        ["The U.S. Senate voted.", "The U.N. did not."],
        ["She moved to the U.S.", "He followed."],
        ["The S.&P. 500 fell."],
        ["Sen. Kay Dunn, D-N.Y., agreed with Rep. Bo Hall (D-Calif.) and Rep. Al Pratt (R-S.C.)."],
        ["He holds a Ph.D. from Delft.", "So does she."],
        ["He fought in World War II.", "Washington forgot him."],
    ],
    "datelines": [
        ["KABUL (AP) — The ministry denied it.", "It gave no reason."],
        ["WASHINGTON, Jan. 5 (Reuters) - The bank cut its rate."],
        ["TAMPA, Fla. - The storm turned north."],
        ["Kabul: The ministry said so.", "Nobody else did."],
    ],
    "addresses": [
        ["Read www.example.org/a.b?c=D.E for more.", "Or write to desk.news@example.org."],
        ["Visit https://example.org/Reports.The_end today."],
        ["Booking.Com said no, and Node.js went on."],
        ["It was on example.org.", "It is gone."],
    ],
    "ellipses": [
        ["We waited ... and waited… and left."],
        ["“I thought…”", "He did not finish."],
        ["It can’t happen. . . .", "I fear that it may."],
        ["They stopped...", "The engine had died."],
        ["“… There is no plan,” she said."],
        ["Nobody came… not even the mayor."],
    ],
    "items": [
        ["1. Do this first"],
        ["12. Then do that.", "It helps."],
        ["(b) The second point.", "It holds."],
        ["A. The first answer"],
        ["IV. What came after"],
        ["First came the rain.", "2. Then came the flood."],
    ],
    "quotations": [
        ['"We won.', 'They lost," he said.'],
        ["“We won.", "They lost.", "Go home,” he said.", "“Now.”"],
        ["''There is no fix.", "We are here to stay,'' the general said.", "''We know it.''"],
        ["‘I was asleep.", "It burnt,’ he said."],
        ['He told the court: "I did it."', "The judge nodded."],
        ["“He said ‘Wait.’”", "“We did.”"],
        ["She said “No.” ”", "Then she left."],
        ["„Wir gehen.“", "„Wohin?“", "Er schwieg.", "»Nun?«", "»Nein!«"],
        ["Er sagte: „Wir bleiben.", "Ihr geht.“", "„Wohin“, sagte sie, „gehen?“"],
        ["« Nous partons. »", "Elle a dit : « Non\xa0!\xa0»", "Puis rien."],
    ],
    "questions and shouts in quotations": [
        ['"Will you go?" she asked.', "He would not."],
        ['"Stop!" he shouted.', '"Why?" they cried.'],
        ["“Who pays?” Mr. Ali Khan of Lahore asked.", "Nobody spoke."],
        ["“Who pays?”", "The mayor left."],
        ["“Who pays?”", "Smith said he would not."],
        ["“Who pays?”", "I said, “You.”"],
        ['Chants of "Out!" filled the square.', "The police watched."],
    ],
    "brackets": [
        ["(Reporting by Ana B. Cruz; editing by Tom C.)"],
        ["He left (she stayed.)", "Then it rained."],
        ["He left.", "(She stayed.)", "Then it rained."],
        ["The mayor (who knew?) said nothing."],
        ["The rule [see p. 4.] stands.", "It is old."],
    ],
    "marks of footnotes": [
        ["The river rose.[1]", "The town flooded.[2][3]", "No one died.(4)", "They left."],
        ["The court ruled.²", "The minister left.¹²", "He is ill."],
        ["The mayor left.*", "He was ill.**", "See note.†", "It helps."],
        ["The river rose.1", "The town flooded.2", "He lied."],
        ["“The river rose.”3", "The town “flooded.”[4]", "He lied."],
        [
            "“Who pays?”[1] Mr. Ali Khan of Lahore asked.",
            "Nobody spoke.[note 2]",
            "Why?[citation needed]",
            "So.",
        ],
        ["See Fig.2 The map helps.", "Version 2.1 Beta grew by 3.5 Percent."],
        ["Acme Inc.[3] Chief Executive Jo Park resigned.", "It is on example.org/page.1 Today."],
    ],
    "law and land": [
        ["Voters passed Prop. 13 in 1978.", "He is in Apt. B of the Elm St. block."],
        ["The fine was Rs. 500 crore, the court said."],
        ["He drove on Hwy. 101 near Rte. 66.", "It ends at Oak Pkwy.", "The rest is closed."],
        ["Msgr. John Roe and Rt. Rev. Jane Doe met Smt. Poe."],
        ["Dist. Atty. Jane Roe said no.", "Govt. School teachers met."],
        ["Maj. Gens. Roe and Doe, Sgts. Poe and Moe and Lts. Zoe and Fay left."],
        ["Tech. Sgt. Roe left Virginia Tech.", "Police came."],
        ["He was 5 ft. 6 in. tall.", "He lost a ft.", "Acme Pty. Ltd. said so."],
        ["She thanked Sean Penn.", "Emma Roe did not.", "She met Ida.", "Police came."],
    ],
    "ellipses in titles": [
        ['The film "Once Upon a Time... In Lahore" won.', "He left."],
        ["The musical “Tick, Tick... Boom!” won.", "He left."],
        ["And the Winner Is ... Nobody"],
        ["“Well, I thought...", "Maybe not.”", "He left.", "Copy it...", "Spread it."],
        ["The verdict is in …", "Guilty on all counts"],
    ],
    "names with a mark": [
        ["Yahoo! Finance reported it.", "Yahoo! confirmed it."],
        ["He once worked at Yahoo!", "She did not."],
    ],
    "symbols": [
        ["We did it. 🎉🎉"],
        ["We did it!", "🎉 Thank you all."],
        ["The end. ♦"],
        ["The bill passed.\u200b", "The house cheered.\ufeff"],
    ],
    "other scripts": [
        ["هل تعلم؟", "نعم.", "«نحن هنا.»", "ثم غادر."],
        ["وہ گیا۔", "وہ آئی۔"],
        ["वह गया।", "वह आई।"],
        ["Նա գնաց։", "Նա եկավ։"],
        ["ሄደ።", "ለምን፧", "አላውቅም።"],
        ["គាត់បានទៅ។", "នាងមក។"],
        ["သူသွားတယ်။", "သူမလာတယ်။"],
        ["Порт закрыт.", "«Уходим».", "А. С. Пушкин писал."],
        ["¿Qué pasó?", "¡Nada!"],
        ["Il est né à Évian.", "Élise aussi."],
    ],
}

# Cases whose white space matters: the text, then its sentences.
EXACT: list[tuple[str, list[str]]] = [
    ("The vote ended.The police left.", ["The vote ended.", "The police left."]),
    ("He was born in 1931.The town grew.", ["He was born in 1931.", "The town grew."]),
    ("“We won.”The crowd sang.", ["“We won.”", "The crowd sang."]),
    ("It dried.(In fact, it cracked.)", ["It dried.", "(In fact, it cracked.)"]),
    ("He met Mr.Smith there.", ["He met Mr.Smith there."]),
    ("See example.org/page.The end is near.", ["See example.org/page.The end is near."]),
    ("See www.example.The end is near.", ["See www.example.The end is near."]),
    ("It was so...The phone rang.", ["It was so...The phone rang."]),
    ("他走了。她来了！“好。”完", ["他走了。", "她来了！", "“好。”", "完"]),
    ("One.  \t\xa0Two.\u3000Three.", ["One.", "Two.", "Three."]),
    ("One." + " " * 80 + "Two.", ["One.", "Two."]),
    ("  Home \n\n 1. News\r\nBy A. Writer\r\n", ["Home", "1. News", "By A. Writer"]),
    ("\x00One.\x00 Two.\x00", ["\x00One.\x00 Two.\x00"]),
    ("\ud83d One. \udc00 Two.", ["\ud83d One.", "\udc00 Two."]),
    ("Cafe\u0301 closed. E\u0301lise left.", ["Cafe\u0301 closed.", "E\u0301lise left."]),
    ("... --- !!!", ["... --- !!!"]),
    ("", []),
    (" \n\t\u2028\xa0", []),
]


def cut(text: str) -> list[str]:
    """Return the sentences of a text as strings."""
    return [cut_out(text, sentence) for sentence in split(text)]


def cut_out(text: str, sentence: Sentence) -> str:
    """Return one sentence as a string."""
    return text[sentence.start : sentence.end]


def shift(sentences: list[Sentence], by: int) -> list[Sentence]:
    """Move spans to the right."""
    return [Sentence(sentence.start + by, sentence.end + by) for sentence in sentences]


@pytest.mark.parametrize("expected", [case for cases in SPACED.values() for case in cases], ids="|".join)
def test_hard_sentences(expected: list[str]) -> None:
    assert cut(" ".join(expected)) == expected


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_hard_white_space(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(texts())
def test_spans_are_sorted_disjoint_and_stripped(text: str) -> None:
    end = 0
    for sentence in split(text):
        assert end <= sentence.start < sentence.end <= len(text)
        assert cut_out(text, sentence) == cut_out(text, sentence).strip()
        end = sentence.end


@given(texts())
def test_spans_cover_all_but_white_space(text: str) -> None:
    covered = {at for sentence in split(text) for at in range(sentence.start, sentence.end)}
    assert all(character.isspace() or at in covered for at, character in enumerate(text))


@given(texts())
def test_no_sentence_crosses_a_line_break(text: str) -> None:
    assert all(len(cut_out(text, one).splitlines()) == 1 for one in split(text, unwrap=False))


@given(texts(), st.sampled_from(LINE_BREAKS), texts())
def test_lines_do_not_influence_each_other(above: str, line_break: str, below: str) -> None:
    head = above + line_break
    whole = split(head + below, unwrap=False)
    assert whole == split(above, unwrap=False) + shift(split(below, unwrap=False), len(head))


@given(texts(), st.sampled_from([" ", "\t", "\xa0", "\u3000", "\n"]))
def test_white_space_around_a_text_only_moves_it(text: str, space: str) -> None:
    assert split(space * 3 + text + space) == shift(split(text), 3)


DENSE = (
    "word ",
    "A. ",
    '. A" ',
    '?" Mr. B of C of D ',
    ".“",
    ".« ",
    ". ",
    ".",
    '."',
    "-. A",
    "St. ",
    "1. A",
    "a.b/",
    "。",
    ".\n",
    ".[1]",
    "a.1 ",
    ".*",
    '"A... ',
    "A ... ",
    "the words run on past the column of the\nletter, and so ",
)
"""What might make a rule look far back or ahead from every candidate, repeated to a huge line."""
RUNS = (" ", "a", "-", '"', " .")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The road is long. " * 110_000, id="2 MB in one line"),
        pytest.param("The road is long. It ends here.\n" * 20_000, id="20,000 lines"),
        *(pytest.param(piece * (200_000 // len(piece)), id=f"many {piece!r}") for piece in DENSE),
        *(pytest.param(f"It ended.{run * 1_000_000} The end", id=f"a run of {run!r}") for run in RUNS),
    ],
)
def test_time_grows_with_length_only(text: str) -> None:
    began = time.process_time()
    sentences = split(text)
    assert time.process_time() - began < 30  # about 1 as it is; a quadratic rule would take hours
    assert sentences[-1].end == len(text.rstrip())
