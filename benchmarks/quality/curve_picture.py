"""The learning curves as a picture: a panel an encoder, a dot a trial, a line through the means."""

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

PANELS = {
    "minilm": "Encoder: MiniLM as it comes",
    "starter": "Encoder: fitted on the starter corpus",
}
COLOURS = {"margin": "#0072B2", "random": "#D55E00", "random, whole pages": "#85817A"}
WIDTH, HEIGHT, LEFT, TOP, PLOT_WIDTH, PLOT_HEIGHT, GAP, APART = 980, 400, 50, 58, 290, 270, 170, 15

Curves = Mapping[str, Mapping[int, Sequence[float]]]


def draw(result: Mapping[str, Any]) -> str:
    """Return the picture of what learning_curve.py measured on real-dev, as SVG."""
    panels = [
        line
        for number, (name, title) in enumerate(PANELS.items())
        for line in _panel(_curves(result[name]["real-dev"]), title, LEFT + number * (PLOT_WIDTH + GAP))
    ]
    note = (
        f"{result['pages_to_begin_with']} labelled pages to begin with, and sentences of others; "
        f"a dot is one of {result['seeds']} trials, a line their mean"
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"',
            ' font-family="sans-serif">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            *panels,
            _text(LEFT, HEIGHT - 12, note, 12, "#66625b"),
            "</svg>\n",
        ]
    )


def _curves(found: Mapping[str, Any]) -> dict[str, dict[int, list[float]]]:
    return {
        name: {0: found["start"], **{int(size): each for size, each in found["macro_f1"][name].items()}}
        for name in COLOURS
    }


def _panel(curves: Curves, title: str, left: int) -> Iterator[str]:
    values = [value for curve in curves.values() for each in curve.values() for value in each]
    low, high = int(min(values) * 20) / 20, (int(max(values) * 20) + 1) / 20
    most = max(size for curve in curves.values() for size in curve)

    def x(size: float) -> float:
        return round(left + PLOT_WIDTH * size / most, 1)

    def y(value: float) -> float:
        return round(TOP + PLOT_HEIGHT * (high - value) / (high - low), 1)

    yield _text(left, TOP - 30, title, 15, "#22201c")
    yield _text(left, TOP - 12, "macro-F1 on real-dev, by sentences added", 12, "#66625b")
    for step in range(round((high - low) * 20) + 1):
        value = low + step / 20
        yield f'<path d="M{left} {y(value)}h{PLOT_WIDTH}" stroke="#e2ded6"/>'
        yield _text(left - 34, y(value) + 4, f"{value:.2f}", 12, "#66625b")
    for size in next(iter(curves.values())):
        yield _text(x(size) - 3.5 * len(str(size)), TOP + PLOT_HEIGHT + 18, str(size), 12, "#66625b")
    ends = _apart({name: y(fmean(curve[most])) for name, curve in curves.items()})
    for number, (name, curve) in enumerate(curves.items()):
        colour = COLOURS[name]
        for size, each in curve.items():
            beside = x(size) + 5 * (number - 1)
            for value in each:
                yield f'<circle cx="{beside:.1f}" cy="{y(value)}" r="2" fill="{colour}" opacity="0.35"/>'
        points = " ".join(f"{x(size)},{y(fmean(each))}" for size, each in curve.items())
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        yield _text(x(most) + 14, ends[name] + 4, name, 13, colour)


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Move labels down so that none covers another."""
    placed: dict[str, float] = {}
    for name, height in sorted(heights.items(), key=lambda item: item[1]):
        placed[name] = max(height, max(placed.values(), default=height - APART) + APART)
    return placed


def _text(x: float, y: float, words: str, size: int, colour: str) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}" fill="{colour}">{words}</text>'
