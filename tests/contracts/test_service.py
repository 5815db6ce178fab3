"""The recipe of an HTTP service, by a real server on this machine."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from tests.processes import until

from newsroles import Labeller

pytest.importorskip("fastapi", reason="needs the extra service")
pytest.importorskip("uvicorn", reason="needs the extra service")

ROOT = Path(__file__).parents[2]
CLIENTS = 50

Server = tuple[int, subprocess.Popen[bytes]]


def ask(
    port: int, page: bytes | str = b"", kind: str = "text/plain", path: str = "/label"
) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST" if page else "GET", path, page or None, {"Content-Type": kind})
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--app-dir", "docs/use", "service:app", "--port", str(port)]
    running = subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT)  # noqa: S603 - our own
    for _ in range(600):
        try:
            ask(port, path="/health")
            break
        except OSError:
            assert running.poll() is None
            time.sleep(0.1)
    yield port, running
    running.kill()
    running.wait()


def test_fifty_clients_at_once_get_the_labels_of_a_labeller(server: Server) -> None:
    port, running = server
    text = (ROOT / "examples" / "ferry-inquiry.txt").read_text(encoding="utf-8")
    html = (ROOT / "examples" / "reservoir-dispute.html").read_bytes()
    lines = text.split("\n")
    texts = ["\n".join(lines[: 5 + at % 9]) for at in range(CLIENTS - 10)]
    with ThreadPoolExecutor(CLIENTS) as clients:
        of_texts = [clients.submit(ask, port, text.encode()) for text in texts]
        kinds = ["text/html; charset=utf-8", "TEXT/HTML", "application/xhtml+xml"]
        of_pages = [clients.submit(ask, port, html, kinds[at % 3]) for at in range(10)]
        answers = [each.result() for each in (*of_texts, *of_pages)]
    labeller = Labeller.load(threads=1)
    expected = {text: labeller.label(text) for text in set(texts)}
    pages = [*(expected[text] for text in texts), *[labeller.label_html(html)] * 10]
    for (status, found), page in zip(answers, pages, strict=True):
        assert (status, found["model"], found["title"]) == (200, page.model, page.article.title)
        assert [(each["start"], each["end"], each["label"], each["kind"]) for each in found["sentences"]] == [
            (each.start, each.end, each.label, each.kind) for each in page.sentences
        ]
        for one, other in zip(found["sentences"], page.sentences, strict=True):
            assert one["probabilities"] == pytest.approx(other.probabilities, abs=1e-4)
    assert ask(port, path="/health") == (200, {"waiting": 0})
    last = ThreadPoolExecutor(1).submit(ask, port, text.encode() * 90)
    until(lambda: ask(port, path="/health") == (200, {"waiting": 1}))
    running.send_signal(signal.SIGTERM)
    assert last.result()[0] == 200  # what has begun is finished
    assert running.wait(30) in (0, -signal.SIGTERM)


def test_a_page_is_in_the_encoding_that_the_request_names(server: Server) -> None:
    port, _ = server
    text = "Мэр солгал, сказал он."
    for page, kind in ((text, "Text/Plain"), (f"<p>{text}", "text/html")):
        status, found = ask(port, page.encode("windows-1251"), f"{kind}; charset=Windows-1251")
        assert (status, found["text"]) == (200, text)


def test_a_text_is_never_a_path_and_is_answered_as_a_record_is_written(server: Server) -> None:
    port, _ = server
    for text in ("pyproject.toml", "examples/ferry-inquiry.txt", str(ROOT / "README.md")):
        status, found = ask(port, text)
        assert (status, found["text"]) == (200, text)
    for page, charset in ((b"Lone +2AA- one.", "utf-7"), (b"Lone \\ud800 one.", "unicode_escape")):
        status, found = ask(port, page, f"text/plain; charset={charset}")
        assert (status, found["text"]) == (200, "Lone \ud800 one.")
    text = "Red \x1b[31m and \x9b31m, \u202eback."
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/label", text.encode(), {"Content-Type": "text/plain"})
    response = connection.getresponse()
    assert response.headers["Content-Type"] == "application/json"
    assert response.read().decode() == Labeller.load(threads=1).label(text).to_json()
    connection.close()


def test_errors_say_what_to_do(server: Server) -> None:
    port, _ = server
    for status, page, kind, word in (
        (422, b"\xff\xfe\xff", "text/plain", "UTF-8"),
        (422, b"One.", "text/plain; charset=none", "not none"),
        (422, b"<script>1</script>", "text/html", "no text"),
        (422, b"x" * 1_000_001, "text/plain", "longer than 1,000,000 characters"),
        (413, b"x" * 2_000_001, "text/plain", "longer than 2,000,000 bytes"),
    ):
        found = ask(port, page, kind)
        assert (found[0], set(found[1])) == (status, {"reason", "next_step"})
        assert word in found[1]["reason"] + found[1]["next_step"]
    assert ask(port, path="/nowhere") == (
        404,
        {"reason": "Not Found", "next_step": "POST a page to /label, or GET /health"},
    )
    assert ask(port, b"One more claim.")[0] == 200
