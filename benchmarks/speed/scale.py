"""Measure what one core labels, and project it to a million and a billion articles.

    python benchmarks/speed/scale.py --write docs/use/scale.md

Measured is a run of the plain engine, from JSON lines to JSON lines, on one thread, over the pages of
data/starter/test.jsonl again and again. CPU time is the process's own (`time.process_time`); a busy machine
changes it less than the time of the clock.
"""

import platform
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from loaded import loaded
from written import PAGES, keep, parser, processor, rows

from newsroles.model.labeller import Labeller
from newsroles.runs.job import Job, Target
from newsroles.runs.local import run

CORES = (16, 1_000)
HOUR = 3_600


@dataclass(frozen=True)
class Measured:
    """What a run took: seconds of CPU and of the clock, bytes of output, most memory in MB."""

    model: str
    articles: int
    sentences: int
    cpu: float
    wall: float
    output: int
    memory: int

    @property
    def speed(self) -> float:
        """Sentences a second of CPU."""
        return self.sentences / self.cpu


@dataclass(frozen=True)
class Assumed:
    """Sentences an article has, and what an hour of a core costs."""

    sentences: float
    price: float


def measure(labeller: Labeller, seconds: float, folder: Path) -> Measured:
    """Label the pages again and again, for at least `seconds` of CPU time."""
    pages, out = folder / "pages.jsonl", folder / "out.jsonl"
    lines = PAGES.read_bytes()
    pages.write_bytes(lines)
    run(Job([str(pages)], loaded(labeller)), Target(folder / "warm.jsonl", folder / "errors"))
    articles = sentences = output = 0
    cpu, wall = time.process_time(), time.monotonic()
    while time.process_time() - cpu < seconds:
        done = run(Job([str(pages)], loaded(labeller)), Target(out, folder / "errors"))
        assert not done.failed
        articles += done.labelled
        sentences += done.labels.total()
        output += out.stat().st_size
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_024
    return Measured(labeller.bundle.model_id, articles, sentences, cpu, wall, output, memory)


def core_hours(articles: int, speed: float, assumed: Assumed) -> float:
    """Return the hours of one core that `articles` take."""
    return articles * assumed.sentences / speed / HOUR


def table(found: Measured, assumed: Assumed) -> str:
    """Lay out what was measured, and what it comes to."""
    measured = [
        (
            "pages, again and again",
            f"{found.articles:,}, of {found.sentences / found.articles:.0f} sentences",
        ),
        ("sentences a second of CPU", f"{found.speed:,.0f}"),
        ("sentences a second of the clock", f"{found.sentences / found.wall:,.0f}"),
        ("most memory", f"{found.memory:,} MB"),
        ("output", f"{found.output / found.sentences:,.0f} bytes a sentence"),
    ]
    projected = [_projection(articles, found, assumed) for articles in (1_000_000, 1_000_000_000)]
    heads = ["articles", "core-hours", *(f"hours on {cores:,} cores" for cores in CORES), "cost", "output"]
    on = f"`{found.model}` on one thread of: {processor()}; Python {platform.python_version()}."
    kind = f"articles of {assumed.sentences:,.0f} sentences, at {assumed.price:.2f} a core-hour"
    head = f"Projected from the seconds of CPU, for {kind}:"
    return "\n\n".join([on, rows(["measured", ""], measured), head, rows(heads, projected)])


def _projection(articles: int, found: Measured, assumed: Assumed) -> list[str]:
    hours = core_hours(articles, found.speed, assumed)
    size = articles * assumed.sentences * found.output / found.sentences / 1e9
    clock = (f"{hours / cores:,.1f}" for cores in CORES)
    return [f"{articles:,}", f"{hours:,.0f}", *clock, f"{hours * assumed.price:,.0f}", f"{size:,.0f} GB"]


def main() -> None:
    """Measure, print, and write down."""
    given = parser("Measure what one core labels")
    given.add_argument("--model", type=Path, help="a bundle folder; default: the shipped one")
    given.add_argument("--seconds", type=float, default=60, help="of CPU time to measure for, at least")
    given.add_argument("--sentences", type=float, default=50, help="of an article")
    given.add_argument("--price", type=float, default=0.04, help="of a core-hour, in any currency")
    asked = given.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Labeller.load(asked.model, threads=1), asked.seconds, Path(folder))
    text = table(found, Assumed(asked.sentences, asked.price))
    sys.stdout.write(f"{text}\n")
    keep(asked, asdict(found), "sizing", text)


if __name__ == "__main__":
    main()
