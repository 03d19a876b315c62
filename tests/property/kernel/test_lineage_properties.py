"""Lineage for any two divisions of the same blocks."""

from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.kernel.lineage import inherit_codes, lineage_of_blocks

blocks = st.lists(
    st.tuples(
        st.sampled_from("ABCDE"),
        st.sampled_from("ABCDEF"),
        st.floats(0.1, 100),
        st.integers(0, 50),
    ),
    min_size=1,
    max_size=40,
)


@given(blocks)
def test_every_share_is_accounted_for(rows: list[tuple[str, str, float, int]]) -> None:
    old, new, area, people = zip(*rows, strict=True)
    links = lineage_of_blocks(old, new, np.array(area), np.array(people, dtype=float))
    assert {(link.old, link.new) for link in links} == set(zip(old, new, strict=True))
    out: dict[str, float] = defaultdict(float)
    into: dict[str | None, float] = defaultdict(float)
    for link in links:
        out[link.old] += link.area_share_of_old
        into[link.new] += link.area_share_of_new or 0
    assert all(total == pytest.approx(1) for total in [*out.values(), *into.values()])


@given(blocks)
def test_going_back_turns_every_relation_round(rows: list[tuple[str, str, float, int]]) -> None:
    old, new, area, _ = zip(*rows, strict=True)
    turned = {"split": "merge", "merge": "split", "same": "same", "rename": "rename"}
    there = {(k.old, k.new): k.relation for k in lineage_of_blocks(old, new, np.array(area))}
    back: dict[tuple[str, str | None], str] = {}
    for k in lineage_of_blocks(new, old, np.array(area)):
        assert k.new is not None
        back[k.new, k.old] = k.relation
    for pair, relation in there.items():
        if relation in turned:
            assert back[pair] == turned[relation]
        else:
            assert back[pair] in ("shift", "retire")


@given(blocks)
def test_a_code_is_kept_once_and_by_a_majority(rows: list[tuple[str, str, float, int]]) -> None:
    old, new, area, people = zip(*rows, strict=True)
    groups = ["ABCDEF".index(n) for n in new]
    kept = inherit_codes(old, groups, np.array(people, dtype=float), np.array(area))
    assert len(set(kept.values())) == len(kept)
    for group, code in kept.items():
        lived = sum(p for o, p in zip(old, people, strict=True) if o == code)
        stayed = sum(
            p for o, g, p in zip(old, groups, people, strict=True) if (o, g) == (code, group)
        )
        assert 2 * stayed >= lived
