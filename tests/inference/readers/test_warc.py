"""Archives: their pages are read, and what is damaged is told."""

import gzip
import io
import random
import re
import sys
import time
import zlib
from collections.abc import Callable

import pytest

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers import ReadOptions, documents, packing, read
from newsroles.readers.archive import records
from newsroles.readers.http import content_type, parse
from newsroles.readers.packing import unpack
from newsroles.readers.zstandard import zstd

brotli = pytest.importorskip("brotli", reason="needs the extra warc")

PAGE = "text/html"


def record(body: bytes, uri: str = "https://news.example/a", head: str = "", kind: str = "response") -> bytes:
    head = head or f"HTTP/1.1 200 OK\r\nContent-Type: {PAGE}"
    block = head.encode() + b"\r\n\r\n" + body
    fields = [f"WARC-Type: {kind}", "WARC-Record-ID: <urn:uuid:1>", f"Content-Length: {len(block)}"]
    fields += ["Content-Type: application/http; msgtype=response"]
    fields += [f"WARC-Target-URI: {uri}"] if uri else []
    return ("WARC/1.0\r\n" + "\r\n".join(fields) + "\r\n\r\n").encode() + block + b"\r\n\r\n"


def read_all(*records: bytes) -> list[Article | Failure]:
    return list(read("in", unpack(io.BytesIO(b"".join(records))), "warc", ReadOptions()))


ONE_GZ = gzip.compress(b"<p>One.")


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
        ("Content-Type: text/html; charset=none", "<meta charset=windows-1251><p>Привет".encode("cp1251")),
        ("Server: x", "<p>Привет".encode()),
        ("Content-Type: text/html; charset=utf-8", "<meta charset=windows-1251><p>Привет".encode("cp1251")),
    ],
)
def test_the_encoding_that_http_tells_comes_before_the_page_s_own(fields: str, body: bytes) -> None:
    assert texts(record(body, head=http(fields))) == ["Привет"]


def test_what_is_not_quite_utf8_is_what_http_tells() -> None:
    body = "<meta charset=windows-1251><p>Привет".encode() + b"\x93"
    head = http("Content-Type: text/html; charset=utf-8")
    assert texts(record(body, head=head)) == ["Привет“"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ("Content-Encoding: gzip", gzip.compress(b"<p>One.")),
        ("Content-Encoding: gzip", b"<p>One."),  # the crawler has unpacked it
        ("Transfer-Encoding: chunked", b"5;x=y\r\n<p>On\r\n2\r\ne.\r\n0\r\n\r\n"),
        ("Transfer-Encoding: chunked", b"<p>One."),  # the crawler has joined it
        ("Transfer-Encoding: chunked ", b"5\n<p>On\n2\ne.\n0\n\n"),
        (
            "Transfer-Encoding: Chunked, chunked",
            b"\r\n5  \r\n<p>On\r\n\r\n00000002;x\r\ne.\r\n0\r\nTrailer: x\r\n\r\n",
        ),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", b"7\r\n<p>One.\r\n0\r\n\r\n"),
        (
            "Transfer-Encoding:\r\n chunked",
            b"7\r\n<p>One.\r\n",
        ),  # the end of the chunks is missing, no chunk is
        ("Transfer-Encoding: gzip, chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(ONE_GZ), ONE_GZ)),
        (
            "Transfer-Encoding: chunked\r\nContent-Encoding: gzip",
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(ONE_GZ), ONE_GZ),
        ),
        ("Content-Encoding: deflate", zlib.compress(b"<p>One.")),
        ("Content-Encoding: deflate", zlib.compress(b"<p>One.", wbits=-15)),
        ("Content-Encoding: deflate", b"<p>One."),
        ("Content-Encoding: br", brotli.compress(b"<p>One.")),
        ("Content-Encoding: BR", b"<p>One."),
        ("Content-Encoding: identity", b"<p>One."),
        ("Content-Encoding: gzip, " + ",".join(map(str, range(9_000))), ONE_GZ),
        ("Content-Encoding: gzip, br", brotli.compress(ONE_GZ)),
        ("Content-Encoding: gzip, gzip", gzip.compress(ONE_GZ)),
        ("Content-Encoding: zstd", zstd.compress(b"<p>One.")),
        ("Content-Encoding: none", b"<p>One."),
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
        (record(b"\xff\xfe\xfd", head=http("Content-Encoding: br")), "cannot be unpacked: no Brotli"),
        (
            record(brotli.compress(b"<p>One." * 99)[:-3], head=http("Content-Encoding: br")),
            "cannot be unpacked",
        ),
        (
            record(brotli.compress(bytes(10_000)), head=http("Content-Encoding: br")),
            "longer than 5,000 bytes",
        ),
        (
            record(zlib.compress(bytes(10_000)), head=http("Content-Encoding: deflate")),
            "longer than 5,000 bytes",
        ),
        (record(b"5\r\n<p>On\r\n5\r\ne.", head=http("Transfer-Encoding: chunked")), "it ends within a chunk"),
        (record(b"5\r\n<p>On\r\n5", head=http("Transfer-Encoding: chunked")), "it ends within a chunk"),
        (
            record(b"5\r\n<p>On\r\nzz\r\ne.", head=http("Transfer-Encoding: chunked")),
            "damaged: a chunk has no",
        ),
        (
            record(b"4\r\n<p>One.\r\n0\r\n", head=http("Transfer-Encoding: chunked")),
            "damaged: a chunk has no",
        ),
        (record(b"%PDF-1.7 plain"), "a PDF"),
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


def test_plain_text_whose_first_line_could_be_the_size_of_a_chunk_is_read() -> None:
    head = http("Content-Type: text/plain\r\nTransfer-Encoding: chunked")
    for text in ("Added: the mayor resigned.", "Facade\nThe mayor resigned.", "2024\r\nThe mayor resigned."):
        assert texts(record(text.encode(), head=head)) == [text]


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Type: html",
        "Content-Type: ",
        "Content-Type: charset=utf-8; text/html",
        "Content-Type: text/html charset=utf-8",
        "Content-Type: text/plain\r\nContent-Type: text/html",
        "Content-Type: text/html, text/html; charset=utf-8",
        "Content-Type: TEXT/HTML;CHARSET=UTF-8;",
        "Content-Type: application/vnd.wap.xhtml+xml",
        "X: y",
    ],
)
def test_an_unusable_type_is_as_good_as_none(fields: str) -> None:
    assert texts(record("<p>Été.".encode(), head=http(fields))) == ["Été."]


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: text/html",
        "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK",
        "http/1.1 200 OK",
        "HTTP/2 200",
        "HTTP/1.0  200 OK\r\nno field at all",
    ],
)
def test_a_response_is_found(head: str) -> None:
    assert texts(record(b"<p>One.", head=head)) == ["One."]


