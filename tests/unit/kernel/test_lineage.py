"""What became of a grid, told from blocks and from polygons."""

import numpy as np
import pytest
import shapely

from gis.kernel.errors import InvalidInput
from gis.kernel.lineage import Link, inherit_codes, lineage_of_blocks, lineage_of_polygons

ONE = np.ones


def told(links: list[Link]) -> set[tuple[str, str | None, str]]:
    return {(link.old, link.new, link.relation) for link in links}


def of(old: str, new: str) -> set[tuple[str, str | None, str]]:
    """Lineage of one letter per block; ``.`` is no grid."""
    codes = [[None if c == "." else c for c in text] for text in (old, new)]
    return told(lineage_of_blocks(codes[0], codes[1], ONE(len(old))))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("AABB", "AABB", {("A", "A", "same"), ("B", "B", "same")}),
        ("AABB", "AACC", {("A", "A", "same"), ("B", "C", "rename")}),
        ("AAAA", "AACC", {("A", "A", "split"), ("A", "C", "split")}),
        ("AABB", "AAAA", {("A", "A", "merge"), ("B", "A", "merge")}),
        ("AAABBB", "AABBBB", {("A", "A", "shift"), ("A", "B", "shift"), ("B", "B", "shift")}),
        (
            "AABBCC",
            "AAACCC",
            {("A", "A", "shift"), ("B", "A", "retire"), ("B", "C", "retire"), ("C", "C", "shift")},
        ),
        ("AABB", "AA..", {("A", "A", "same"), ("B", None, "retire")}),
        ("AA..", "AABB", {("A", "A", "same")}),
    ],
)
def test_relations(old: str, new: str, expected: set[tuple[str, str | None, str]]) -> None:
    assert of(old, new) == expected


def test_a_split_that_also_loses_ground_is_a_split_and_a_shift() -> None:
    assert of("AAAAABB", "AACCBBB") == {
        ("A", "A", "split"),
        ("A", "C", "split"),
        ("A", "B", "shift"),
        ("B", "B", "shift"),
    }


def test_another_name_is_a_rename() -> None:
    links = lineage_of_blocks(
        ["A", "B"], ["A", "B"], ONE(2),
        old_names={"A": "北", "B": "南"}, new_names={"A": "北", "B": "市场"},
    )  # fmt: skip
    assert told(links) == {("A", "A", "same"), ("B", "B", "rename")}


def test_shares_of_area_and_people() -> None:
    (stay, leave, grow) = lineage_of_blocks(
        ["A", "A", "B"], ["A", "B", "B"], np.array([3.0, 1.0, 4.0]), np.array([10.0, 30.0, 0.0])
    )
    assert (stay.old, stay.new, leave.new, grow.old) == ("A", "A", "B", "B")
    assert (stay.area_share_of_old, stay.area_share_of_new) == (0.75, 1.0)
    assert (leave.area_share_of_old, leave.area_share_of_new) == (0.25, 0.2)
    assert (stay.people_share_of_old, leave.people_share_of_old) == (0.25, 0.75)
    assert leave.people_share_of_new == 1.0
    assert grow.people_share_of_old is None  # nobody lived there


def test_unequal_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match="one entry per block"):
        lineage_of_blocks(["A"], ["A", "B"], ONE(2))


def test_polygons_tell_the_same_as_blocks() -> None:
    old = {"A": shapely.box(0, 0, 2, 1), "B": shapely.box(2, 0, 4, 1)}
    new = {
        "A": shapely.box(0, 0, 1, 1),
        "C": shapely.box(1, 0, 2, 1),
        "B": shapely.box(2.0001, 0, 4, 1),  # drawn again, a hair smaller
    }
    links = lineage_of_polygons(old, new, old_people={"A": 100.0, "B": 50.0})
    assert told(links) == {("A", "A", "split"), ("A", "C", "split"), ("B", "B", "same")}
    assert links[0].people_share_of_old == pytest.approx(0.5)
    assert links[0].people_share_of_new == pytest.approx(1.0)
    assert lineage_of_polygons(old, new)[0].people_share_of_old is None


def test_ground_that_nobody_holds_any_more_is_retired() -> None:
    old = {"A": shapely.box(0, 0, 2, 1), "B": shapely.box(2, 0, 4, 1)}
    links = lineage_of_polygons(old, {"A": shapely.box(0, 0, 3, 1)})
    assert told(links) == {
        ("A", "A", "shift"),
        ("B", "A", "retire"),
        ("B", None, "retire"),
    }
    assert links[-1].area_share_of_old == pytest.approx(0.5)


def test_a_code_follows_most_of_its_people() -> None:
    area = ONE(4)
    people = np.array([1.0, 9.0, 5.0, 5.0])
    assert inherit_codes(["A"] * 4, [0, 0, 1, 1], people, area) == {0: "A"}
    assert inherit_codes(["A"] * 4, [0, 1, 0, 0], people, area) == {0: "A"}
    # Of two that merge, the one that brings most people gives the code.
    assert inherit_codes(["A", "A", "B", "B"], [0] * 4, np.array([1, 1, 5, 5.0]), area) == {0: "B"}
    # A third each: nobody keeps it.
    assert inherit_codes(["A"] * 3, [0, 1, 2], ONE(3), ONE(3)) == {}
    # Where nobody lives, the ground decides.
    assert inherit_codes(["A"] * 3, [0, 1, 1], np.zeros(3), ONE(3)) == {1: "A"}
