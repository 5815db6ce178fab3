"""Labelled articles and failures as JSON lines, written beside the target and renamed when complete."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newsroles.articles import Failure, LabelledArticle
from newsroles.errors import UsageError

DECIMALS = 4
"""Probabilities are reproducible to this many decimals, so no more are written."""


def record(page: LabelledArticle) -> dict[str, Any]:
    """Give the JSON object of one labelled article; docs/record.md describes its fields."""
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


def to_line(values: Mapping[str, Any]) -> bytes:
    """Serialise to one line of UTF-8; text that UTF-8 cannot hold (lone surrogates) is escaped."""
    try:
        return json.dumps(values, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(values).encode("ascii") + b"\n"


class PartFile:
    """JSON lines growing in ``<path>.part``, which becomes `path` on `commit`.

    An interrupted run leaves the part behind; reopened with `resume`, a last line that was cut is
    dropped and the rest is kept. A finished file is resumed too, and may then grow.
    """

    def __init__(self, path: Path, *, resume: bool) -> None:
        """Open the part of `path` for appending; raises UsageError where that cannot be done."""
        self.path = path
        self.part = Path(f"{path}.part")
        try:
            if resume and path.exists() and not self.part.exists():
                path.replace(self.part)
            self._file = self.part.open("r+b" if resume and self.part.exists() else "w+b")
        except OSError as error:
            raise UsageError(f"{self.part}: {error.strerror}", "give a path that can be written") from error
        self._file.truncate(_end_of_last_line(self._file))
        self._file.seek(0)

    def records(self) -> Iterator[dict[str, Any]]:
        """Read back what earlier runs wrote; leaves the file at its end, ready for `write`."""
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)

    def write(self, values: Mapping[str, Any]) -> None:
        """Append one record and hand it to the operating system."""
        self._file.write(to_line(values))
        self._file.flush()

    def commit(self) -> None:
        """Make the part the finished file, durably."""
        os.fsync(self._file.fileno())
        self._file.close()
        self.part.replace(self.path)

    def discard(self) -> None:
        """Drop the part, and the file that it would have replaced."""
        self._file.close()
        self.part.unlink()
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Leave the part as it is, for a later run to resume."""
        self._file.close()


def _end_of_last_line(file: Any) -> int:
    end = 0
    for line in file:
        if line.endswith(b"\n"):
            end += len(line)
    return end
