"""Instants in the formats that others write."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from incidents.imports.positions import Refused
from incidents.imports.times import instant_of, require_lived

BOSTON = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("01/22/2015 10:01:22 AM", ["%Y-%m-%d", "%m/%d/%Y %I:%M:%S %p"]),
        ("2015-01-22 10:01:22", ["iso"]),
        ("2015-01-22T15:01:22Z", ["iso"]),
        (" 1421938882 ", ["epoch"]),
        ("1421938882000", ["epoch_ms"]),
        ("2015年01月22日 10:01:22", ["%Y年%m月%d日 %H:%M:%S"]),
    ],
)
def test_every_format_gives_the_same_instant(text: str, formats: list[str]) -> None:
    at = instant_of("t", text, formats, BOSTON)
    assert at == datetime(2015, 1, 22, 15, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2015-13-01", "1e300"])
def test_what_fits_no_format_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        instant_of("t", text, ["iso", "epoch"], BOSTON)


@pytest.mark.parametrize("year", [1969, 2031])
def test_what_cannot_have_been_is_refused(year: int) -> None:
    with pytest.raises(Refused):
        require_lived("t", datetime(year, 5, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC))
