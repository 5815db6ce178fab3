"""Label batches of pages in pipelines of your own: Ray Data, Hugging Face datasets, Spark."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, UsageError
from newsroles.model.labeller import Labeller
from newsroles.model.outcome import label_or_fail
from newsroles.readers import ReadOptions
from newsroles.readers.documents import as_failure
from newsroles.readers.fields import as_json
from newsroles.readers.named import kind_of
from newsroles.readers.records import article
from newsroles.records.schema import in_table
from newsroles.records.write import arrow, sentences_type


class LabelBatches:
    """A loaded model that takes a batch of pages, as columns, and gives it back with three columns more.

    `model` names the model. `sentences` holds a list of what a record holds (docs/use/record.md), with
    offsets into the column of texts; where a text is an HTML page, or a piece of one, into what
    `newsroles.html_to_text` makes of it. `error` says why a page could not be labelled, and what to do about
    it; it is empty where one could. The columns have the same types in every batch. It travels to other
    processes as its `Labeller` does.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        text_field: str = "text",
        min_confidence: float = 0.0,
        unwrap: bool = True,
        who: bool = True,
    ) -> None:
        """Load a bundle (None: the shipped one) on one thread, for the texts in the column `text_field`.

        `min_confidence`, `unwrap` and `who` are those of `Labeller`.
        Raises BundleError, and MissingExtra without pyarrow.
        """
        self._options = ReadOptions(text_field=text_field)
        self._labeller = Labeller.load(
            model, threads=1, min_confidence=min_confidence, unwrap=unwrap, who=who
        )
        self._types = _types(self._labeller.labels)

    def __call__(self, batch: Any) -> Any:
        """Label columns: a mapping, a pyarrow Table or RecordBatch, or a pandas DataFrame; gives a Table.

        A column of values that Arrow has no one type for becomes one of strings, as in a table of records:
        what is no string is JSON there, or null among the texts, and lone surrogates are U+FFFD.

        Raises UsageError where there is no column of texts, or one is called like those that are added, and
        for what is no batch.
        """
        field = self._options.text_field
        table = _table(batch, field)
        if field not in table.column_names:
            raise UsageError(f"no column {field!r}; there are {table.column_names}", "give text_field")
        if taken := sorted(set(self._types).intersection(table.column_names)):
            raise UsageError(f"the batch has columns {taken} already", "rename or drop them")
        rows = [self._row(text, number) for number, text in enumerate(_pages(table[field]))]
        for name, type_ in self._types.items():
            table = table.append_column(name, arrow().array([row[name] for row in rows], type_))
        return table

    def _row(self, text: Any, number: int) -> dict[str, Any]:
        """Return the new values of one page."""
        row = {"model": self._labeller.bundle.model_id, "sentences": [], "error": ""}
        result = label_or_fail(self._article(text, number), self._labeller)
        if isinstance(result, Failure):
            return row | {"error": f"{result.reason}; {result.next_step}"}
        return row | {"sentences": result.to_dict()["sentences"]}

    def _article(self, text: Any, number: int) -> Article | Failure:
        try:
            return article({self._options.text_field: text}, "", number, number, self._options)
        except InputError as error:
            return as_failure(error, "", number)


def _table(batch: Any, field: str) -> Any:
    """Return a batch as a Table, `field` its column of texts; raises UsageError for what is no batch."""
    pa, pandas = arrow(), sys.modules.get("pandas")
    if isinstance(batch, pa.Table):
        return batch
    if isinstance(batch, pa.RecordBatch):
        return pa.Table.from_batches([batch])
    if pandas and isinstance(batch, pandas.DataFrame):
        with suppress(*_odd()):
            return pa.Table.from_pandas(batch, preserve_index=False)
    elif not isinstance(batch, Mapping):
        kinds = "a mapping of columns, a Table or RecordBatch of pyarrow, or a DataFrame of pandas"
        raise UsageError(f"a batch is {kinds}; this is {kind_of(batch)}", "make one of it")
    columns = {in_table(str(name)): one for name, one in batch.items()}
    return pa.table({name: _column(name, one, are_texts=name == field) for name, one in columns.items()})


def _odd() -> tuple[type[Exception], ...]:
    """Return what Arrow raises for a column of values that it has no one type for."""
    return arrow().ArrowException, UnicodeError, OverflowError


def _column(name: str, values: Any, *, are_texts: bool) -> Any:
    """Make a column of Arrow, NaN null; as text, like a table's, where it has no one type for the values."""
    pa = arrow()
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise UsageError(f"the column {name!r} is one value, {kind_of(values)}", "give lists, of many pages")
    with suppress(*_odd()):
        flat = _flat(values)
        return pa.array(flat, pa.array(flat).type, from_pandas=True)
    try:
        return pa.array(_texts(values, are_texts=are_texts), pa.string())
    except InputError as error:
        raise UsageError(f"the column {name!r}: {error.reason}", error.next_step) from None


def _flat(values: Any) -> Sequence[Any]:
    """Make lists of an array of several dimensions, which Arrow does not take."""
    return [_flat(one) for one in values] if getattr(values, "ndim", 1) > 1 else values


def _texts(values: Iterable[Any], *, are_texts: bool) -> list[str | None]:
    """Write values as strings: others as JSON, or as null among texts, of which each is a page."""
    kept = [None if are_texts and not isinstance(one, str | bytes) else one for one in values]
    plain = as_json({"": kept})[""]
    words = (one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in plain)
    return [None if one is None else in_table(word) for one, word in zip(plain, words, strict=True)]


def _pages(column: Any) -> list[Any]:
    """Return the texts of a column; bytes where one is not UTF-8, so that it alone fails."""
    try:
        return list(column.to_pylist())
    except UnicodeDecodeError:
        return list(column.cast(arrow().binary()).to_pylist())


def _types(labels: Sequence[str]) -> dict[str, Any]:
    """Return the names and Arrow types of the columns that are added."""
    text = arrow().string()
    return {"model": text, "sentences": sentences_type(labels), "error": text}
