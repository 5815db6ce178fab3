"""Archives: their pages are read, and what is damaged is told."""

import gzip
import io

import pytest

from newsroles.articles import Article, Failure
from newsroles.readers import ReadOptions, documents, read

pytest.importorskip("fastwarc", reason="needs the extra warc")

PAGE = "text/html"


def record(body: bytes, uri: str = "https://news.example/a", head: str = "", kind: str = "response") -> bytes:
    head = head or f"HTTP/1.1 200 OK\r\nContent-Type: {PAGE}"
    block = head.encode() + b"\r\n\r\n" + body
    fields = [f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:1>", f"Content-Length: {len(block)}"]
    fields += ["Content-Type: application/http; msgtype=response"]
    fields += [f"WARC-Target-URI: {uri}"] if uri else []
    return ("WARC/1.0\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode() + block + b"\r\n\r\n"


def read_all(*records: bytes) -> list[Article | Failure]:
    return list(read("in", io.BytesIO(b"".join(records)), "warc", ReadOptions()))


def texts(*records: bytes) -> list[str]:
    items = read_all(*records)
    assert all(isinstance(item, Article) for item in items), items
    return [item.text for item in items if isinstance(item, Article)]


def http(fields: str, status: str = "200 OK") -> str:
    return f"HTTP/1.1 {status}\r\n{fields}"


def test_pages_have_their_address_as_id() -> None:
    assert read_all(record(b"<p>One."), record(b"<p>Two.", uri="")) == [
        Article("One.", "https://news.example/a", "in", 0, ("paragraph",)),
        Article("Two.", "<urn:uuid:1>", "in", 1, ("paragraph",)),
    ]


@pytest.mark.parametrize(
    "other",
    [
        record(b"<p>no", kind="request"),
        record(b"<p>no", kind="metadata"),
        record(b"no", head=http("Content-Type: image/png")),
        record(b"<p>no", head=http(f"Content-Type: {PAGE}", status="404 Not Found")),
        record(b"", head=http("Location: /b", status="301 Moved")),
        record(b"no").replace(b"application/http; msgtype=response", b"text/dns" + b" " * 25),
    ],
)
def test_what_is_no_page_is_passed_over_and_not_counted(other: bytes) -> None:
    assert read_all(other, record(b"<p>One.")) == [
        Article("One.", "https://news.example/a", "in", 0, ("paragraph",))
    ]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ("Content-Type: text/html; charset=windows-1251", "<p>Привет".encode("cp1251")),
        ("Content-Type: text/html; charset=windows-1251", "<meta charset=koi8-r><p>Привет".encode("cp1251")),
        ('content-type: TEXT/HTML; charset="koi8-r"', "<p>Привет".encode("koi8-r")),
        ("Content-Type: text/plain; charset=windows-1251", "Привет".encode("cp1251")),
        ("Content-Type: application/xhtml+xml", "<p>Привет".encode()),
        ("Content-Type: text/html; charset=nonsense", "<p>Привет".encode()),
        ("Server: x", "<p>Привет".encode()),
    ],
)
def test_the_encoding_that_http_tells_comes_before_the_page_s_own(fields: str, body: bytes) -> None:
    assert texts(record(body, head=http(fields))) == ["Привет"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"<p>One.")),
        ("Content-Encoding: gzip", b"<p>One."),  # the crawler has unpacked it
        ("Transfer-Encoding: chunked", b"5;x=y\r\n<p>On\r\n2\r\ne.\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"<p>One."),  # the crawler has joined it
    ],
)
def test_encodings_of_the_transfer_are_undone(fields: str, body: bytes) -> None:
    assert texts(record(body, head=http(f"Content-Type: {PAGE}\r\n{fields}"))) == ["One."]


GZIPPED = http(f"Content-Type: {PAGE}\r\nContent-Encoding: gzip")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(b"\0\1\2"), "binary"),
        (record(b"<title>x</title>"), "empty"),
        (record(b"<p>x", head="nonsense"), "no HTTP response"),
        (record(gzip.compress(b"<p>One.")[:-9], head=GZIPPED), "cannot be unpacked"),
        (record(gzip.compress(bytes(10_000)), head=GZIPPED), "longer than 5,000 bytes"),
        (record(b"x" * 100_000), "longer than 5,000 bytes"),
        (record(b"x", head=http("Content-Encoding: br")), "packed with Brotli"),
    ],
)
def test_a_bad_page_costs_that_page(bad: bytes, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "LIMIT", 5_000)
    monkeypatch.setattr("newsroles.readers.warc.LIMIT", 5_000)
    good = record(b"<p>One.")
    before, failure, after = read_all(good, bad, good)
    assert (before, after) == (
        Article("One.", "https://news.example/a", "in", 0, ("paragraph",)),
        Article("One.", "https://news.example/a", "in", 2, ("paragraph",)),
    )
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert failure.index == 1
    assert failure.offset is not None


def test_wherever_an_archive_is_cut_its_whole_pages_are_read_and_the_rest_is_told() -> None:
    one, two = record(b"<p>One."), record(b"<p>Two.")
    for size in range(1, len(two) - 4):  # what ends a record may be missing
        article, failure = read_all(one, two[:size])
        assert isinstance(article, Article)
        assert isinstance(failure, Failure)
        assert failure.reason.startswith(("the archive ends within", "damaged: "))


@pytest.mark.parametrize("rubbish", [b"rubbish\r\n\r\n", b"\0" * 99])
def test_damage_ends_the_archive_and_is_told(rubbish: bytes) -> None:
    article, failure = read_all(record(b"<p>One."), rubbish, record(b"<p>lost"))
    assert isinstance(article, Article)
    assert isinstance(failure, Failure)
    assert failure.index == 1
