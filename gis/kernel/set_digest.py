"""One number for a set of many things, that follows when a few of them change.

Multiset hashing by multiplication modulo a prime (MuHash): every thing is hashed to a number, the
set's is the product. Order plays no part, a thing is taken out by its inverse, and to find two sets
of the same product is as hard as discrete logarithms modulo 3072 bits.
"""

import hashlib
from collections.abc import Iterable

__all__ = ["EMPTY", "added", "without"]

# A prime so close below a power of two that a product is reduced by two shifts.
_BITS = 3072
_DISTANCE = 1_103_717
_PRIME: int = 2**_BITS - _DISTANCE
_MASK: int = 2**_BITS - 1
EMPTY = 1


def added(number: int, things: Iterable[bytes]) -> int:
    """Return the number of a set with some more things in it.

    >>> added(added(EMPTY, [b"a"]), [b"b"]) == added(EMPTY, [b"b", b"a"])
    True
    """
    for thing in things:
        # Nothing hashes to 0, or to a multiple of the prime, with any likelihood worth a branch.
        hashed = int.from_bytes(hashlib.shake_256(thing).digest(_BITS // 8), "little")
        number *= hashed
        number = (number & _MASK) + (number >> _BITS) * _DISTANCE
        number = (number & _MASK) + (number >> _BITS) * _DISTANCE
    return number % _PRIME


def without(number: int, part: int) -> int:
    """Return the number of a set without a part of it; its inverse costs as much as 50 things.

    >>> without(added(EMPTY, [b"a", b"b"]), added(EMPTY, [b"b"])) == added(EMPTY, [b"a"])
    True
    """
    inverse: int = pow(part, -1, _PRIME)
    return number * inverse % _PRIME
