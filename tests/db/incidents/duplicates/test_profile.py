"""The rules for duplicates come from a place's profile, once."""

from pathlib import Path

import pytest

from gis.kernel.errors import InvalidInput
from incidents.duplicates.rules import DEFAULT, thresholds_of
from incidents.models import DuplicateRule
from incidents.services.handling_tables import FILE, load_handling
from tests.factories import District

pytestmark = pytest.mark.django_db
RULES = """
[[duplicate]]
distance_m = 60
[[duplicate]]
category = "S0203"
distance_m = 1
days_open = 90
"""


def test_they_are_loaded_once(district: District, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(RULES, encoding="utf-8")
    assert thresholds_of(district.place).of("S0203") == DEFAULT
    assert load_handling(tmp_path, district.place).duplicates == 2
    assert load_handling(tmp_path, district.place).duplicates == 0
    told = thresholds_of(district.place)
    assert (told.of("S0203").distance_m, told.of("S0203").open_for.days) == (1, 90)
    assert told.of("B0101").distance_m == told.of("").distance_m == 60


def test_an_unknown_name_is_refused(district: District, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("[[duplicate]]\nmetres = 5\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="metres"):
        load_handling(tmp_path, district.place)
    assert not DuplicateRule.objects.exists()


def test_the_profile_of_the_demonstration_is_sound(district: District, tmp_path: Path) -> None:
    text = Path("fixtures/laoshan/handling.toml").read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text[text.index("[[duplicate]]") :], encoding="utf-8")
    assert load_handling(tmp_path, district.place).duplicates == 6
