"""Records of `newsroles label` to tasks for annotators: pages, with the chosen sentences labelled in them.

A sentence is labelled in its article, so a task shows the page; what is to be checked is what is marked. Each
page says under `sampled` which sentences these were and what the model said of them, and the tools bring that
back: `corpus convert` then knows that the rest of the page was not asked for, and `corpus merge` what was
said before.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import quoteattr

from newsroles.errors import InputError, UsageError
from newsroles.records.read import labelled_article
from newsroles_training.corpora.annotate.sampling import Chosen, Record
from newsroles_training.data.corpus import kinds_from_sentences
from newsroles_training.data.problems import CorpusError, Problem
from newsroles_training.data.rows import Row, json_rows

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#85817A", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
"""Colours that colour-blind people can tell apart (Okabe and Ito 2008), the four labels' first."""

ADVICE = (
    "Check every coloured sentence in its page. If its label is wrong, click it and press the right label's "
    "key. What has no colour is context."
)


def read(path: Path) -> list[Record]:
    """Read the records of a run, each text once, with an id of its own; raises CorpusError."""
    problems: list[Problem] = []
    records: dict[str, Record] = {}
    ids: set[str] = set()
    try:
        for place, row in json_rows(path, problems):
            if reason := _why_not(row):
                problems.append(Problem(place, f"{reason}; give what newsroles label -o OUT.jsonl wrote"))
            elif row["text"] not in records:
                own = row["id"] if row["id"] not in ids else f"{row['source']}:{row['index']}"
                ids.add(own)
                records[row["text"]] = {**row, "id": own}
    except UsageError as error:
        raise UsageError(error.reason, "give what newsroles label -o OUT.jsonl wrote") from None
    if problems:
        raise CorpusError(problems)
    return list(records.values())


def _why_not(row: Row) -> str:
    """Say why a row is no record, "" if it is one."""
    try:
        labelled_article(row)
    except InputError as error:
        return error.reason
    return ""


def labels(records: Sequence[Record]) -> list[str]:
    """List the labels of the model that wrote the records; raises UsageError where that isn't one model."""
    orders = {tuple(one["probabilities"]) for record in records for one in record["sentences"]}
    if len(orders) != 1:
        reason = "records of models with other labels" if orders else "no labelled sentence in it"
        raise UsageError(reason, "give what newsroles label -o OUT.jsonl wrote, of one model")
    return list(orders.pop())


def pages(records: Sequence[Record], chosen: Chosen) -> Iterator[dict[str, Any]]:
    """Yield a row of our corpora for each page with chosen sentences, labelled as the model labelled them."""
    for number, places in chosen.items():
        record = records[number]
        sentences = [record["sentences"][place] for place in places]
        spans = [{key: one[key] for key in ("start", "end", "label")} for one in sentences]
        yield {
            "id": record["id"],
            "source": record["source"],
            "group": _publisher(record["id"]),
            "model": record["model"],
            "text": record["text"],
            **({"kinds": kinds} if (kinds := kinds_from_sentences(record)) else {}),
            "sampled": [
                {**span, "probability": one["probabilities"][one["label"]]}
                for span, one in zip(spans, sentences, strict=True)
            ],
            "sentences": spans,
        }


def _publisher(name: str) -> str:
    """Return the host of an id that is an address, else the id."""
    try:
        return urlsplit(name).hostname or name
    except ValueError:  # "http://[x/y"
        return name


def label_studio_config(labels: Sequence[str]) -> str:
    """Return the labelling config for a Label Studio project, a number key a label."""
    buttons = "\n".join(
        f'    <Label value={quoteattr(label)} background="{COLOURS[n % len(COLOURS)]}" hotkey="{n + 1}"/>'
        for n, label in enumerate(labels)
    )
    return f"""<View>
  <Header value={quoteattr(ADVICE)} size="5"/>
  <Labels name="label" toName="text">
{buttons}
  </Labels>
  <Text name="text" value="$text" granularity="word"/>
</View>
"""
