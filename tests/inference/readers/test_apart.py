"""Pages that are read in a process of their own: what is hostile is given up, what is odd is read."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path

import pytest

from newsroles.errors import InputError
from newsroles.readers import apart, html
from newsroles.readers.html import to_text

LONG = "<!-- long -->" * html.SMALL


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<div>" * 200_000 + "x", id="nested 200,000 deep"),
        pytest.param("<div></x>" * 500_000, id="ends of what is not open"),
        pytest.param("<b>" * 50_000 + "<div>" * 50_000 + "</b>" * 50_000, id="formatting across blocks"),
        pytest.param("".join(f"<b id={n}><p>" for n in range(2_000)), id="formatting left open"),
        pytest.param("<p " + " ".join(f"a{n}" for n in range(200_000)) + ">x", id="many attributes"),
        pytest.param(
            "".join(f"<body {' '.join(f'a{n}_{m}' for m in range(99))}>" for n in range(2_000)),
            id="attributes of many bodies",
        ),
    ],
)
def test_pages_that_would_take_for_ever_are_given_up(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setattr(html, "SECONDS", 0.5)
    monkeypatch.setattr(html, "SPEED", 20_000_000)
    with pytest.raises(InputError, match=r"takes more than \d seconds or 2 GB to read; see whether"):
        to_text(page)
    assert to_text("<p>seen" + LONG) == "seen"  # the next page is read


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("<p>deep" + "<template shadowrootmode=open>" + "<template " * 200_000, id="templates"),
        pytest.param("<p>deep<!--" + "<!--" * 500_000, id="comments"),
        pytest.param("<p>deep<meta charset=" + " " * 2_000_000, id="a charset of spaces"),
        pytest.param("<p>deep" + "<meta http-equiv=content-type content='charset " * 50_000, id="charsets"),
        pytest.param("<p>deep<svg>" + "<![CDATA[" * 200_000, id="sections"),
        pytest.param("<p>deep<select>" + "<optgroup><option>x" * 100_000, id="options"),
        pytest.param("<p style='display:block;" + "(/*" * 500_000 + "'>deep", id="a long style"),
        pytest.param("<p class='" + "nav-" * 500_000 + "'>deep", id="a long class"),
        pytest.param("<style>.a{display:none}" + ".-" * 1_000_000 + "</style><p>deep", id="a long selector"),
        pytest.param("<style>.a{" + "display:none;" * 200_000 + "}</style><p>deep", id="a long rule"),
        pytest.param("<p title='" + "&notin&#x41&" * 200_000 + "'>deep", id="entities"),
        pytest.param(" " * 5_000_000 + "<p>deep", id="one long line"),
    ],
)
def test_time_grows_no_faster_than_such_pages(monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setattr(html, "SECONDS", 10)  # of CPU; the slowest of them takes one
    assert to_text(page) == "deep"


PAGE = "<nav><a>Home</a><a>News</a></nav><p>Café <b>“Été”</b> \u2028 😀</p>" + LONG


def test_long_pages_are_read_in_a_process_of_their_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    expected = "Home\nNews\nCafé “Été” 😀"
    (tmp_path / "selectolax.py").write_text("raise SystemExit")  # what lies around is never run
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(html, "_reader", apart.Apart("newsroles.readers.html", html.BYTES))
    assert to_text(PAGE) == to_text(PAGE.encode()) == to_text(PAGE.encode("utf-16")) == expected
    assert to_text(PAGE + "\ud800") == expected
    with pytest.raises(InputError, match="a PDF"):
        to_text(b"%PDF-" + PAGE.encode())


@pytest.mark.parametrize("program", ["/nowhere/python", "/bin/false", "", None])
def test_where_no_process_can_be_started_pages_are_read_here(
    monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    monkeypatch.setattr(sys, "executable", program)
    monkeypatch.setattr(html, "_reader", apart.Apart("newsroles.readers.html", html.BYTES))
    assert to_text(PAGE).startswith("Home")


def test_threads_and_forks_have_their_pages_read() -> None:
    pages = [f"<p>{n}" + LONG for n in range(12)]
    with ThreadPool(4) as pool:
        assert pool.map(to_text, pages) == list(map(str, range(12)))
    with multiprocessing.get_context("fork").Pool(2) as processes:
        assert processes.map(to_text, pages) == list(map(str, range(12)))
    assert to_text(pages[3]) == "3"


def test_a_program_may_have_closed_all_its_files() -> None:
    to_text(PAGE)
    assert html._reader._ours
    os.close(html._reader._ours.fileno())
    assert to_text(PAGE).startswith("Home")


def test_an_interrupted_page_is_not_taken_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(apart, "_received", interrupted)
        with pytest.raises(KeyboardInterrupt):
            to_text("<p>one" + LONG)
    assert to_text("<p>two" + LONG) == "two"


def test_a_process_that_is_stopped_loses_its_page_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "SECONDS", 0.5)
    to_text(PAGE)
    process = html._reader._process
    assert process
    os.kill(process.pid, signal.SIGSTOP)
    with ThreadPool(1) as pool:
        result = pool.apply_async(to_text, (PAGE,))
        time.sleep(1)
        assert not result.ready()
        os.kill(process.pid, signal.SIGCONT)
        assert result.get(60).startswith("Home")


def test_a_machine_that_gives_less_memory_is_to_blame_for_its_lack() -> None:
    program = """
import resource
from newsroles import html_to_text
resource.setrlimit(resource.RLIMIT_AS, (300_000_000, 300_000_000))
html_to_text("".join(f"<b id={n}><p>" for n in range(2_000)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert "MachineError: the process that reads pages was ended 3 times (exit code 99)" in done.stderr


def test_a_program_that_is_large_has_its_pages_read() -> None:
    """Linux counts what a process held before it became another program as that one's own."""
    large = bytearray(600 * 2**20)
    large[:: resource.getpagesize()] = b"x" * len(large[:: resource.getpagesize()])
    html._reader._end()
    process = None
    for _ in range(2):
        assert to_text(PAGE).startswith("Home")
        assert process in (None, html._reader._process)  # which is kept
        process = html._reader._process
    del large


def test_a_process_that_holds_much_memory_is_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = """
import os
from newsroles.readers.apart import serve
kept = []
serve(lambda size: kept.append(bytes(int(size))) or b"%d" % os.getpid(), 2**31)
"""
    (tmp_path / "hoarder.py").write_text(program)
    monkeypatch.setenv("PYTHONPATH", f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}")
    hoarder = apart.Apart("hoarder", 2**31)
    first, second, third = (hoarder.ask(size, 10) for size in (b"1000", b"600000000", b"1000"))
    assert first == second != third
    with pytest.raises(apart.TooMuchError):
        hoarder.ask(b"3000000000", 10)
    hoarder._end()
