"""Ed25519 (RFC 8032) in pure Python: strict verification, and signing for tests.

Verification is the strict one of the page: S is reduced, the key and R are
canonical encodings of points that are not of small order, and the cofactorless
equation [S]B = R + [k]A holds.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
D2 = 2 * D % P
SQRT_M1 = pow(2, (P - 1) // 4, P)

#: A point in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, T = XY/Z.
Point = tuple[int, int, int, int]
#: Row *i* of a table holds *j* * 16^i * point for j = 1..15 as (y+x, y-x, 2dxy).
Table = list[list[tuple[int, int, int]]]

IDENTITY: Point = (0, 1, 1, 0)


def add(a: Point, b: Point) -> Point:
    """The sum of two points."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    m = (y1 - x1) * (y2 - x2) % P
    n = (y1 + x1) * (y2 + x2) % P
    c = t1 * t2 % P * D2 % P
    k = 2 * z1 * z2 % P
    e, f, g, h = n - m, k - c, k + c, n + m
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(a: Point) -> Point:
    """Twice a point."""
    x, y, z, _ = a
    m, n = x * x % P, y * y % P
    c = 2 * z * z % P
    h = m + n
    e = h - (x + y) * (x + y) % P
    g = m - n
    f = c + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def negate(a: Point) -> Point:
    """The point's opposite."""
    return -a[0] % P, a[1], a[2], -a[3] % P


def is_small_order(a: Point) -> bool:
    """Whether the point's order divides 8."""
    x, y, z, _ = double(double(double(a)))
    return x == 0 and y == z


def _recover_x(y: int, sign: int) -> int | None:
    """The x with this parity that belongs to y, if there is one."""
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    if v * x * x % P != u:
        x = x * SQRT_M1 % P
        if v * x * x % P != u:
            return None
    if x == 0 and sign:
        return None
    return P - x if x & 1 != sign else x


def decode(encoded: bytes) -> Point | None:
    """The point of a canonical encoding, else None."""
    if len(encoded) != 32:
        return None
    number = int.from_bytes(encoded, "little")
    y, sign = number & (2**255 - 1), number >> 255
    if y >= P:
        return None
    x = _recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def encode(a: Point) -> bytes:
    """The canonical encoding of a point."""
    inverse = pow(a[2], P - 2, P)
    x, y = a[0] * inverse % P, a[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _table(point: Point) -> Table:
    """The comb table of a point, made affine with one inversion for all entries."""
    rows: list[list[Point]] = []
    for _ in range(64):
        row = [point]
        for _ in range(14):
            row.append(add(row[-1], point))
        rows.append(row)
        point = double(double(double(double(point))))
    flat = [entry for row in rows for entry in row]
    products, running = [], 1
    for entry in flat:
        products.append(running)
        running = running * entry[2] % P
    inverse = pow(running, P - 2, P)
    affine: list[tuple[int, int, int]] = []
    for entry, before in zip(reversed(flat), reversed(products)):
        z = inverse * before % P
        inverse = inverse * entry[2] % P
        x, y = entry[0] * z % P, entry[1] * z % P
        affine.append(((y + x) % P, (y - x) % P, x * y % P * D2 % P))
    affine.reverse()
    return [affine[15 * i : 15 * i + 15] for i in range(64)]


def _accumulate(start: Point, table: Table, scalar: int) -> Point:
    """start + [scalar]point for the table's point and a scalar below 2^256."""
    x, y, z, t = start
    for row in table:
        digit = scalar & 15
        scalar >>= 4
        if digit:
            plus, minus, t2d = row[digit - 1]
            m = (y - x) * minus % P
            n = (y + x) * plus % P
            c = t * t2d % P
            k = 2 * z
            e, f, g, h = n - m, k - c, k + c, n + m
            x, y, z, t = e * f % P, g * h % P, f * g % P, e * h % P
    return x, y, z, t


@lru_cache(maxsize=1)
def _base_table() -> Table:
    y = 4 * pow(5, P - 2, P) % P
    x = _recover_x(y, 0)
    assert x is not None
    return _table((x, y, 1, x * y % P))


@lru_cache(maxsize=512)
def _key_table(public: bytes) -> Table | None:
    """The table of the opposite of a key that may be used, else None."""
    point = decode(public)
    if point is None or is_small_order(point):
        return None
    return _table(negate(point))


def is_good_key(public: bytes) -> bool:
    """Whether the key is a canonical encoding of a point that is not of small order."""
    point = decode(public)
    return point is not None and not is_small_order(point)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature verifies strictly."""
    if len(public) != 32 or len(signature) != 64:
        return False
    encoded_r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    table = _key_table(public)
    r = decode(encoded_r)
    if table is None or r is None or is_small_order(r):
        return False
    digest = hashlib.sha512(encoded_r + public + message).digest()
    k = int.from_bytes(digest, "little") % L
    x, y, z, _ = _accumulate(_accumulate(IDENTITY, _base_table(), s), table, k)
    return (x - r[0] * z) % P == 0 and (y - r[1] * z) % P == 0


def _expand(seed: bytes) -> tuple[int, bytes]:
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & (2**254 - 8) | 2**254, digest[32:]


def public_key(seed: bytes) -> bytes:
    """The public key of a 32-byte seed."""
    return encode(_accumulate(IDENTITY, _base_table(), _expand(seed)[0]))


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature that RFC 8032 gives; for tests, not constant in time."""
    scalar, prefix = _expand(seed)
    public = public_key(seed)
    r = int.from_bytes(hashlib.sha512(prefix + message).digest(), "little") % L
    encoded_r = encode(_accumulate(IDENTITY, _base_table(), r))
    k = int.from_bytes(hashlib.sha512(encoded_r + public + message).digest(), "little") % L
    return encoded_r + ((r + k * scalar) % L).to_bytes(32, "little")
