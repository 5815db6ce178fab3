"""Measure where the time of `newsroles label` goes: its stages, and the operators of the encoder.

    python benchmarks/speed/stages.py -o docs/results/stages.json --write docs/trust/performance.md

One thread labels pages of a corpus (default: data/starter/test.jsonl) from JSON lines to JSON lines with a
clock around each stage; then onnxruntime, asked to profile itself, runs the same windows again.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from loaded import loaded as described
from written import PAGES, keep, parser, processor, rows, show

from newsroles.model import labeller, reading
from newsroles.model.encoder import SLOWER, Encoder
from newsroles.model.labeller import Labeller
from newsroles.model.runtime import onnxruntime
from newsroles.model.tokenizer import SentenceTokenizer
from newsroles.runs import journal, local
from newsroles.runs.job import Job, Target

STAGES = {
    "splitting into sentences": (labeller, "split"),
    "tokenizing": (SentenceTokenizer, "encode"),
    "planning windows": (reading, "plan"),
    "encoder": (Encoder, "logits"),
    "pooling tokens": (reading, "pool"),
    "stitching windows": (reading, "stitch"),
    "probabilities": (Labeller, "probabilities"),
    "records": (Job, "record"),
    "writing": (journal.Journal, "write"),
}
"""What is timed: functions as the modules and classes that call them know them; none calls another."""

OPERATORS = 8


class Clock:
    """Seconds of each stage, and the tokens of each window."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self.seconds: Counter[str] = Counter()
        self.windows: list[list[int]] = []

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function with a clock around it."""

        def timed(*arguments: Any, **named: Any) -> Any:
            if name == "encoder":
                self.windows.append(list(arguments[1]))
            began = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                self.seconds[name] += time.perf_counter() - began

        return timed


def stages(loaded: Labeller, pages: Path, out: Path, clock: Clock) -> float:
    """Label a file with the clock around each stage; gives the seconds of the whole."""
    plain = {name: getattr(*place) for name, place in STAGES.items()}
    for name, place in STAGES.items():
        setattr(*place, clock.around(name, plain[name]))
    try:
        began = time.perf_counter()
        done = local.run(Job([str(pages)], described(loaded)), Target(out, Path(f"{out}.errors")))
        assert not done.failed
        return time.perf_counter() - began
    finally:
        for name, place in STAGES.items():
            setattr(*place, plain[name])


def operators(graph: Path, windows: list[list[int]], folder: Path) -> Counter[str]:
    """Return the seconds of each kind of operator."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    options.profile_file_prefix = str(folder / "profile")
    session = onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
    )
    for window in windows:
        ids = np.array([window], dtype=np.int64)
        session.run(["logits"], {"input_ids": ids, "attention_mask": np.ones_like(ids)})
    seconds: Counter[str] = Counter()
    for event in json.loads(Path(session.end_profiling()).read_text(encoding="utf-8")):
        if event["cat"] == "Node" and event["name"].endswith("kernel_time"):
            seconds[event["args"]["op_name"]] += event["dur"] / 1e6
    return seconds


def measure(corpus: Path, most: int, model: Path | None) -> dict[str, Any]:
    """Label the first pages of a corpus, twice, the first time to warm up."""
    with tempfile.TemporaryDirectory() as name:
        folder, loaded, clock = Path(name), Labeller.load(model, threads=1), Clock()
        pages = folder / "pages.jsonl"
        pages.write_bytes(b"\n".join(corpus.read_bytes().splitlines()[:most]))
        stages(loaded, pages, folder / "warm.jsonl", Clock())
        whole = stages(loaded, pages, folder / "out.jsonl", clock)
        found = operators(loaded.bundle.graph, clock.windows, folder)
    clock.seconds["reading and the rest"] = whole - clock.seconds.total()
    return {
        "model": loaded.bundle.model_id,
        "processor": processor(),
        "tokens": sum(map(len, clock.windows)),
        "stages": dict(clock.seconds.most_common()),
        "operators": dict(found.most_common()),
    }


def table(found: dict[str, Any]) -> list[list[str]]:
    """Lay out stages, then the operators that take longest, with shares of their sums."""
    body = []
    for kind, most in (("stages", None), ("operators", OPERATORS)):
        whole = sum(found[kind].values())
        for name, seconds in list(found[kind].items())[:most]:
            shown = f"`{name}`" if kind == "operators" else name
            each = seconds / found["tokens"] * 1e6
            body.append([shown, f"{seconds / whole:.1%}", f"{each:.1f}"])
        body.append(["", "", ""])
    return body[:-1]


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write down."""
    given = parser("Measure where time goes")
    given.add_argument("corpus", type=Path, nargs="?", default=PAGES, help="articles, as JSON lines")
    given.add_argument("--model", type=Path, help="a bundle folder; default: the shipped one")
    given.add_argument("--pages", type=int, default=32, help="how many of them, at most")
    asked = given.parse_args(arguments)
    found = measure(asked.corpus, asked.pages, asked.model)
    heads, body = ["stage, or operator of the encoder", "share", "µs a token"], table(found)
    show(heads, body)
    on = f"`{found['model']}` on one thread of: {found['processor']}; {found['tokens']:,} tokens read."
    keep(asked, found, "stages", f"{on}\n\n{rows(heads, body)}")


if __name__ == "__main__":
    main()
