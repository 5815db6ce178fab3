"""The fields of records and of a table's rows; docs/use/record.md describes them."""

from collections.abc import Collection, Sequence
from typing import Any

from newsroles.articles import Failure, LabelledArticle

DECIMALS = 4
"""Probabilities are reproducible to this many decimals, so no more are written."""


def record(page: LabelledArticle, only: Collection[str] | None = None) -> dict[str, Any]:
    """Give the JSON object of one labelled article; docs/use/record.md describes its fields.

    With `only`, it holds the sentences with these labels.
    """
    article = page.article
    return {
        "id": article.id,
        "source": article.source,
        "index": article.index,
        "model": page.model,
        "text": article.text,
        "sentences": [
            {
                "start": sentence.start,
                "end": sentence.end,
                "text": sentence.text,
                "label": sentence.label,
                "probabilities": {label: round(p, DECIMALS) for label, p in sentence.probabilities.items()},
                "truncated": sentence.truncated,
                "uncertain": sentence.uncertain,
            }
            for sentence in page.sentences
            if only is None or sentence.label in only
        ],
    }


def failure_record(failure: Failure) -> dict[str, Any]:
    """Give the JSON object of one input that could not be labelled."""
    return {
        "source": failure.source,
        "index": failure.index,
        "offset": failure.offset,
        "reason": failure.reason,
        "next_step": failure.next_step,
    }


def columns(labels: Sequence[str]) -> dict[str, str]:
    """Give the names of a table's columns and their Parquet types, for a model with these labels."""
    article = {"id": "string", "source": "string", "index": "int64", "model": "string"}
    sentence = {"start": "int32", "end": "int32", "text": "string", "label": "string"}
    probabilities = {f"p_{label}": "float32" for label in labels}
    return article | sentence | probabilities | {"truncated": "bool", "uncertain": "bool"}
