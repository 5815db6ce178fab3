"""The files of annotation tools: how each is cut into pages, read, and written.

Whatever a row of ours says besides its text and its sentences (id, title, source, group, origin) travels in
the tool's own place for such things (`data` or `meta`) and comes back from there.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newsroles.errors import InputError, UsageError
from newsroles_training.corpora.annotate.offsets import Span, span
from newsroles_training.corpora.annotate.reviewed import reviewed_rows
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import Row, json_rows

_DOCCANO_OWN = ("text", "data", "label", "labels", "entities", "relations", "Comments", "comments", "meta")


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a tool gave it: its offsets are not yet trusted, its `metadata` may lack an id."""

    text: str
    spans: tuple[Span, ...]
    metadata: Row


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is cut into (place, raw page), how a raw page is read, and how a row of ours is written.

    `page` may raise InputError, and what Python raises on values of another shape. `task` writes a row whose
    labels are a model's, for people to check. `is_list` says that a file is one JSON list and not JSON lines.
    """

    rows: Callable[[Path, list[Problem]], Iterator[tuple[str, Row]]]
    page: Callable[[Row], Page]
    row: Callable[[Row], Row]
    task: Callable[[Row], Row]
    is_list: bool = False


def _own_page(row: Row) -> Page:
    text = _text(row)
    spans = (span(one["start"], one["end"], one["label"]) for one in row["sentences"])
    trusted = tuple(Span(one.start, one.end, one.label, text[one.start : one.end]) for one in spans)
    return Page(text, trusted, _without(row, ("text", "sentences")))


def _label_studio_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    try:
        tasks = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise UsageError(f"{path}: not JSON: {error}", "export the project as JSON") from None
    for number, task in enumerate(tasks if isinstance(tasks, list) else [tasks], 1):
        if isinstance(task, dict) and isinstance(task.get("data"), dict):
            yield f"{path} task {task.get('id', number)}", task
        else:
            problems.append(
                Problem(f"{path} task {number}", "has no 'data'; export as JSON, not as JSON-MIN")
            )


def _label_studio_page(task: Row) -> Page:
    done = [one for one in task.get("annotations") or () if not one.get("was_cancelled")]
    if len(done) != 1:
        step = "settle on one" if done else "submit one"
        raise InputError(f"has {len(done)} annotations", f"{step} and export again")
    _refuse_other_regions({one["type"] for one in done[0]["result"]})
    values = [one["value"] for one in done[0]["result"] if one["type"] == "labels"]
    spans = tuple(span(one["start"], one["end"], one.get("labels"), one.get("text")) for one in values)
    data = task["data"]
    own_id = {"id": str(task["id"])} if "id" in task else {}
    return Page(_text(data), spans, own_id | _without(data, ("text",)))


def _refuse_other_regions(types: Collection[str]) -> None:
    """Raise InputError for a project that labels something else than stretches of plain text."""
    others = sorted(
        one for one in types if one != "labels" and (one.endswith("labels") or "labels" not in types)
    )
    if others:
        raise InputError(
            f"regions of type {', '.join(others)} are not read",
            "label plain text: <Labels> and <Text>, as newsroles-train sample writes them in its .config.xml",
        )


def _label_studio_row(row: Row) -> Row:
    return {"data": _without(row, ("sentences",)), "annotations": [{"result": _label_studio_result(row)}]}


def _label_studio_task(row: Row) -> Row:
    """Return a task with predictions; their score is the least probability, which tasks can be ordered by."""
    score = min(one["probability"] for one in row["sampled"])
    prediction = {"model_version": row["model"], "score": score, "result": _label_studio_result(row)}
    return {"data": _without(row, ("sentences",)), "predictions": [prediction]}


def _label_studio_result(row: Row) -> list[Row]:
    """Return regions for projects with ``<Labels name="label" toName="text">``, ``<Text name="text">``."""
    values = [
        {**_bounds(one), "text": row["text"][one["start"] : one["end"]], "labels": [one["label"]]}
        for one in row["sentences"]
    ]
    names = {"from_name": "label", "to_name": "text", "type": "labels"}
    return [{"id": f"sentence-{number}", **names, "value": value} for number, value in enumerate(values)]


def _doccano_page(row: Row) -> Page:
    if "annotations" in row and not {"entities", "label", "labels"} & row.keys():
        raise InputError("has ids of labels, no labels ('annotations')", "export as JSONL (text label)")
    entities = row.get("entities") or row.get("label") or row.get("labels") or ()
    if isinstance(entities, str) or any(isinstance(one, str) for one in entities):
        raise InputError(
            f"not as doccano exports it for sequence labelling: {entities!r} is said of the whole page",
            "make a project for sequence labelling, label sentences, and export as JSONL",
        )
    triples = (
        (one["start_offset"], one["end_offset"], one.get("label")) if isinstance(one, dict) else one
        for one in entities
    )
    spans = tuple(span(*triple) for triple in triples)
    text = _text(row, "text" if "text" in row else "data")
    return Page(text, spans, _without(row, _DOCCANO_OWN) | (row.get("meta") or {}))


def _doccano_row(row: Row) -> Row:
    label = [[one["start"], one["end"], one["label"]] for one in row["sentences"]]
    return {"text": row["text"], "label": label, "meta": _without(row, ("text", "sentences"))}


def _prodigy_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield the rows; a page that was accepted in several sessions is reported, like Label Studio's."""
    rows = list(json_rows(path, problems))
    sessions: dict[str, list[str]] = {}
    for _, row in rows:
        if _is_accepted_in_session(row):
            sessions.setdefault(_prodigy_key(row), []).append(str(row.get("_session_id")))
    for place, row in rows:
        accepted = sessions.get(_prodigy_key(row), ())
        if len(accepted) > 1 and _is_accepted_in_session(row):
            reason = f"has {len(accepted)} annotations, of the sessions {', '.join(accepted)}"
            problems.append(Problem(place, f"{reason}; settle on one and export again"))
        else:
            yield place, row


