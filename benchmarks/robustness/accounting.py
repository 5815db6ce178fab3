"""Bad inputs as files, and whether what a run made of them accounts for each."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from bad_inputs import cases
from samples import MARKER, Case


def write_cases(folder: Path, number: int) -> dict[str, Case]:
    """Write bad inputs, each marked with its file's name; gives them by path."""
    written = {}
    for at, (_, case) in enumerate(cases(number)):
        path = folder / f"{at:05}{case.suffix}"
        path.write_bytes(case.data)
        written[str(path)] = case
    return written


def verify(written: dict[str, Case], out: Path) -> Counter[str]:
    """Check that what stands in `out` and beside it accounts for all cases; gives the counts."""
    records, failures = _lines(out), _lines(Path(f"{out}.errors.jsonl"))
    assert all(row["reason"] and row["next_step"] for row in failures)
    labelled = {(row["source"], row["index"]) for row in records}
    failed = {(row["source"], row["index"]) for row in failures}
    assert len(labelled) == len(records), "an article stands twice"
    assert len(failed) == len(failures), "a failure stands twice"
    assert not labelled & failed, "an article is both labelled and failed"
    found = Counter((row["source"], match[1]) for row in records for match in MARKER.finditer(row["text"]))
    good = Counter(source for source, _ in found)
    bad = Counter(row["source"] for row in failures)
    for source, case in written.items():
        indices = sorted(index for name, index in labelled | failed if name == source)
        assert indices == list(range(len(indices))), f"{source}: something is missing"
        assert case.bad is None or set(_times(found, source)) <= {1}, f"{source}: a good page stands twice"
        assert good[source] >= case.good, f"{source}: {good[source]} of {case.good} good pages"
        assert case.bad is None or bad[source] == case.bad, (
            f"{source}: {bad[source]} failures, not {case.bad}"
        )
    assert b"\x1b" not in out.read_bytes()
    return Counter(inputs=len(written), labelled=len(records), failed=len(failures))


def _times(found: Counter[tuple[str, str]], source: str) -> list[int]:
    return [times for (name, _), times in found.items() if name == source]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]] if path.exists() else []