def other(kind: str, type_: str, block: bytes) -> bytes:
    """Write a record that isn't of HTTP."""
    head = f"WARC/1.1\nWARC-TYPE: {kind}\nwarc-target-uri: <https://news.example/a>\nCONTENT-TYPE: {type_}\n"
    return f"{head}Content-length: {len(block)}\n\n".encode() + block + b"\r\n\r\n"


def test_resources_and_texts_of_pages_are_read_however_their_heads_are_written() -> None:
    assert read_all(
        other("RESOURCE", "text/html; charset=koi8-r", "<p>Привет".encode("koi8-r")),
        other("Conversion", "text/plain", "Привет".encode()),
        other("resource", "text/css", b"p {}"),
        record(b"<p>One.").replace(b"WARC-Type: response", b"WARC-Type: RESPONSE"),
    ) == [
        Article("Привет", "https://news.example/a", "in", 0, ("paragraph",)),
        Article("Привет", "https://news.example/a", "in", 1),
        Article("One.", "https://news.example/a", "in", 2, ("paragraph",)),
    ]


def test_an_archive_without_a_page_says_what_it_holds() -> None:
    (failure,) = read_all(record(b"no", kind="request"), record(b"no", head=http("Content-Type: image/png")))
    assert isinstance(failure, Failure)
    assert failure.reason == "empty: there is no page in it; records passed over: 1 request, 1 response"


def test_an_address_that_is_too_long_gives_way_to_the_record_s_id() -> None:
    (article,) = read_all(record(b"<p>One.", uri="https://news.example/" + "a" * 5_000))
    assert isinstance(article, Article)
    assert article.id == "<urn:uuid:1>"


def test_without_the_package_brotli_only_what_it_packed_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "brotli", None)
    packed = record(brotli.compress(b"<p>One."), head=http("Content-Encoding: br"))
    failure, article = read_all(packed, record(b"<p>One."))
    assert isinstance(failure, Failure)
    assert failure.next_step.endswith("[warc]'")
    assert isinstance(article, Article)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zstd.compress], ids=("plain", "gzip", "zstd"))
