"""Inputs with something wrong, of more than 25 kinds, each telling what must become of it.

A kind is a function of a source of chance that gives a `Case`.
"""
# ruff: noqa: S311 - chance that can be repeated, not a secret

import random
from collections.abc import Callable, Iterator
from typing import Any

from samples import Case, flip, gz, jsonl, noise, page, table, warc

from newsroles.readers.zstandard import zstd

Kind = Callable[[random.Random], Case]
KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    """Add a kind, by the name of what makes it."""
    KINDS[make.__name__.replace("_", " ")] = make
    return make


def cases(number: int, seed: int = 0) -> Iterator[tuple[str, Case]]:
    """Yield `number` cases with the name of their kind, the kinds in turn, always the same for a seed."""
    names = list(KINDS)
    for at in range(number):
        name = names[at % len(names)]
        yield name, KINDS[name](random.Random(f"{seed} {at}"))


@kind
def nothing(_: random.Random) -> Case:
    return Case(".txt", b"")


@kind
def white_space(chance: random.Random) -> Case:
    return Case(".html", bytes(chance.choices(b" \t\r\n", k=999)))


@kind
def nul_bytes(chance: random.Random) -> Case:
    text = page(0).encode()
    at = chance.randrange(len(text))
    return Case(".txt", text[:at] + b"\0" + text[at:], good=1, bad=0)


@kind
def random_bytes_as_text(chance: random.Random) -> Case:
    return Case(".txt", noise(chance))


@kind
def random_bytes_as_html(chance: random.Random) -> Case:
    return Case(".html", noise(chance))


@kind
def random_bytes_as_records(chance: random.Random) -> Case:
    data = noise(chance).replace(b"\n", b"\0").replace(b"\r", b"\0")
    return Case(".jsonl", data + b"\n" + jsonl(page(0)), good=1)


@kind
def random_bytes_as_parquet(chance: random.Random) -> Case:
    return Case(".parquet", noise(chance))


@kind
def random_bytes_as_warc(chance: random.Random) -> Case:
    return Case(".warc.gz", gz(noise(chance)))


@kind
def utf_16_without_a_mark(_: random.Random) -> Case:
    return Case(".txt", page(0).encode("utf-16-le"))


@kind
def lone_surrogates(chance: random.Random) -> Case:
    return Case(".jsonl", jsonl(f"{page(0)} {chr(chance.randrange(0xD800, 0xE000))}", page(1)), good=2, bad=0)


@kind
def terminal_codes(chance: random.Random) -> Case:
    codes = ["\x1b]0;owned\x07", "\x9b31m", "\x1b[2J", "\u202e", "\x85"]
    return Case(".jsonl", jsonl(f"{page(0)} {chance.choice(codes)} more."), good=1, bad=0)


@kind
def cut_record(chance: random.Random) -> Case:
    line = jsonl("cut").rstrip()
    return Case(
        ".jsonl", jsonl(page(0)) + line[: chance.randrange(1, len(line))] + b"\n" + jsonl(page(1)), good=2
    )


@kind
def record_of_the_wrong_type(chance: random.Random) -> Case:
    return Case(".jsonl", jsonl(page(0), chance.choice([None, 7, ["a"], {}, True, "", " "]), page(1)), good=2)


@kind
def record_in_another_encoding(_: random.Random) -> Case:
    return Case(".jsonl", jsonl(page(0)) + '{"text": "Café"}\n'.encode("cp1252") + jsonl(page(1)), good=2)


@kind
def records_nested_deep(chance: random.Random) -> Case:
    return Case(
        ".jsonl", b'{"text": ' + b"[" * chance.randrange(50_000, 200_000) + b"\n" + jsonl(page(0)), good=1
    )


@kind
def line_over_the_limit(_: random.Random) -> Case:
    data = b"".join([jsonl(page(0)), b'{"text": "', b"x" * 20_000_000, b'"}\n', jsonl(page(1))])
    return Case(".jsonl.zst", zstd.compress(data, 1), good=2)


@kind
def text_over_the_limit(_: random.Random) -> Case:
    return Case(".txt", b"The harbour is full. " * 100_000)


