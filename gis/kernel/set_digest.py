"""One number for a set of many things, that follows when a few of them change.

Multiset hashing by multiplication modulo a prime (MuHash): every thing is hashed to a number, the
set's is the product. Order plays no part, a thing is taken out by its inverse, and to find two sets
of the same product is as hard as discrete logarithms modulo 3072 bits.
"""

import hashlib
from collections.abc import Iterable

__all__ = ["EMPTY", "changed"]

# A prime so close below a power of two that a product is reduced by two shifts.
_BITS = 3072
_DISTANCE = 1_103_717
_PRIME: int = 2**_BITS - _DISTANCE
_MASK: int = 2**_BITS - 1
EMPTY = 1


def changed(number: int, *, put: Iterable[bytes] = (), taken: Iterable[bytes] = ()) -> int:
    """Return the number of a set after some things were put in and others taken out.

    >>> changed(changed(EMPTY, put=[b"a", b"b"]), taken=[b"b"]) == changed(EMPTY, put=[b"a"])
    True
    """
    above, below = _product(number, put), _product(1, taken)
    inverse: int = pow(below, -1, _PRIME)
    return above * inverse % _PRIME


def _product(number: int, things: Iterable[bytes]) -> int:
    for thing in things:
        # Nothing hashes to 0, or to a multiple of the prime, with any likelihood worth a branch.
        hashed = int.from_bytes(hashlib.shake_256(thing).digest(_BITS // 8), "little")
        number *= hashed
        number = (number & _MASK) + (number >> _BITS) * _DISTANCE
        number = (number & _MASK) + (number >> _BITS) * _DISTANCE
    return number
