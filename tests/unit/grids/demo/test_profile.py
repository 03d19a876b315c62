"""A profile that cannot be built is refused with the file and the field."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gis.kernel.errors import InvalidInput
from grids.demo.profile import load_profile
from tests.demo import PROFILE

Change = Callable[[str, str, str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Change:
    """Copy the profile and replace one text in one of its files."""

    def change(name: str, text: str, by: str) -> Path:
        folder = shutil.copytree(PROFILE, tmp_path / "place")
        content = (folder / name).read_text(encoding="utf-8")
        assert text in content
        (folder / name).write_text(content.replace(text, by, 1), encoding="utf-8")
        return folder

    return change


def test_the_digest_names_the_content(changed: Change) -> None:
    same = load_profile(PROFILE).digest
    assert load_profile(PROFILE).digest == same
    assert load_profile(changed("names.toml", "综合行政执法局", "执法局")).digest != same


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"anchors\.csv"):
        load_profile(tmp_path)


@pytest.mark.parametrize(
    ("name", "text", "by", "says"),
    [
        ("anchors.csv", "120.4909,36.0980", "120.9909,36.0980", "石老人"),
        ("anchors.csv", "370212005008", "370212005999", "370212005999"),
        ("communities.csv", "370212001002,", "370212001001,", "twice"),
        ("demo.toml", 'grid = "370212005019009"', 'grid = "370212005999009"', "亚麦山城"),
        ("demo.toml", 'grid = "370212005019009"', 'grid = "37021200501900"', "15 digits"),
        ("subdistricts.geojson", "[120.487,36.131]", "[120.486,36.131]", "share nodes"),
    ],
)
def test_what_does_not_fit_is_named(
    changed: Change, name: str, text: str, by: str, says: str
) -> None:
    with pytest.raises(InvalidInput, match=says):
        load_profile(changed(name, text, by))
