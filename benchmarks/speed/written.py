"""What the programs here share: their pages, the processor's name, and what they write down."""

import argparse
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

PAGES = Path(__file__).parents[2] / "data" / "starter" / "test.jsonl"


def parser(what: str) -> argparse.ArgumentParser:
    """Return a parser of arguments that knows where results go."""
    arguments = argparse.ArgumentParser(description=f"{what}; see the top of this file.")
    arguments.add_argument("-o", "--out", type=Path, help="write what was measured to this file, as JSON")
    arguments.add_argument("--write", type=Path, help="the page to write the table to, between its marks")
    return arguments


def keep(asked: argparse.Namespace, found: Any, name: str, text: str) -> None:
    """Write what was found to the file that was asked for, and a text to the page, between marks."""
    if asked.out:
        asked.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    if asked.write:
        write(asked.write, name, text)


def write(page: Path, name: str, text: str) -> None:
    """Put a text into a page, between the two marks of that name."""
    begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
    head, found, rest = page.read_text(encoding="utf-8").partition(begin)
    _, ended, tail = rest.partition(end)
    assert found, f"{page} has no mark {begin}"
    assert ended, f"{page} has no mark {end}"
    page.write_text(f"{head}{begin}{text}\n\n{end}{tail}", encoding="utf-8")


def show(head: Sequence[str], body: Sequence[Sequence[str]]) -> None:
    """Print a table on the terminal."""
    table = Table(*head)
    for row in body:
        table.add_row(*row)
    Console().print(table)


def rows(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """Lay out a table in Markdown."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def processor() -> str:
    """Name this machine's processor."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()
