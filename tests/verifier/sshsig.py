"""OpenSSH signatures (PROTOCOL.sshsig) in the one canonical form that events use."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from dataclasses import dataclass

import ed25519
from refused import Refused

ED25519 = b"ssh-ed25519"
SK_ED25519 = b"sk-ssh-ed25519@openssh.com"
BEGIN = b"-----BEGIN SSH SIGNATURE-----"
END = b"-----END SSH SIGNATURE-----"
MAGIC = b"SSHSIG"


class Defect(Exception):
    """The bytes are not of the form that they should have."""


def string(value: bytes) -> bytes:
    """An SSH string: u32 length and bytes."""
    return struct.pack(">I", len(value)) + value


class Reader:
    """Reads SSH's types from bytes; raises `Defect` where they end too early."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count > len(self.data) - self.at:
            raise Defect
        self.at += count
        return self.data[self.at - count : self.at]

    def u32(self) -> int:
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        return self.take(self.u32())

    def end(self) -> None:
        if self.at != len(self.data):
            raise Defect


@dataclass(frozen=True)
class PublicKey:
    """A public key of one of the two types."""

    blob: bytes
    kind: bytes
    point: bytes
    application: bytes

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(self.blob).digest()
        return "SHA256:" + base64.b64encode(digest).decode("ascii").rstrip("=")


@dataclass(frozen=True)
class Signature:
    """A signature whose form has been checked, but not its equation."""

    key: PublicKey
    raw: bytes
    flags: int
    counter: int

    def verify(self, payload: bytes) -> bool:
        """Whether the signature is that of the payload."""
        message = signed_bytes(payload)
        if self.key.kind == SK_ED25519:
            message = (
                hashlib.sha256(self.key.application).digest()
                + struct.pack(">BI", self.flags, self.counter)
                + hashlib.sha256(message).digest()
            )
        return ed25519.verify(self.key.point, message, self.raw)


def signed_bytes(payload: bytes) -> bytes:
    """*M*: the bytes that a signature of the payload is for."""
    digest = hashlib.sha512(payload).digest()
    return MAGIC + string(b"git") + string(b"") + string(b"sha512") + string(digest)


def key_type(blob: bytes) -> bytes:
    """The type that a public key blob starts with."""
    return Reader(blob).string()


def parse_key(blob: bytes) -> PublicKey:
    """A public key of a known type; `Defect` for anything else."""
    reader = Reader(blob)
    kind = reader.string()
    if kind not in (ED25519, SK_ED25519):
        raise Defect
    point = reader.string()
    if len(point) != 32:
        raise Defect
    application = b""
    if kind == SK_ED25519:
        application = reader.string()
        if len(application) > 255 or re.fullmatch(rb"ssh:[!-~]*", application) is None:
            raise Defect
    reader.end()
    return PublicKey(blob, kind, point, application)


def armor(blob: bytes) -> list[bytes]:
    """The lines of the armor."""
    text = base64.b64encode(blob)
    return [BEGIN, *(text[i : i + 70] for i in range(0, len(text), 70)), END]


def unarmor(lines: list[bytes]) -> bytes:
    """The blob of a canonical armor."""
    if len(lines) < 2 or lines[0] != BEGIN or lines[-1] != END:
        raise Defect
    try:
        blob = base64.b64decode(b"".join(lines[1:-1]), validate=True)
    except (binascii.Error, ValueError):
        raise Defect from None
    if armor(blob) != lines:
        raise Defect
    return blob


def parse(lines: list[bytes]) -> Signature:
    """The signature of a header's lines, or `Refused` with the first broken rule.

    The armor comes first, then the blob's fields in their order, then the flag.
    """
    try:
        return _parse_blob(Reader(unarmor(lines)))
    except Defect:
        raise Refused("signature-form") from None


def _parse_blob(reader: Reader) -> Signature:
    if reader.take(6) != MAGIC or reader.u32() != 1:
        raise Defect
    key_blob = reader.string()
    if key_type(key_blob) not in (ED25519, SK_ED25519):
        raise Refused("signature-key-type")
    key = parse_key(key_blob)
    if reader.string() != b"git":
        raise Refused("signature-namespace")
    if reader.string():
        raise Defect
    if reader.string() != b"sha512":
        raise Refused("signature-hash")
    inner = Reader(reader.string())
    if inner.string() != key.kind:
        raise Refused("signature-key-type")
    raw = inner.string()
    if len(raw) != 64:
        raise Defect
    flags, counter = 1, 0
    if key.kind == SK_ED25519:
        flags, counter = inner.take(1)[0], inner.u32()
    inner.end()
    reader.end()
    if not flags & 1:
        raise Refused("signature-presence")
    return Signature(key, raw, flags, counter)


def public_blob(seed: bytes) -> bytes:
    """The `ssh-ed25519` public key blob of a seed."""
    return string(ED25519) + string(ed25519.public_key(seed))


def sign(seed: bytes, payload: bytes) -> list[bytes]:
    """The armor's lines of a signature by an `ssh-ed25519` key; for tests."""
    raw = string(ED25519) + string(ed25519.sign(seed, signed_bytes(payload)))
    parts = [public_blob(seed), b"git", b"", b"sha512", raw]
    return armor(MAGIC + struct.pack(">I", 1) + b"".join(map(string, parts)))


def sign_commit(seed: bytes, payload: bytes, header: bytes = b"gpgsig") -> bytes:
    """The commit whose payload this is, with its signature header; for tests."""
    head, message = payload.split(b"\n\n", 1)
    return head + b"\n" + header + b" " + b"\n ".join(sign(seed, payload)) + b"\n\n" + message
