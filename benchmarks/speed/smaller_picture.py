"""Speed against macro-F1 as a picture: a dot a model; a line joins those that no other beats in both."""

from collections.abc import Iterator, Sequence
from typing import Any

WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT = 760, 400, 64, 40, 480, 290
GRID, PALE, INK, LINE, STEP = "#e2ded6", "#66625b", "#22201c", "#0072B2", 0.01


def draw(rows: Sequence[dict[str, Any]]) -> str:
    """Return the picture of what smaller.py measured, as SVG."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">'
    return "\n".join(
        [head, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>', *_plot(rows), "</svg>\n"]
    )


def best(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows that no other beats in both, the slowest first (the Pareto front)."""
    fastest = sorted(rows, key=lambda row: (-row["sentences_per_second"], -row["macro_f1"]))
    kept: list[dict[str, Any]] = []
    for row in fastest:
        if not kept or row["macro_f1"] > kept[-1]["macro_f1"]:
            kept.append(row)
    return kept[::-1]


def _plot(rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    lowest = int(min(row["macro_f1"] for row in rows) / STEP) * STEP
    highest = (int(max(row["macro_f1"] for row in rows) / STEP) + 1) * STEP
    most = 1.1 * max(row["sentences_per_second"] for row in rows)

    def at(row: dict[str, Any]) -> tuple[float, float]:
        return (
            round(LEFT + PLOT_WIDTH * row["sentences_per_second"] / most, 1),
            round(TOP + PLOT_HEIGHT * (highest - row["macro_f1"]) / (highest - lowest), 1),
        )

    for number in range(round((highest - lowest) / STEP) + 1):
        x, y = at({"sentences_per_second": 0, "macro_f1": lowest + number * STEP})
        yield f'<path d="M{x} {y}h{PLOT_WIDTH}" stroke="{GRID}"/>'
        yield _text(x - 38, y + 4, f"{lowest + number * STEP:.2f}", PALE)
    for speed in range(0, int(most), 100):
        x, y = at({"sentences_per_second": speed, "macro_f1": lowest})
        yield _text(x - 10, y + 18, str(speed), PALE)
    front = best(rows)
    line = " ".join(f"{x},{y}" for x, y in map(at, front))
    yield f'<polyline points="{line}" fill="none" stroke="{LINE}"/>'
    for row in rows:
        x, y = at(row)
        yield f'<circle cx="{x}" cy="{y}" r="4" fill="{LINE}"/>'
        words = f"{row['name']}, {row['megabytes']} MB"
        yield _text(x + 8, y + 4, words, INK) if row in front else _text(x - 8, y + 4, words, PALE, "end")
    yield _text(LEFT, TOP - 18, "macro-F1 on real-dev", INK)
    yield _text(LEFT, HEIGHT - 16, "sentences a second, one thread", INK)


def _text(x: float, y: float, words: str, colour: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" font-size="12" fill="{colour}" text-anchor="{anchor}">{words}</text>'
