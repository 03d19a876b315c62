"""The digest of a set: order plays no part, and what is taken out is gone."""

import random

from gis.kernel.set_digest import _PRIME, EMPTY, changed


def test_the_modulus_passes_for_a_prime() -> None:
    assert all(pow(base, _PRIME - 1, _PRIME) == 1 for base in (2, 3, 5))


def test_order_plays_no_part() -> None:
    things = [str(n).encode() for n in range(50)]
    mixed = random.Random(1).sample(things, len(things))
    assert changed(EMPTY, put=things) == changed(EMPTY, put=mixed) < _PRIME


def test_changing_is_the_same_as_beginning_anew() -> None:
    whole = changed(EMPTY, put=[b"a", b"b", b"c"])
    assert changed(whole, put=[b"B"], taken=[b"b"]) == changed(EMPTY, put=[b"c", b"a", b"B"])
    assert changed(whole, taken=[b"c", b"b", b"a"]) == EMPTY


def test_sets_that_differ_have_other_digests() -> None:
    sets = [[], [b"a"], [b"b"], [b"a", b"b"], [b"ab"], [b"a", b"a"]]
    assert len({changed(EMPTY, put=each) for each in sets}) == len(sets)
