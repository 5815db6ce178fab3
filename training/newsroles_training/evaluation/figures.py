"""Pictures of a report, as SVG: the confusion matrix, reliability, and accuracy against coverage."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from newsroles_training.evaluation.quiet_matplotlib import Figure, mpl

INK, BLUE, ORANGE = "#222222", "#0072b2", "#d55e00"
mpl.rcParams["svg.hashsalt"] = "newsroles"  # the same report gives the same bytes
mpl.rcParams["svg.fonttype"] = "none"  # words stay words, which can be read and found


def draw(report: Mapping[str, Any], folder: Path) -> list[Path]:
    """Write every picture of a report that `evaluation.evaluate` made; give their paths."""
    pictures = {
        "confusion.svg": _confusion(report),
        "reliability.svg": _reliability(report),
        "coverage.svg": _coverage(report),
    }
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)  # whoever shows it has a font
        for name, figure in pictures.items():
            figure.savefig(folder / name, metadata={"Date": None}, bbox_inches="tight")
    return [folder / name for name in pictures]


def _confusion(report: Mapping[str, Any]) -> Figure:
    counts, labels = np.array(report["confusion"]["counts"]), list(report["labels"])
    shares = counts / counts.sum(1, keepdims=True).clip(min=1)
    figure, axes = _axes("predicted", "gold")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(labels)), labels, rotation=30, ha="right")
    axes.set_yticks(range(len(labels)), labels)
    for (row, column), count in np.ndenumerate(counts):
        shade = "white" if shares[row, column] > 0.5 else INK  # noqa: PLR2004 - half of the scale
        axes.text(column, row, f"{count}\n{shares[row, column]:.0%}", ha="center", va="center", color=shade)
    return figure


def _reliability(report: Mapping[str, Any]) -> Figure:
    figure, axes = _axes("confidence", "accuracy")
    axes.plot([0, 1], [0, 1], color=INK, linewidth=0.8, linestyle=":")
    for name, style, colour in (("before", "--", ORANGE), ("after", "-", BLUE)):
        judged = report["calibration"][name]
        x, y, sizes = zip(
            *((one["confidence"], one["accuracy"], one["sentences"]) for one in judged["bins"]), strict=True
        )
        axes.plot(x, y, style, color=colour, label=f"{name}: error {judged['error']:.3f}")
        axes.scatter(x, y, s=[300 * size / sum(sizes) for size in sizes], color=colour, clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    return figure


def _coverage(report: Mapping[str, Any]) -> Figure:
    figure, axes = _axes("share of sentences labelled, the surest first", "accuracy")
    points = report["calibration"]["coverage"]
    axes.plot([one["coverage"] for one in points], [one["accuracy"] for one in points], "o-", color=BLUE)
    for one in points[::2]:
        place = (one["coverage"], one["accuracy"])
        axes.annotate(
            f"{one['confidence']:.2f}", place, textcoords="offset points", xytext=(0, 7), ha="center"
        )
    axes.set_title("with --min-confidence as written", fontsize=9)
    return figure


def _axes(x: str, y: str) -> tuple[Figure, Any]:
    figure = Figure(figsize=(4.6, 4.0))
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes
