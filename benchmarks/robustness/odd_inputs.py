"""More such inputs, as the web and other programs make them: archives, encodings, records, HTML."""

import json
import random
import zlib

from bad_inputs import kind
from samples import Case, gz, jsonl, page, table, warc

from newsroles.readers.zstandard import zstd

HTML = "200 OK\r\nContent-Type: text/html"
CHUNKED = f"{HTML}\r\nTransfer-Encoding: chunked"


def chunks(body: bytes, form: str = "{:x}", end: bytes = b"\r\n") -> bytes:
    """Put a body in two chunks, the sizes written as `form` says."""
    halves = body[:30], body[30:]
    parts = [form.format(len(half)).encode() + end + half + end for half in halves]
    return b"".join(parts) + b"0" + end + end


def html(number: int) -> bytes:
    """Write a good page in HTML."""
    return f"<p>{page(number)}".encode()


@kind
def chunks_in_every_form(chance: random.Random) -> Case:
    form = chance.choice(["{:x}", "{:X}", "{:08x}", "{:x}  ", "{:x};name=value"])
    return Case(".warc", warc(chunks(html(0), form), head=CHUNKED), good=1, bad=0)


@kind
def chunks_that_end_in_lf(_: random.Random) -> Case:
    return Case(".warc", warc(chunks(html(0), end=b"\n"), head=CHUNKED), good=1, bad=0)


@kind
def chunks_that_are_cut(_: random.Random) -> Case:
    return Case(".warc", warc(chunks(html(0))[:60], head=CHUNKED) + warc(html(1)), good=1)


@kind
def gzip_within_chunks(_: random.Random) -> Case:
    return Case(
        ".warc", warc(chunks(gz(html(0))), head=f"{CHUNKED}\r\nContent-Encoding: gzip"), good=1, bad=0
    )


@kind
def deflate_of_both_kinds(chance: random.Random) -> Case:
    body = zlib.compress(html(0))
    body = chance.choice([body, body[2:-4]])
    return Case(".warc", warc(body, head=f"{HTML}\r\nContent-Encoding: deflate"), good=1, bad=0)


@kind
def content_type_of_no_use(chance: random.Random) -> Case:
    said = chance.choice(["html", "", "text/html; charset", "charset=utf-8; text/html"])
    return Case(".warc", warc(html(0), head=f"200 OK\r\nContent-Type: {said}"), good=1, bad=0)


@kind
def records_of_resources(_: random.Random) -> Case:
    block = html(0)
    fields = "WARC-Type: resource\r\nWARC-Target-URI: https://news.example/\r\nContent-Type: text/html\r\n"
    head = f"WARC/1.0\r\n{fields}Content-Length: {len(block)}\r\n\r\n".encode()
    return Case(".warc", head + block + b"\r\n\r\n", good=1, bad=0)


@kind
def arc_for_warc(_: random.Random) -> Case:
    return Case(".warc", f"filedesc://x.arc 0.0.0.0 20260101 text/plain 9\n1 0 x\n\n{page(0)}".encode())


@kind
def pdf_by_another_name(chance: random.Random) -> Case:
    return Case(chance.choice([".txt", ".html"]), b"%PDF-1.7\n" + page(0).encode() + b"\n%%EOF\n")


@kind
def cp1252_within_utf_8(_: random.Random) -> Case:
    return Case(".html", f"<meta charset=utf-8><p>{page(0)} Café.".encode() + b" Caf\xe9.", good=1, bad=0)


@kind
def labels_of_browsers(chance: random.Random) -> Case:
    label, codec = chance.choice([("x-sjis", "cp932"), ("x-cp1250", "cp1250"), ("x-euc-jp", "euc_jp")])
    return Case(".html", f"<meta charset={label}><p>{page(0)}".encode(codec), good=1, bad=0)


@kind
def charset_in_a_comment(_: random.Random) -> Case:
    text = f'<!-- <meta charset="utf-16"> --><meta charset="windows-1252"><p>{page(0)} Café'
    return Case(".html", text.encode("cp1252"), good=1, bad=0)


@kind
def charset_of_spaces(chance: random.Random) -> Case:
    return Case(".html", b"<meta charset=" + b" " * chance.randrange(60_000, 70_000) + html(0), bad=None)


@kind
def attributes_again_and_again(chance: random.Random) -> Case:
    names = b" ".join(b"a%d" % at for at in range(chance.randrange(500, 2_000)))
    return Case(".html", (b"<body " + names + b">") * 60 + html(0), bad=None)


@kind
def records_in_an_array(chance: random.Random) -> Case:
    rows = [{"text": page(0)}, {"text": page(1)}]
    return Case(".jsonl", json.dumps(rows, indent=chance.choice([None, 2])).encode(), good=2, bad=0)


@kind
def ids_of_odd_types(chance: random.Random) -> Case:
    odd = chance.choice(["NaN", "3.0", "1e400", "true", "null", "[1]"])
    return Case(".jsonl", f'{{"id": {odd}, "text": "{page(0)}"}}\n'.encode() + jsonl(page(1)), good=2, bad=0)


@kind
def id_of_megabytes(_: random.Random) -> Case:
    line = json.dumps({"id": "x" * 9_000_000, "text": page(0)}).encode()
    return Case(".jsonl.zst", zstd.compress(line + b"\n" + jsonl(page(1)), 1), good=1, bad=None)


@kind
def csv_parted_by_semicolons(_: random.Random) -> Case:
    return Case(".csv", f"id;text\n1;{page(0)}\n".encode())


@kind
def csv_of_a_spreadsheet(chance: random.Random) -> Case:
    text = f'sep=,\r\nid,text\r\n1,"{page(0)}"\r\n' if chance.random() < 0.5 else f'id,text\r1,"{page(0)}"\r'  # noqa: PLR2004
    return Case(".csv", text.encode(), good=1, bad=0)


@kind
def bomb_of_parquet(_: random.Random) -> Case:
    return Case(".parquet", table([{"text": "x" * 1_500_000}] * 50), bad=50)


@kind
def bad_records_by_the_thousand(_: random.Random) -> Case:
    return Case(".jsonl", jsonl(page(0)) + b"no\n" * 900 + jsonl(page(1)), good=2, bad=900)
