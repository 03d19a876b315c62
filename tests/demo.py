"""The demonstration district, built once for all tests of a run."""

from functools import cache
from pathlib import Path

from grids.demo.build import DemoDistrict, build_district
from grids.demo.profile import load_profile

PROFILE = Path(__file__).resolve().parents[1] / "fixtures" / "laoshan"


@cache
def demo_district() -> DemoDistrict:
    """Build the district of the Laoshan profile; about ten seconds the first time."""
    return build_district(load_profile(PROFILE))