@pytest.mark.parametrize("by", [-9, -1, 5, 9, 40, 400, 10_000, 30_000_000])
def test_a_wrong_length_costs_its_record(by: int, pack: Callable[[bytes], bytes]) -> None:
    bad = record(b"<p>Bad." + b"x" * 99)
    length = len(bad) - bad.index(b"\r\n\r\n") - 8
    wrong = bad.replace(f"Content-Length: {length}".encode(), f"Content-Length: {length + by}".encode())
    failure, *articles = read_all(*map(pack, (wrong, record(b"<p>Two."), record(b"<p>Three."))))
    assert isinstance(failure, Failure)
    assert (failure.offset, failure.reason) == (0, "damaged: its Content-Length is wrong")
    assert [item.text for item in articles if isinstance(item, Article)] == ["Two.", "Three."]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n", b"\r\n\r\n\r\n"])
def test_records_need_not_be_parted_by_the_book(end: bytes) -> None:
    one, two = (record(f"<p>{name}".encode()).removesuffix(b"\r\n\r\n") for name in ("One.", "Two."))
    assert texts(one + end, two + end) == ["One.", "Two."]


def test_a_length_beyond_what_is_kept_is_bounded_by_the_next_member(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroles.readers.warc.LIMIT", 0)
    monkeypatch.setattr("newsroles.readers.http.HEAD", 300)
    bad = record(b"<p>Bad." + random.Random(5).randbytes(200_000), kind="request")  # noqa: S311 - not a secret
    wrong = re.sub(rb"Content-Length: \d+", b"Content-Length: 999999", bad)
    failure, article = read_all(gzip.compress(wrong), gzip.compress(record(b"<p>Two.")))
    assert isinstance(failure, Failure)
    assert isinstance(article, Article)


@pytest.mark.parametrize(
    "rubbish", [b"rubbish\r\n\r\n", b"\0" * 99 + b"\n", b"WARC/1.0\r\nno length: 1\r\n\r\n"]
)
def test_damage_is_told_and_reading_goes_on_behind_it(rubbish: bytes) -> None:
    before, failure, after = read_all(record(b"<p>One."), rubbish, record(b"<p>Two."))
    assert isinstance(before, Article)
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("damaged: ")
    assert failure.index == 1
    assert isinstance(after, Article)


def test_an_archive_that_is_damaged_throughout_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsroles.readers.archive.MOST_DAMAGE", 2)
    failures = read_all(*[b"WARC/1.0\r\n\r\n"] * 9)
    assert len(failures) == 4
    assert isinstance(failures[-1], Failure)
    assert failures[-1].reason.startswith("damaged in more than 2 places")


def test_damage_before_many_records_takes_little() -> None:
    bad = record(b"<p>Bad.").replace(b"Content-Length: ", b"Content-Length: 99999")
    good = record(b"x" * 500)
    began = time.process_time()
    failure, *found = records(unpack(io.BytesIO(bad + good * 20_000)), 20_000_000)
    assert isinstance(failure, InputError)
    assert len(found) == 20_000
    assert time.process_time() - began < 5  # about 0.7 as it is


def test_blanks_in_a_head_take_no_time() -> None:
    blanks = " " * 60_000
    began = time.process_time()
    told = f"text/html; charset={blanks}; charset{blanks};charset = '{blanks}utf-8"
    assert content_type([told]) == ("text/html", "utf-8")
    page = record(b"<p>One.").replace(b"WARC-Type", f"X: a{blanks}b\r\nWARC-Type".encode())
    assert texts(page) == ["One."]
    assert time.process_time() - began < 5  # about 0.02 as it is


def test_announcements_take_little() -> None:
    began = time.process_time()
    found = parse(b"HTTP/1.1 100 Continue\r\n\r\n" * 400_000 + b"HTTP/1.1 200 OK\r\n\r\n<p>One.")
    assert (found.status, found.data) == ("200", b"<p>One.")
    assert time.process_time() - began < 5  # about 0.3 as it is


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=("plain", "gzip"))
@pytest.mark.parametrize("size", [100_000, 300_000], ids=("whole", "too long"))
@pytest.mark.parametrize(
    ("coding", "encode"), [("br", brotli.compress), ("deflate", zlib.compress), ("gzip", gzip.compress)]
)
def test_pages_that_are_bombs_together_are_given_up(
    pack: Callable[[bytes], bytes],
    size: int,
    coding: str,
    encode: Callable[[bytes], bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(packing, "FREE", 500_000)
    monkeypatch.setattr(packing, "RATIO", 20)
    monkeypatch.setattr(documents, "LIMIT", 200_000)
    page = record(encode(b"<p>" + b" " * size + b"One."), head=http(f"Content-Encoding: {coding}"))
    items = read_all(pack(page * 500))
    assert 2 < len(items) < 60
    assert isinstance(items[-1], Failure)
    assert items[-1].reason.startswith("unpacks to more than 20 times its size")
    assert items[-1].offset == len(page) * (len(items) - 1)
