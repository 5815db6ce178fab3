"""What the models find with names of men and women, and of many countries, in the same sentences.

    python benchmarks/quality/names.py

fills the pages of frames.txt with the names of names.json, one name a page, and counts how often a sentence
gets its label, and how often the name is found exactly as its speaker or its target; swapped.py compares. It
asks hard.txt too: satire, quotations within quotations, headlines. A model that marks no spans is measured
by its labels. 4,300 pages: some minutes on one core for `fast`, a quarter of an hour for `accurate`.

Writes docs/results/names.json, and its tables into docs/trust/names.md. With `--model` one model is
measured; then it only prints.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from frames import Asked, Frame, read
from numpy.typing import NDArray
from swapped import MEASURES, tables

from newsroles import LabelledSentence, Labeller
from newsroles.labels import SPANS, Role

ROOT, HERE = Path(__file__).parents[2], Path(__file__).parent
OUT, PAGE = ROOT / "docs" / "results" / "names.json", ROOT / "docs" / "trust" / "names.md"
BEGIN, END = "<!-- names -->\n", "<!-- /names -->"
MODELS = ("fast", "accurate")

Slots = Mapping[str, str]
Counts = NDArray[np.float64]
Given = Iterator[tuple[Asked, LabelledSentence]]


def people(names: Mapping[str, Any]) -> dict[str, list[Slots]]:
    """Return what fills the slots of people, by "COUNTRIES, women" or "COUNTRIES, men"."""
    return {
        f"{group}, {gender}": [_person(name, first=group in names["family_name_first"]) for name in each]
        for group, genders in names["people"].items()
        for gender, each in genders.items()
    }


def _person(name: str, *, first: bool) -> Slots:
    return {"name": name, "last": name.split()[0 if first else -1]}


def places(names: Mapping[str, Any]) -> dict[str, list[Slots]]:
    """Return what fills the slots of countries and their governments, by country."""
    return {
        country: [
            {"place": form.format(country=country, adjective=adjective)} for form in names["forms_of_places"]
        ]
        for country, adjective in names["places"].items()
    }


def answers(labeller: Labeller, frame: Frame, slots: Slots) -> Given:
    """Yield each sentence that is asked for, with the one that the model gives most of it."""
    text, asked = frame.filled(slots)
    sentences = labeller.label(text).sentences
    for one in asked:
        yield one, max(sentences, key=lambda given: min(given.end, one.end) - max(given.start, one.start))


def swapped(labeller: Labeller, frames: Sequence[Frame], groups: Mapping[str, Iterable[Slots]]) -> Counts:
    """Count how much is right and how much is asked: [frames, groups, MEASURES, 2]."""
    counts = np.zeros((len(frames), len(groups), len(MEASURES), 2))
    for row, frame in zip(counts, frames, strict=True):
        for cell, fillings in zip(row, groups.values(), strict=True):
            for slots in fillings:
                for asked, given in answers(labeller, frame, slots):
                    for name, value in outcome(asked, given, has_spans=bool(labeller.bundle.spans)):
                        cell[MEASURES.index(name)] += value, 1
    return counts


def outcome(asked: Asked, given: LabelledSentence, *, has_spans: bool) -> Iterator[tuple[str, float]]:
    """Yield what is measured of a sentence, in [0, 1]: spans only those that hold the name."""
    is_right = float(given.label == asked.label)
    if asked.label == Role.ACCUSATION:
        yield "accusation", is_right
    else:
        yield "other", is_right
        yield "blamed", float(given.label == Role.ACCUSATION)
    yield "probability", given.probabilities[asked.label]
    if has_spans:
        speaker, targets = spans(given)
        if asked.speaker and asked.speaker.is_swapped:
            yield "speaker", float(speaker == asked.speaker.place)
        for target in asked.targets:
            if target.is_swapped:
                yield "target", float(target.place in targets)


def spans(given: LabelledSentence) -> tuple[tuple[int, int] | None, set[tuple[int, int]]]:
    """Return where the speaker and the targets stand that the model found in the sentence itself."""
    speaker = given.speaker
    own = (speaker.start, speaker.end) if speaker and not speaker.resolved else None
    return own, {(one.start, one.end) for one in given.targets if not one.resolved}


def hard_cases(labeller: Labeller, frames: Sequence[Frame]) -> dict[str, Any]:
    """Count by kind what is right of all that is asked, [right, asked]; `missed` has what is not."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: {each: [0, 0] for each in ("label", *SPANS)})
    missed = []
    for frame in frames:
        for asked, given in answers(labeller, frame, {}):
            right = dict(_whole(asked, given, has_spans=bool(labeller.bundle.spans)))
            for name, is_right in right.items():
                found[frame.kind][name][0] += is_right
                found[frame.kind][name][1] += 1
            if not all(right.values()):
                wrong = [name for name, is_right in right.items() if not is_right]
                missed.append({"sentence": given.text, "label": given.label, "wrong": wrong})
    return {"kinds": found, "missed": missed}


def _whole(asked: Asked, given: LabelledSentence, *, has_spans: bool) -> Iterator[tuple[str, bool]]:
    """Yield whether the label, the speaker and all targets are right, also where there is none to find."""
    yield "label", given.label == asked.label
    if has_spans:
        speaker, targets = spans(given)
        if asked.label != Role.BACKGROUND:
            yield "speaker", speaker == (asked.speaker.place if asked.speaker else None)
        if asked.label == Role.ACCUSATION:
            yield "target", targets == {one.place for one in asked.targets}


def measure(labeller: Labeller) -> dict[str, Any]:
    """Ask a model for everything."""
    frames, names = read(HERE / "frames.txt"), json.loads((HERE / "names.json").read_text(encoding="utf-8"))
    fillings = {"people": people(names), "places": places(names)}
    return {
        "model": labeller.bundle.model_id,
        **{kind: _measured(labeller, frames, kind, groups) for kind, groups in fillings.items()},
        "hard": hard_cases(labeller, read(HERE / "hard.txt")),
    }


def _measured(
    labeller: Labeller, frames: Sequence[Frame], kind: str, groups: Mapping[str, list[Slots]]
) -> dict[str, Any]:
    counts = swapped(labeller, [frame for frame in frames if frame.kind == kind], groups)
    return {"groups": list(groups), "counts": counts.round(4).tolist()}


def main() -> None:
    """Parse, measure, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--model")
    asked = parser.parse_args()
    names = [asked.model] if asked.model else MODELS
    results = {name: measure(Labeller.load(name, threads=1, unwrap=False)) for name in names}
    if not asked.model:
        write(results)
    print(page(results))  # noqa: T201 - the tables are what it is for
    for result in results.values():
        for one in result["hard"]["missed"]:
            print(f"{', '.join(one['wrong'])}: {one['sentence']} [{one['label']}]")  # noqa: T201 - so are these


def page(results: Mapping[str, Any]) -> str:
    """Lay out what was found with each model."""
    return "\n\n".join(f"## `{name}`\n\n{tables(result)}" for name, result in results.items())


def write(results: Mapping[str, Any]) -> None:
    """Write the results and the page that quotes them."""
    OUT.write_text(json.dumps(results, ensure_ascii=False) + "\n", encoding="utf-8")
    head, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(head + BEGIN + page(results) + "\n" + END + rest.partition(END)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
