"""Text rules, and the grammars of values that a pattern alone does not say."""

from __future__ import annotations

import datetime
import re
import unicodedata

from refused import Refused
from registry import registry

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
PATH_PLAIN = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/+@,="
)


def is_nfc(text: str) -> bool:
    """Whether the text is in normalisation form C of Unicode 14.0."""
    if text.isascii():
        return True
    pieces = registry().late_characters.split(text)
    return all(unicodedata.is_normalized("NFC", piece) for piece in pieces)


def check_text(content: bytes) -> str:
    """The text, or `Refused` with the first text rule that it breaks."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("message-encoding") from None
    if "\ufeff" in text:
        raise Refused("message-encoding")
    if CONTROL.search(text):
        raise Refused("message-control")
    if BIDI.search(text):
        raise Refused("message-bidi")
    if not is_nfc(text):
        raise Refused("message-nfc")
    return text


def keeps_text_rules(text: str) -> bool:
    """Whether a string keeps the text rules."""
    try:
        check_text(text.encode("utf-8", "surrogatepass"))
    except Refused:
        return False
    return True


def has_trailing_space(text: str) -> bool:
    """Whether a line ends in a space or a tab."""
    return re.search(r"[ \t](\n|\Z)", text) is not None


def size(text: str) -> int:
    """The text's length in bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def is_name(text: str) -> bool:
    """The grammar of names in author lines and the policy."""
    return (
        1 <= size(text) <= 256
        and not re.search("[\t\n<>]", text)
        and not text.startswith(" ")
        and not text.endswith(" ")
        and keeps_text_rules(text)
    )


def is_email(text: str) -> bool:
    """The grammar of e-mail addresses in author lines and the policy."""
    return is_name(text) and " " not in text


def decode_path(text: str) -> bytes | None:
    """The bytes of a path in its one canonical encoding, else None."""
    raw = text.encode("latin-1", "replace")
    decoded = bytearray()
    at = 0
    while at < len(raw):
        if raw[at] in PATH_PLAIN:
            decoded.append(raw[at])
            at += 1
            continue
        match = re.compile(rb"%([0-9A-F]{2})").match(raw, at)
        if match is None or (byte := int(match[1], 16)) in PATH_PLAIN:
            return None
        decoded.append(byte)
        at += 3
    components = bytes(decoded).split(b"/")
    if not 1 <= len(decoded) <= 4096 or 0 in decoded:
        return None
    if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in components):
        return None
    return bytes(decoded)


def is_date(year: str, month: str, day: str, hour: str, minute: str, second: str) -> bool:
    """Whether the digits are a real instant from 1970 to 9999, no leap second."""
    try:
        moment = datetime.datetime(*map(int, (year, month, day, hour, minute, second)))
    except ValueError:
        return False
    return moment.year >= 1970


def _is_time(text: str) -> bool:
    return is_date(*re.findall("[0-9]+", text))


def _is_ref(text: str) -> bool:
    """`git check-ref-format` and what the page says beside it."""
    short = text.split("/", 2)[2]
    if len(text) > 255 or re.search(r"[~^:?*\[\\]|\.\.|@\{|//", text):
        return False
    if text.endswith(("/", ".")):
        return False
    if any(part.startswith((".", "-")) or part.endswith(".lock") for part in text.split("/")):
        return False
    return short != "HEAD" and not re.fullmatch("[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}", short)


def _is_anchor(text: str, hex_digits: int) -> bool:
    side, place = text.split(" ", 2)[1:]
    if side == "reply":
        return is_value("comment-id", place, hex_digits)
    path, _, lines = place.partition(":")
    first, _, last = lines.partition("-")
    if last and int(first) >= int(last):
        return False
    if side == "message":
        return is_value("oid", path, hex_digits)
    return decode_path(path) is not None


def is_value(grammar: str, text: str, hex_digits: int) -> bool:
    """Whether a value matches its grammar; `hex_digits` is the length of ids."""
    tables = registry()
    if grammar in tables.words:
        return text in tables.words[grammar]
    if not tables.patterns[grammar].fullmatch(text):
        return False
    match grammar:
        case "oid":
            return len(text) == hex_digits and text.strip("0") != ""
        case "time":
            return _is_time(text)
        case "ref":
            return _is_ref(text)
        case "label":
            return size(text) <= 64
        case "label-change":
            return size(text) <= 65
        case "line":
            return size(text) <= 1024
        case "link-change":
            return is_value("oid", text.split(" ")[1], hex_digits)
        case "comment-id":
            return is_value("oid", text.split("/")[0], hex_digits)
        case "anchor" | "anchor-2":
            return _is_anchor(text, hex_digits)
        case _:
            return True
