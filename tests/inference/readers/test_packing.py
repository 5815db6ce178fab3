"""Packed streams: read like plain ones, and refused where they are damaged or out of proportion."""

import gzip
import io
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from newsroles.articles import Article, Failure
from newsroles.errors import InputError
from newsroles.readers import packing, read_source
from newsroles.readers.packing import unpack
from newsroles.readers.zstandard import zstd

TEXT = "The dam held.\n" * 1_000
PACKERS = {"gz": gzip.compress, "zst": zstd.compress}


@pytest.fixture(params=PACKERS)
def packed(request: pytest.FixtureRequest) -> bytes:
    return PACKERS[request.param](TEXT.encode())


def test_what_is_packed_is_told_by_its_content(tmp_path: Path, packed: bytes) -> None:
    for name in ("page.txt.gz", "page.txt.zst", "page.txt", "page"):
        path = tmp_path / name
        path.write_bytes(packed)
        assert list(read_source(str(path))) == [Article(TEXT, str(path), str(path))]


def test_a_packed_name_that_holds_plain_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "page.txt.gz"
    path.write_text("The dam held.")
    assert [item.text for item in read_source(str(path)) if isinstance(item, Article)] == ["The dam held."]


def test_several_members_are_one_stream() -> None:
    data = gzip.compress(b"one ") + gzip.compress(b"two")
    assert unpack(io.BytesIO(data)).read() == b"one two"


def test_where_members_begin_is_known_as_far_as_is_read() -> None:
    stream = unpack(
        io.BytesIO(gzip.compress(b"one ") + gzip.compress(b"") + zero_filled(gzip.compress(b"2")))
    )
    assert stream.read() == b"one 2"
    assert list(packing.frame_starts(stream)) == [0, 4, 4]
    assert not packing.frame_starts(unpack(io.BytesIO(b"plain")))


def zero_filled(packed: bytes) -> bytes:
    """Fill up as tapes do."""
    return packed + bytes(512)


def test_what_follows_the_last_member_is_told() -> None:
    with pytest.raises(InputError, match="what follows a member of gzip is none"):
        unpack(io.BytesIO(gzip.compress(b"one") + b"rubbish")).read()


SKIPPABLE = b"\x50\x2a\x4d\x18" + struct.pack("<I", 3) + b"abc"


def test_frames_to_be_skipped_are() -> None:
    data = SKIPPABLE + zstd.compress(b"one ") + SKIPPABLE + zstd.compress(b"two") + SKIPPABLE
    assert unpack(io.BytesIO(data)).read() == b"one two"
    with pytest.raises(InputError, match="it ends within a frame"):
        unpack(io.BytesIO(SKIPPABLE[:-1])).read()


def test_windows_of_two_gigabytes_are_read() -> None:
    maker = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 31})
    data = maker.compress(TEXT.encode()) + maker.flush()
    assert unpack(io.BytesIO(data)).read() == TEXT.encode()


def test_a_machine_without_memory_for_a_window_is_to_blame_for_that(tmp_path: Path) -> None:
    maker = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 31})
    path = tmp_path / "page.txt.zst"
    path.write_bytes(maker.compress(TEXT.encode()) + maker.flush())
    program = """
import resource, sys
from newsroles import read_source
resource.setrlimit(resource.RLIMIT_AS, (1_500_000_000, 1_500_000_000))
list(read_source(sys.argv[1]))
"""
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert "MachineError: this machine: no memory left; free some" in done.stderr


SAMPLES = [f'{{"id": {n}, "text": "The dam held on day {n * n}."}}'.encode() for n in range(2_000)]


@pytest.mark.parametrize("is_packed", [False, True], ids=("plain", "packed"))
@pytest.mark.parametrize("is_raw", [False, True], ids=("formatted", "raw"))
def test_a_dictionary_in_the_first_frame_serves_the_others(*, is_raw: bool, is_packed: bool) -> None:
    made = zstd.ZstdDict(b"".join(SAMPLES[:50]), is_raw=True) if is_raw else zstd.train_dict(SAMPLES, 2_000)
    content = zstd.compress(made.dict_content) if is_packed else made.dict_content
    frames = (zstd.compress(sample, zstd_dict=made) for sample in SAMPLES[:9])
    head = b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(content))
    assert unpack(io.BytesIO(head + content + b"".join(frames))).read() == b"".join(SAMPLES[:9])


def test_only_one_layer_is_unpacked(packed: bytes) -> None:
    assert unpack(io.BytesIO(gzip.compress(packed))).read() == packed


def test_wherever_it_is_cut_it_is_refused(packed: bytes) -> None:
    for size in range(4, len(packed)):
        with pytest.raises(InputError, match="cannot be unpacked"):
            unpack(io.BytesIO(packed[:size])).read()


def test_records_before_the_damage_are_read(tmp_path: Path) -> None:
    path = tmp_path / "records.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "a"}\n{"text": "b"}\n')[:-2])
    *articles, failure = read_source(str(path))
    assert [item.text for item in articles if isinstance(item, Article)] == ["a", "b"]
    assert isinstance(failure, Failure)
    assert (failure.index, failure.offset) == (2, 28)
    assert failure.next_step.startswith("fetch it again")


@pytest.mark.parametrize("name", PACKERS)
def test_a_bomb_is_refused_before_it_is_unpacked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "FREE", 100_000)
    stream = unpack(io.BytesIO(PACKERS[name](bytes(50_000_000))))
    with pytest.raises(InputError, match="unpacks to more than 200 times its size") as caught:
        stream.read()
    assert caught.value.offset is not None
    assert caught.value.offset < 20_000_000


def test_the_bytes_of_each_read_are_counted(packed: bytes) -> None:
    counts: list[int] = []
    unpack(io.BytesIO(packed), counts.append).read()
    assert sum(counts) == len(packed)


@pytest.mark.parametrize("name", PACKERS)
def test_what_is_packed_is_counted_once_however_many_frames_it_has(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "FREE", 0)
    data = PACKERS[name](b"abc") * 999
    stream = unpack(io.BytesIO(data))
    assert len(stream.read()) == 3 * 999
    packing.check_made(stream, packing.RATIO * len(data), 7)
    with pytest.raises(InputError, match="unpacks to more than 200 times its size") as caught:
        packing.check_made(stream, packing.RATIO * len(data) + 1, 7)
    assert caught.value.offset == 7
