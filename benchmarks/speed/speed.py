r"""Measure engines side by side: the usual way, other runtimes on our windows, and `newsroles label`.

    python benchmarks/speed/speed.py ../shared/corpora/real-dev.jsonl \
        -o docs/results/speed.json --write docs/trust/performance.md

Every engine is a process of its own, started once for one thread and once for every CPU. In each round all of
them label the same pages, from JSON lines to JSON lines, one after the other and each time another one first;
the next round has other pages. Weights do not change the speed; with --checkpoint, the one that the shipped
bundle was exported from, labels are compared with those of its fp32 too. Needs the extra `bench`; what that
brings and is not there is left out, and said. Eight minutes on two idle cores.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self

import matrix
import speed_table
from engines import ACCURATE, ENGINES, EXACT, INSTALLED_BY, OURS, USUAL
from written import PAGES, keep, parser, processor

from newsroles.cpus import usable_cpus
from newsroles.model import bundle
from newsroles.model.sentences import split
from newsroles.model.tokenizer import SentenceTokenizer

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "configs" / "default.yaml"
PACKAGES = ("newsroles", "onnxruntime", "torch", "transformers", "openvino", "ctranslate2", "numpy")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")

Found = dict[str, Any]


class Worker:
    """A process that holds an engine."""

    def __init__(self, name: str, threads: int, made: Path, model: Path | None, page: Path) -> None:
        """Start it, and wait until it has labelled a page; `first` says what that took.

        Raises RuntimeError, with what it said last, where the engine cannot be opened.
        """
        asked = {"threads": threads, "made": str(made), "model": model and str(model), "page": str(page)}
        environment = os.environ | dict.fromkeys(THREADS, str(threads))
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, str(HERE / "worker.py"), name, json.dumps(asked)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=environment,
        )
        self.first = self._answer() | {"seconds": time.perf_counter() - began}

    def label(self, pages: Path, out: Path) -> Found:
        """Have it label a file; gives seconds, seconds of CPU, tokens of each sequence, memory so far."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"pages": str(pages), "out": str(out)}).encode() + b"\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> Found:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._said.seek(0)
            said = self._said.read().decode(errors="replace").strip().splitlines()
            raise RuntimeError(said[-1] if said else "it died without a word")
        found: Found = json.loads(line)
        return found

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._process.communicate()
        self._said.close()


def sample(corpus: Path, wanted: int, rounds: int, folder: Path, model: Path | None) -> Found:
    """Write pages of a corpus, evenly spread, for each round others with about `wanted` sentences together.

    Tokens are word pieces of the text, each counted once.
    """
    shipped = bundle.load(model)
    reader = SentenceTokenizer.load(shipped.tokenizer, shipped.special, shipped.window_tokens)
    texts = [json.loads(line)["text"] for line in corpus.read_bytes().splitlines() if line.strip()]
    step = round(sum(len(split(text)) for text in texts) / wanted / rounds)
    texts = texts[:: min(len(texts), max(1, step))]
    found: Found = {"corpus": corpus.name, "pages": len(texts), "sentences": [], "tokens": []}
    for number in range(rounds):
        chosen = texts[number::rounds] or texts
        pieces = [piece for text in chosen for piece in reader.encode(text, split(text))]
        found["sentences"].append(len(pieces))
        found["tokens"].append(sum(len(piece) - 1 for piece in pieces))
        rows = [json.dumps({"text": text}) + "\n" for text in chosen]
        pages(folder, number).write_text("".join(rows), encoding="utf-8")
    (folder / "page.jsonl").write_text(rows[0], encoding="utf-8")
    return found


def pages(folder: Path, number: int, name: str = "") -> Path:
    """Name the file of the pages of a round, or of what an engine makes of them."""
    return folder / f"{name}{number}.jsonl".replace(" ", "-")


def measure(names: list[str], threads: int, rounds: int, folder: Path, model: Path | None) -> Found:
    """Start the engines, then have all of them label the pages, `rounds` times; gives what each took."""
    found: Found = {}
    with ExitStack() as stack:
        workers = {}
        for name in names:
            _say(f"{threads} threads: starting {name}")
            try:
                worker = stack.enter_context(Worker(name, threads, folder, model, folder / "page.jsonl"))
            except RuntimeError as error:
                found[name] = {"note": str(error)}
                continue
            workers[name], found[name] = worker, {"first": worker.first, "rounds": []}
        for number in range(rounds):
            _say(f"{threads} threads: round {number + 1} of {rounds}")
            order = list(workers)
            for name in order[number % len(order) :] + order[: number % len(order)]:
                files = pages(folder, number), pages(folder, number, name)
                found[name]["rounds"].append(workers[name].label(*files))
    return found