def _is_accepted_in_session(row: Row) -> bool:
    is_answered = not {"_session_id", "_annotator_id", "_input_hash"}.isdisjoint(row)
    return is_answered and row.get("answer", "accept") == "accept"


def _prodigy_key(row: Row) -> str:
    """Name the page of a row: its text, and what tells it from others of the same text."""
    return json.dumps([row.get("text"), row.get("meta")], sort_keys=True)


def _prodigy_page(row: Row) -> Page:
    if row.get("answer", "accept") != "accept":
        raise InputError(f"was answered {row['answer']!r}", "accept it in Prodigy, or leave it out")
    if "spans" not in row and not {"accept", "label", "options"}.isdisjoint(row):
        raise InputError(
            "is labelled as a whole, it has no 'spans'", "label with spans.manual, and db-out that"
        )
    spans = tuple(span(one["start"], one["end"], one.get("label")) for one in row.get("spans") or ())
    return Page(_text(row), spans, dict(row.get("meta") or {}))


def _prodigy_row(row: Row) -> Row:
    spans = [{**_bounds(one), "label": one["label"]} for one in row["sentences"]]
    return {"text": row["text"], "spans": spans, "meta": _without(row, ("text", "sentences"))}


def _text(row: Row, key: str = "text") -> str:
    if not isinstance(row.get(key), str):
        raise InputError(f"has no {key!r}", "give the page's text there")
    return str(row[key])


def _bounds(sentence: Row) -> dict[str, int]:
    return {"start": sentence["start"], "end": sentence["end"]}


def _without(row: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in keys}


FORMATS: Mapping[str, Format] = {
    "newsroles": Format(reviewed_rows, _own_page, dict, dict),
    "label-studio": Format(
        _label_studio_rows, _label_studio_page, _label_studio_row, _label_studio_task, is_list=True
    ),
    "doccano": Format(json_rows, _doccano_page, _doccano_row, _doccano_row),
    "prodigy": Format(_prodigy_rows, _prodigy_page, _prodigy_row, _prodigy_row),
}
"""The formats by name; `newsroles` is our own, flat tables of sentences included."""