@kind
def html_nested_deep(chance: random.Random) -> Case:
    return Case(".html", chance.choice([b"<div>", b"<div></x>", b"<ul><li>"]) * 200_000 + b"x")


@kind
def html_of_attributes(_: random.Random) -> Case:
    return Case(".html", b"<p " + b" ".join(b"a%d" % at for at in range(100_000)) + b">x")


@kind
def html_that_shows_nothing(_: random.Random) -> Case:
    return Case(".html", f"<title>t</title><script>{page(0)}</script><div hidden>{page(1)}</div>".encode())


@kind
def bomb_of_a_page(_: random.Random) -> Case:
    return Case(".html.gz", gz(bytes(30_000_000)))


@kind
def bomb_of_records(_: random.Random) -> Case:
    return Case(".jsonl.zst", zstd.compress(b"x" * 150_000_000, 1), bad=None)


@kind
def cut_gzip_of_a_page(chance: random.Random) -> Case:
    data = gz(page(0).encode())
    return Case(".txt.gz", data[: chance.randrange(2, len(data))])


@kind
def cut_gzip_of_records(chance: random.Random) -> Case:
    data = gz(jsonl(page(0))) + gz(jsonl(*(chance.random() for _ in range(9))))
    return Case(".jsonl.gz", data[: -chance.randrange(1, 8)], good=1, bad=None)


@kind
def damaged_gzip(chance: random.Random) -> Case:
    data = gz(page(0).encode())
    return Case(".html.gz", data[:-8] + flip(data[-8:], chance, 1))


@kind
def cut_zstd(chance: random.Random) -> Case:
    data = zstd.compress(page(0).encode())
    return Case(".txt.zst", data[: chance.randrange(4, len(data))])


@kind
def cut_warc(chance: random.Random) -> Case:
    data = warc(*(f"<p>{page(at)}".encode() for at in range(3)))
    return Case(".warc", data[: -chance.randrange(5, 60)], good=2)


@kind
def cut_warc_packed(chance: random.Random) -> Case:
    members = [gz(warc(f"<p>{page(at)}".encode())) for at in range(3)]
    return Case(".warc.gz", b"".join(members)[: -chance.randrange(1, 60)], good=2, bad=None)


@kind
def warc_with_rubbish_in_it(chance: random.Random) -> Case:
    return Case(".warc", warc(page(0).encode()) + b"rubbish " * chance.randrange(1, 99), good=1)


@kind
def warc_with_a_bad_response(chance: random.Random) -> Case:
    bad = [warc(b"x").replace(b"HTTP/1.1", b"nonsense"), warc(b"\0"), warc(b""), warc(b"<p>" * 9)]
    gzipped = "200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip"
    bad.append(warc(gz(page(9).encode())[:-9], head=gzipped))
    good = [warc(page(0).encode()), warc(gz(page(1).encode()), head=gzipped)]
    return Case(".warc", good[0] + chance.choice(bad) + good[1], good=2)


@kind
def csv_with_a_stray_quotation_mark(chance: random.Random) -> Case:
    bad = chance.choice(['b,"he "said" so"\n', "b,one, two\n", "b\n", 'b,"x"y\n'])
    return Case(".csv", f'id,text\na,"{page(0)}"\n{bad}c,"{page(1)}"\n'.encode(), good=2)


@kind
def csv_without_the_column(_: random.Random) -> Case:
    return Case(".csv", b"id,body\n1,x\n")


@kind
def csv_cut_in_a_field(_: random.Random) -> Case:
    return Case(".csv.gz", gz(f'text,id\n"{page(0)}",1\n"The harb'.encode()), good=1)


@kind
def parquet_with_a_bad_row(chance: random.Random) -> Case:
    rows: list[dict[str, Any]] = [
        {"text": page(0)},
        {"text": chance.choice([None, "", "\n"])},
        {"text": page(1)},
    ]
    return Case(".parquet", table(rows), good=2)


@kind
def cut_parquet(chance: random.Random) -> Case:
    data = table([{"text": page(at)} for at in range(3)])
    return Case(".parquet", data[: chance.randrange(1, len(data))])


@kind
def damaged_parquet(chance: random.Random) -> Case:
    return Case(".parquet", flip(table([{"text": page(at)} for at in range(30)]), chance), bad=None)
