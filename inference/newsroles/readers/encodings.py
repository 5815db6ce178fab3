"""Bytes to characters, in the same way every time, whatever the locale, and much as browsers do it.

By the byte order mark; as UTF-8 if they are that; by the encoding that the document declares, whose
labels are those of the WHATWG Encoding Standard (the package webencodings has its table); as UTF-8 and, byte
for byte where they aren't that, as Windows-1252, which any Western text without a declaration is in practice.
A page in UTF-8 that declares another encoding was re-saved by a crawler, so its bytes are believed first.
"""

import codecs
import re
from string import ascii_letters

import webencodings

from newsroles.articles import join_surrogates
from newsroles.errors import InputError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark begins like it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_SELF_EVIDENT = frozenset(("utf-8", "utf-16le", "utf-16be", "x-user-defined"))
"""What a declaration of these says, the bytes say better: they are that, or they are not. (In a page whose
declaration can be read as ASCII, UTF-16 means UTF-8, says the standard.)"""

_REFUSED = "replacement"  # the standard's name for ISO-2022-KR, HZ and the like
_SHIFT = re.compile(rb"\x1b|~\{")

_HEAD = 65_536
"""Where pages declare their encoding; browsers look at 1,024 bytes only, but some pages come late with it."""
_ATTRIBUTES = rb"(?P<attributes>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)"
_TAG = re.compile(
    rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>)?)"  # a comment
    rb"|<(script|style|textarea|title|xmp|iframe|noembed|noframes)\b(?:[^<]++|<(?!/\1))*+"  # no elements
    rb"|<(?P<name>/?[a-z][^\s/>]*+)" + _ATTRIBUTES,
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    rb"([^\s/>=\"']++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?+", re.IGNORECASE
)
_XML = re.compile(rb"\s*+<\?xml\b[^>]*?\sencoding\s*+=\s*+[\"']([\w.:-]++)", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*+=\s*+[\"']?\s*+([^\s\"';]++)", re.IGNORECASE)

_LETTERS = ascii_letters.encode()
_ODD = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd]")
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
"""A character beyond U+FFFF as two surrogates of three bytes each: CESU-8, as old databases write it."""

_CONVERT = "convert it to UTF-8, or leave it out if it isn't text"
_OTHERS = {
    b"%PDF-": ("a PDF", "make text of it, for instance with pdftotext"),
    b"PK\x03\x04": ("binary: a zip file", "unpack it; of .docx, .odt and .epub make .html or .txt"),
    b"\xd0\xcf\x11\xe0": ("binary: an old Office file", "save it as .html or .txt"),
    b"{\\rtf": ("RTF", "save it as .html or .txt"),
    **dict.fromkeys(
        (b"BZh%d1AY&SY" % level for level in range(1, 10)), ("packed by bzip2", "unpack it first: bunzip2")
    ),
    b"\xfd7zXZ\0": ("packed by xz", "unpack it first: unxz"),
    b"filedesc://": ("ARC, what came before WARC", "make WARC of it, for instance with `warcio recompress`"),
}


def decode(data: bytes, declared: str = "") -> str:
    """Turn bytes into text; `declared` is the encoding that the document names, if any.

    Raises InputError where the bytes are no text, or text in an encoding that cannot be told.
    """
    for magic, (what, step) in _OTHERS.items():
        if data.startswith(magic):
            raise InputError(what, step)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _plausible(data[len(mark) :].decode(encoding, "replace"))
    if data.count(0) * 10 > len(data):
        raise InputError("binary: it is full of NUL bytes", _CONVERT, data.index(0))
    return _plausible(_unmarked(data, codec(declared)))


def declared(page: bytes) -> str:
    """Return the label of an encoding that a page declares for itself, "" for none that there is.

    What stands in comments, scripts and style sheets declares nothing.
    """
    if found := _XML.match(page, 0, _HEAD):
        return found[1].decode()
    for tag in _TAG.finditer(page, 0, _HEAD):
        if (tag["name"] or b"").lower() == b"meta":
            label = _of_meta(tag["attributes"])
            if is_label(label):
                return label
    return ""


def is_label(label: str) -> bool:
    """Tell whether an encoding is called so."""
    return label.isascii() and webencodings.lookup(label) is not None


def codec(label: str) -> str:
    """Return Python's codec for a label; "" for UTF-8 and what is unknown."""
    encoding = webencodings.lookup(label) if is_label(label) else None
    if not encoding or encoding.name in _SELF_EVIDENT:
        return ""
    return "gb18030" if encoding.name == "gbk" else str(encoding.codec_info.name)


def is_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8, but for damage here and there."""
    good, bad = _beyond_ascii(data.decode(errors="replace"))
    return bad <= good


def _beyond_ascii(text: str) -> tuple[int, int]:
    """Count the characters that aren't ASCII, and those that could not be decoded."""
    bad = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - bad, bad


def _of_meta(attributes: bytes) -> str:
    values: dict[bytes, bytes] = {}
    for name, *quoted in _ATTRIBUTE.findall(attributes):
        values.setdefault(name.lower(), b"".join(quoted))
    label = values.get(b"charset", b"")
    if not label and values.get(b"http-equiv", b"").strip().lower() == b"content-type":
        found = _CHARSET.search(values.get(b"content", b""))
        label = found[1] if found else b""
    return label.decode("ascii", "ignore")


def _unmarked(data: bytes, codec: str) -> str:
    if codec == _REFUSED:
        if data.isascii() and _SHIFT.search(data):
            raise InputError("in an encoding that browsers refuse, because it hides markup", _CONVERT)
        codec = ""
    if codec and data.isascii():  # UTF-8 would do as well, but not for ISO-2022-JP
        return data.decode(codec, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        return data.decode(codec, "replace") if codec else _undeclared(data, error)


def _undeclared(data: bytes, first: UnicodeDecodeError) -> str:
    """Decode what is not quite UTF-8; raises InputError where it is rather something else."""
    text = data.decode(errors="replace")
    good, bad = _beyond_ascii(text)
    if bad >= good + len(data) - len(data.translate(None, _LETTERS)):
        raise InputError("binary, or in an encoding that cannot be told", _CONVERT, first.start)
    if good and first.reason == "unexpected end of data":
        return text  # UTF-8 that is cut
    is_mixed = good or _PAIR.search(data)
    return data.decode(errors=_BY_BYTE) if is_mixed else data.decode("cp1252", "replace")


def _by_byte(error: UnicodeError) -> tuple[str, int]:
    """Handle what isn't UTF-8: a pair of surrogates, else bytes of Windows-1252."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if pair := _PAIR.match(error.object, error.start):
        return join_surrogates(pair[0].decode(errors="surrogatepass")), pair.end()
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


_BY_BYTE = "newsroles.by-byte"
codecs.register_error(_BY_BYTE, _by_byte)


def _plausible(text: str) -> str:
    """Refuse text of which more than a tenth is control characters or undecodable."""
    _, odd = _ODD.subn("", text)
    if odd * 10 > len(text):
        raise InputError(f"binary: {odd:,} of its {len(text):,} characters cannot be text", _CONVERT)
    return text.replace("\0", "\ufffd")  # as HTML parsers do; a stray one costs itself
