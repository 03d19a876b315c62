"""The digest of a set: order plays no part, and what is taken out is gone."""

import random

from gis.kernel.set_digest import _PRIME, EMPTY, added, without


def test_the_modulus_passes_for_a_prime() -> None:
    assert all(pow(base, _PRIME - 1, _PRIME) == 1 for base in (2, 3, 5))


def test_order_plays_no_part() -> None:
    things = [str(n).encode() for n in range(50)]
    mixed = random.Random(1).sample(things, len(things))
    assert added(EMPTY, things) == added(EMPTY, mixed) < _PRIME


def test_changing_is_the_same_as_beginning_anew() -> None:
    whole = added(EMPTY, [b"a", b"b", b"c"])
    went = added(EMPTY, [b"b"])
    assert without(added(whole, [b"B"]), went) == added(EMPTY, [b"c", b"a", b"B"])
    assert without(whole, whole) == without(whole, added(went, [b"a", b"c"])) == EMPTY


def test_sets_that_differ_have_other_digests() -> None:
    sets = [[], [b"a"], [b"b"], [b"a", b"b"], [b"ab"], [b"a", b"a"]]
    assert len({added(EMPTY, each) for each in sets}) == len(sets)
