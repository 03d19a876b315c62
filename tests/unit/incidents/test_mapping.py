"""Mappings are checked as a whole before a row is read."""

from pathlib import Path

import pytest

from gis.kernel.errors import InvalidInput
from incidents.imports.mapping import load_mapping
from tests.shape.tree import ROOT

GOOD = """
[columns]
external_id = "id"
received_at = "at"
description = ["a", "b"]
lon = "x"
lat = "y"
category = "c"
[category]
" Broken Road " = { kind = "livelihood", category = "B0201" }
"""


def load(folder: Path, text: str) -> object:
    (folder / "m.toml").write_text(text, encoding="utf-8")
    return load_mapping(folder / "m.toml")


def test_every_mapping_that_is_shipped_can_be_read() -> None:
    shipped = sorted((ROOT / "fixtures" / "imports").glob("*.toml"))
    assert len(shipped) >= 4
    for path in shipped:
        assert load_mapping(path).columns["external_id"]


def test_values_are_known_without_regard_to_case(tmp_path: Path) -> None:
    mapping = load(tmp_path, GOOD)
    assert list(mapping.categories) == ["broken road"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ('external_id = "id"', "", "external_id"),
        ('category = "c"', "", "other"),
        ('lat = "y"', "", "lat"),
        ('lat = "y"', 'lat = "y"\npoint = "p"', "point"),
        ('lon = "x"', 'lon = ["x", "z"]', "lon"),
        ("[columns]", "[colums]", "colums"),
        ('lon = "x"', 'lon = "x"\nlng = "x"', "lng"),
        ("livelihood", "leisure", "Broken Road"),
        ("[category]", '[position]\ndatum = "nad27"\n[category]', "datum"),
        ("[category]", '[position]\npoint_order = "yx"\n[category]', "point_order"),
        ("[category]", "[position]\nplaceholders = [1, 2]\n[category]", "placeholders"),
        ("[category]", '[time]\nzone = "Mars/Olympus"\n[category]', "Mars"),
        ("[category]", '[file]\ndelimiter = "::"\n[category]', "delimiter"),
        ("[category]", "[category", "TOML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, named: str) -> None:
    assert old in GOOD
    with pytest.raises(InvalidInput, match=named):
        load(tmp_path, GOOD.replace(old, new))
