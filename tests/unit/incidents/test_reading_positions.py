"""What is taken for a position, and what only looks like one."""

import pytest

from incidents.imports.positions import Refused, Surroundings, numbers_of, position_of

LAOSHAN = Surroundings(119.9, 35.6, 121.2, 36.8)
BOSTON = Surroundings(-71.4, 42.0, -70.8, 42.6)


@pytest.mark.parametrize(
    ("text", "latitude_first", "expected"),
    [
        ("(42.3588, -71.0677)", True, ("-71.0677", "42.3588")),
        ("120.45,36.07", False, ("120.45", "36.07")),
        ("120.45; 36.07", False, ("120.45", "36.07")),
        ("POINT (120.45 36.07)", True, ("120.45", "36.07")),
        ("point(-71 4.2e1)", False, ("-71", "4.2e1")),
    ],
)
def test_one_cell_holds_both(text: str, latitude_first: bool, expected: tuple[str, str]) -> None:
    assert numbers_of(text, latitude_first=latitude_first) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [("", "missing_position"), ("City Hall", "bad_position"), ("42.3", "bad_position")],
)
def test_a_cell_that_holds_none_is_refused(text: str, kind: str) -> None:
    with pytest.raises(Refused) as refused:
        numbers_of(text, latitude_first=True)
    assert refused.value.kind == kind


def test_a_position_is_taken_as_it_is() -> None:
    assert position_of("120.45", " 36.07 ", placeholders=[], surroundings=LAOSHAN) == (
        120.45, 36.07,
    )  # fmt: skip
    far = position_of("2.35", "48.85", placeholders=[], surroundings=LAOSHAN)
    assert far == (2.35, 48.85)


@pytest.mark.parametrize(
    ("lon", "lat", "kind"),
    [
        ("", "36.07", "missing_position"),
        ("0", "0.0", "missing_position"),
        ("120.45", "0", "missing_position"),
        ("x", "36.07", "bad_position"),
        ("nan", "36.07", "bad_position"),
        ("1e999", "36.07", "bad_position"),
        ("36.07", "120.45", "swapped"),
        ("987551", "218794", "projected"),
        ("40523456.78", "3993210.5", "projected"),
        ("500", "36", "out_of_range"),
    ],
)
def test_what_is_none_is_refused_by_its_kind(lon: str, lat: str, kind: str) -> None:
    with pytest.raises(Refused) as refused:
        position_of(lon, lat, placeholders=[], surroundings=LAOSHAN)
    assert refused.value.kind == kind
    assert refused.value.message


def test_swapped_is_seen_where_both_are_in_range() -> None:
    with pytest.raises(Refused) as refused:
        position_of("42.35", "-71.06", placeholders=[], surroundings=BOSTON)
    assert refused.value.kind == "swapped"


def test_the_default_of_a_geocoder_is_no_position() -> None:
    hall = [(-71.0587, 42.3594)]
    with pytest.raises(Refused) as refused:
        position_of("-71.0587", "42.35940", placeholders=hall, surroundings=BOSTON)
    assert refused.value.kind == "placeholder"
    assert position_of("-71.0588", "42.3594", placeholders=hall, surroundings=BOSTON)
