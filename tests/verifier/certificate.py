"""Push certificates, as `git push --signed` sends them and imports hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sshsig
from refused import Refused

SIZE_LIMIT = 1048576
VERSION = "certificate version 0.1"
BRANCHES = "refs/heads/"


@dataclass(frozen=True)
class Certificate:
    """A certificate whose signature verifies: who signed it, and its lines for refs."""

    key: sshsig.PublicKey
    updates: list[tuple[str, str, str]]

    def proposes(self, head: str, target: str) -> bool:
        """Whether it pushes the head to `refs/for/<branch>` of the target."""
        if not target.startswith(BRANCHES):
            return False
        name = "refs/for/" + target.removeprefix(BRANCHES)
        return any((new, ref) == (head, name) for _, new, ref in self.updates)


def parse_certificate(content: bytes, hex_digits: int) -> Certificate:
    """The certificate; `certificate-mismatch` if it has not the form or does not verify."""
    try:
        return _parse(content, hex_digits)
    except (Refused, UnicodeDecodeError, sshsig.Defect):
        raise Refused("certificate-mismatch") from None


def _parse(content: bytes, hex_digits: int) -> Certificate:
    content.decode("utf-8")
    at = content.find(sshsig.BEGIN + b"\n")
    if len(content) > SIZE_LIMIT or at < 0 or not content.endswith(b"\n"):
        raise sshsig.Defect
    payload = content[:at]
    signature = sshsig.parse(content[at:-1].split(b"\n"))
    head, divider, refs = payload.decode("utf-8").partition("\n\n")
    if not divider or not refs.endswith("\n"):
        raise sshsig.Defect
    _check_headers(head.split("\n"))
    updates = [_update(line, hex_digits) for line in refs[:-1].split("\n")]
    if not signature.verify(payload):
        raise sshsig.Defect
    return Certificate(signature.key, updates)


def _check_headers(lines: list[str]) -> None:
    """The first line, then each of the others as often as it may stand."""
    words = []
    for line in lines[1:]:
        word, space, _ = line.partition(" ")
        if not space or word not in ("pusher", "pushee", "nonce", "push-option"):
            raise sshsig.Defect
        words.append(word)
    if lines[0] != VERSION or words.count("pusher") != 1 or words.count("nonce") > 1:
        raise sshsig.Defect


def _update(line: str, hex_digits: int) -> tuple[str, str, str]:
    """Old id, new id and ref of a line."""
    oid = f"[0-9a-f]{{{hex_digits}}}"
    match = re.fullmatch(rf"({oid}) ({oid}) (.+)", line, re.DOTALL)
    if match is None:
        raise sshsig.Defect
    return match[1], match[2], match[3]
