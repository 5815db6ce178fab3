"""What a file holds is told by its name, else by how it begins; what is not read says what it is."""

import bz2
import codecs
import gzip
import lzma
import os
import subprocess
import sys
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest
from tests.reading import read_all

from newsroles.articles import Article, Failure
from newsroles.errors import InputError, UsageError
from newsroles.readers import read_source, sniff


@pytest.mark.parametrize(
    ("path", "head", "expected"),
    [
        ("a.txt", b"<html>", "text"),
        ("a.TEXT", b"", "text"),
        ("a.html", b"plain", "html"),
        ("b/a.HTM", b"", "html"),
        ("a.jsonl", b"", "jsonl"),
        ("a.ndjson", b"\0", "jsonl"),
        ("-", b"The dam held.", "text"),
        ("-", b"", "text"),
        ("a.bin", b"<!DOCTYPE html><p>", "html"),
        ("a", b"\xef\xbb\xbf \n<!-- saved --><!-- twice -->\n<HTML lang=en>", "html"),
        ("a", b"<?xml version='1.0'?><!doctype\thtml>", "html"),
        ("a", codecs.BOM_UTF16_LE + "<html>é".encode("utf-16-le"), "html"),
        ("a", b"<htmlx>", "text"),
        ("a", b'{"text": "cut sho', "jsonl"),
        ("a", b'\n {"a\\"b" : 1}\n{}', "jsonl"),
        ("a", b"{}\n", "jsonl"),
        ("a", b'{\n  "text": "one object on several lines"\n}', "jsonl"),
        ("a", b'[{"text": "an array"}]', "jsonl"),
        ("a", b' [\n {\n "text"  : "an array"', "jsonl"),
        ("a", b"[1] A footnote.", "text"),
        ("a", b"[ ]\n", "jsonl"),
        ("a", b"[] is no array", "text"),
        ("a.json", b'["a", "b"]', "jsonl"),
        ("a.JSON.gz", b'\n[[{"text": "a."}]]', "jsonl"),
        ("a.json", b"<p>One.", "html"),
        ("a", b'["We won," he said.]', "text"),
        ("a", b"<div class=a><p>One.", "html"),
        ("a", b"<!-- x -->\n<P>One.", "html"),
        ("a", b"<head><title>x", "html"),
        ("a", b"<3 is a heart", "text"),
        ("a", b"<paragraph>", "text"),
        ("a", b"From: a newsroom in Lund\nThe mayor resigned.", "text"),
        ("a", b"{brace} yourselves", "text"),
        ("a", "Ein schöner Tag".encode("cp1252"), "text"),
        ("a.html.gz", b"x", "html"),  # the suffix before that of packing tells
        ("a.JSONL.ZST", b"x", "jsonl"),
        ("CC-NEWS-2026.warc.gz", b"x", "warc"),
        ("a.tsv.gz", b"x", "tsv"),
        ("a.csv", b"x", "csv"),
        ("a.parquet", b"x", "parquet"),
        ("a.gz", b"x", "text"),
        ("-", b"PAR1\x15\0", "parquet"),
        ("-", b"WARC/1.0\r\n", "warc"),
    ],
)
def test_sniffing(path: str, head: bytes, expected: str) -> None:
    assert sniff(path, head) == expected


@pytest.mark.parametrize("head", [b"PK\x03\x04\0\0", b"\x89PNG\r\n\x1a\n\0", bytes(range(128, 256)) * 9])
def test_binary_of_no_known_suffix_is_refused(head: bytes) -> None:
    with pytest.raises(InputError):
        sniff("a", head)


@pytest.mark.parametrize(
    ("head", "reason"),
    [
        (b"<?xml version='1.0'?>\n<rss version='2.0'><channel><title>News</title>", "XML"),
        (b"<?xml version='1.0'?><article><p>JATS</p></article>", "XML"),
        (b"<!-- x --><feed xmlns='http://www.w3.org/2005/Atom'>", "XML"),
        (b"<!DOCTYPE nitf SYSTEM 'nitf.dtd'>\n<nitf>", "XML"),
        (b"<newsMessage a='b' xmlns='http://iptc.org/std/nar/2006-10-01/'>", "XML"),
        (b"From: <Saved by Blink>\r\nSubject: x\r\nContent-Type: multipart/related;\r\n\ttype=x", "MHTML"),
        (b"Subject: x\nContent-Transfer-Encoding: base64\n\nVGhlIG1heW9y", "MHTML, or a mail"),
        (b"Content-transfer-encoding:\n\tquoted-printable\r\n\r\nThe dam=20held", "MHTML, or a mail"),
        (bz2.compress(b"The dam held."), "packed by bzip2"),
        (lzma.compress(b"The dam held."), "packed by xz"),
        (gzip.compress(gzip.compress(b"The dam held.", mtime=0), mtime=0), "packed twice"),
        (b"%PDF-1.4\n%plain", "a PDF"),
        (b"filedesc://x.arc 0.0.0.0 20240101000000 text/plain 76\n1 0 Org\n", "ARC"),
    ],
)
def test_other_formats_say_what_they_are(head: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(head)
    (failure,) = read_source(str(path))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith(reason)
    assert failure.next_step


@pytest.mark.parametrize(
    "piece", ["<!-- x -->", "<!-- -->", "<!--", " ", "a-b: c\n", "a: b\n ", "<a ", "<a x", "xmlns ", "{", "["]
)
def test_sniffing_takes_no_time_over_anything(piece: str) -> None:
    began = time.process_time()
    for head in (piece * 8_000, "<a " + piece * 8_000, piece + " " * 64_000, piece + "x" * 64_000):
        with suppress(InputError):
            sniff("a", head.encode())
    assert time.process_time() - began < 5  # about 0.02 as it is


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"{", b'"text": "The mayor lied."}\n'], "The mayor lied."),
        ([b"<!-- fetched -->\n", b"<!doctype ", b"html><p>The mayor lied."], "The mayor lied."),
        ([b"The ", b"mayor lied."], "The mayor lied."),
        ([b"\x1f", gzip.compress(b"<ht")[1:], gzip.compress(b"ml><p>The mayor lied.")], "The mayor lied."),
        (
            [b"P", b"AR1 is how it begins."],
            "not Parquet" if find_spec("pyarrow") else "this needs the package",
        ),
    ],
)
def test_what_comes_on_a_pipe_piece_by_piece_is_told_once_there_is_enough(
    pieces: list[bytes], expected: str, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "page")

    def write() -> None:
        with (tmp_path / "page").open("wb", buffering=0) as pipe:
            for piece in pieces:
                pipe.write(piece)
                time.sleep(0.2)

    writer = Thread(target=write)
    writer.start()
    (item,) = read_source(str(tmp_path / "page"))
    writer.join()
    assert (item.reason if isinstance(item, Failure) else item.text).startswith(expected)


def test_records_on_a_pipe_are_read_as_they_come(monkeypatch: pytest.MonkeyPatch) -> None:
    end, begin = os.pipe()
    with os.fdopen(end) as stdin, os.fdopen(begin, "wb", buffering=0) as pipe:
        monkeypatch.setattr("sys.stdin", stdin)
        items = read_source("-")
        for text in ("One.", "Two."):
            pipe.write(f'{{"text": "{text}"}}\n'.encode())
            item = next(items)  # before the next is there
            assert isinstance(item, Article)
            assert item.text == text


def test_an_unknown_format_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match=r"docx.*text, html, jsonl"):
        read_all(b"", "docx")


def test_formats_are_imported_when_they_are_read() -> None:
    code = "import sys, newsroles.readers; sys.exit('selectolax' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code
