"""Label batches of pages in pipelines of your own: Ray Data, Hugging Face datasets, Spark."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, UsageError
from newsroles.model.labeller import Labeller
from newsroles.model.outcome import label_or_fail
from newsroles.readers import ReadOptions
from newsroles.readers.documents import as_failure
from newsroles.readers.records import article
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
        """Label a mapping of columns, a pyarrow Table or a pandas DataFrame; gives a pyarrow Table.

        Raises UsageError where there is no column of texts, or one is called like those that are added.
        """
        table, field = _table(batch), self._options.text_field
        if field not in table.column_names:
            raise UsageError(f"no column {field!r}; there are {table.column_names}", "give text_field")
        if taken := sorted(set(self._types).intersection(table.column_names)):
            raise UsageError(f"the batch has columns {taken} already", "rename or drop them")
        rows = [self._row(text, number) for number, text in enumerate(table[field].to_pylist())]
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


def _table(batch: Any) -> Any:
    pa = arrow()
    if isinstance(batch, pa.Table):
        return batch
    if isinstance(batch, Mapping):
        return pa.table({name: _flat(values) for name, values in batch.items()})
    return pa.Table.from_pandas(batch, preserve_index=False)


def _flat(values: Any) -> Sequence[Any]:
    """Make a list of arrays of an array of several dimensions, which Arrow does not take."""
    return list(values) if getattr(values, "ndim", 1) > 1 else values


def _types(labels: Sequence[str]) -> dict[str, Any]:
    """Return the names and Arrow types of the columns that are added."""
    text = arrow().string()
    return {"model": text, "sentences": sentences_type(labels), "error": text}
