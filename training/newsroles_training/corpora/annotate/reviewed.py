"""What people have reviewed, told from what only a model has labelled.

`newsroles label` names its model and gives each sentence's probabilities. What `newsroles-train sample` asked
people about names the model too, and has probabilities once `distil` taught it, but says what was `sampled`;
another corpus that was taught is of no model, or says of each sentence where it was reviewed.
"""

from collections.abc import Iterator
from pathlib import Path

from newsroles.errors import UsageError
from newsroles_training.data.problems import Problem
from newsroles_training.data.rows import Row, article_rows


def reviewed_rows(path: Path, problems: list[Problem]) -> Iterator[tuple[str, Row]]:
    """Yield (place, article row) as they stand; raises UsageError for what only a model has labelled."""
    for place, row in article_rows(path, problems):
        refuse_model_labels(path, row)
        yield place, row


def refuse_model_labels(path: Path, row: Row) -> None:
    """Raise UsageError for a row as `newsroles label` writes it, which nobody has reviewed."""
    sentences = row["sentences"] if isinstance(row["sentences"], list) else ()
    is_model_s = "model" in row and "sampled" not in row
    if is_model_s and any(
        isinstance(one, dict) and "probabilities" in one and "reviewed_in" not in one for one in sentences
    ):
        raise UsageError(
            f"{path} holds labels that a model gave, not people",
            "have people check them: newsroles-train sample, the annotation tool, then corpus convert",
        )