def labels(name: str, rounds: int, folder: Path) -> list[str]:
    """Read back the labels that an engine has written last, of all rounds."""
    files = [pages(folder, number, name) for number in range(rounds)]
    rows = [row for path in files if path.exists() for row in path.read_bytes().splitlines()]
    return [sentence["label"] for row in rows for sentence in json.loads(row)["sentences"]]


def equal(names: list[str], rounds: int, folder: Path) -> dict[str, float]:
    """Return the share of labels that are those of torch in fp32, for engines that read the same windows."""
    exact = labels(EXACT, rounds, folder)
    same = [name for name in names if name != ACCURATE and not name.startswith("pipeline")]
    found = {name: labels(name, rounds, folder) for name in same}
    return {
        name: sum(map(str.__eq__, exact, said)) / len(exact)
        for name, said in found.items()
        if exact and len(said) == len(exact)
    }


def machine() -> Found:
    """Say what this is measured on, and how busy it was before."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "processor": processor(),
        "cores": usable_cpus(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": versions,
        "load": os.getloadavg(),
        "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
    }


def peaks(threads: int) -> dict[str, float]:
    """Measure the most that the processor can do, in a process of its own."""
    command = [sys.executable, str(HERE / "matrix.py"), str(threads)]
    environment = os.environ | dict.fromkeys(THREADS, str(threads))
    found: dict[str, float] = json.loads(subprocess.check_output(command, env=environment))
    return found


def compare(asked: argparse.Namespace, folder: Path) -> Found:
    """Do all that is asked for; gives what goes to the file of JSON."""
    known: Found = {
        "machine": machine(),
        "sample": sample(asked.corpus, asked.sentences, asked.rounds, folder, asked.model),
    }
    missing = {name: [one for one in ENGINES[name].modules if not find_spec(one)] for name in asked.engines}
    known["absent"] = {
        name: " ".join(INSTALLED_BY.get(module, module) for module in modules)
        for name, modules in missing.items()
        if modules
    }
    names = [name for name in asked.engines if name not in known["absent"]]
    known["rounds"], known["runs"], known["peaks"] = asked.rounds, {}, {}
    if set(names) - {OURS, ACCURATE}:
        _say("making the files of the engines")
        files = [folder, CONFIG, *filter(None, [asked.checkpoint])]
        command = [sys.executable, str(HERE / "engine_files.py"), *map(str, files)]
        made = subprocess.run(command, check=False, capture_output=True, text=True)
        assert not made.returncode, made.stderr
        known["config"] = matrix.config_of(folder / "torch")
    known["threads"] = sorted({1, asked.threads})
    for threads in known["threads"]:
        before = peaks(threads) if "config" in known else {}
        known["runs"][threads] = measure(names, threads, asked.rounds, folder, asked.model)
        if before:  # the better of two, lest a neighbour makes the machine look small
            after = peaks(threads)
            known["peaks"][threads] = {number: max(rate, after[number]) for number, rate in before.items()}
    known["equal"] = equal(names, asked.rounds, folder) if asked.checkpoint else {}
    return known


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, and write down."""
    given = parser("Measure engines side by side")
    given.add_argument("corpus", type=Path, nargs="?", default=PAGES, help="articles, as JSON lines")
    given.add_argument("--model", type=Path, help="a bundle folder; default: the shipped one")
    given.add_argument("--checkpoint", type=Path, help="the folder that the bundle was exported from")
    given.add_argument("--rounds", type=int, default=5, help="how often each engine labels the pages")
    given.add_argument("--sentences", type=int, default=200, help="of a round, about")
    given.add_argument("--threads", type=int, default=usable_cpus(), help="beside 1; default: every CPU")
    given.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES), metavar="NAME")
    asked = given.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        known = compare(asked, Path(folder))
    known["table"] = speed_table.rows(known, ENGINES)
    usual = ["pipeline, padded to 128", USUAL]
    known["ratios"] = [
        ratio for name in (OURS, ACCURATE) for ratio in speed_table.ratios(known["runs"], name, usual)
    ]
    del known["runs"]  # which the table sums up
    speed_table.show(known)
    keep(asked, known, "speed", speed_table.markdown(known))


if __name__ == "__main__":
    main()
