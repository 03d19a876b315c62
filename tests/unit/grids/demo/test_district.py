"""The demonstration district holds what its profile and the README promise."""

import os
import subprocess
import sys
from collections import Counter, defaultdict

import numpy as np
import pyproj
import pytest
import shapely
from numpy.typing import NDArray

from gis.kernel.codes import parse_grid_code
from grids.demo.build import DemoDistrict
from tests.demo import PROFILE, demo_district

FloatArray = NDArray[np.float64]
TO_METRES = pyproj.Transformer.from_crs(4326, 4549, always_xy=True)


def metres(lonlat: FloatArray) -> FloatArray:
    return np.stack(TO_METRES.transform(lonlat[:, 0], lonlat[:, 1]), axis=1)


@pytest.fixture(scope="module")
def built() -> DemoDistrict:
    return demo_district()


def levels(built: DemoDistrict) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Per level its polygons and every block's place among them."""
    first, second = built.divisions
    return {
        "subdistricts": (built.subdistricts, built.subdistrict),
        "communities": (built.communities, built.community),
        "2021": (built.grids[0], first.grid),
        "2022": (built.grids[1], second.grid),
    }


def test_facts(built: DemoDistrict) -> None:
    west = [code for code in built.divisions[1].codes if code[6:9] in ("001", "005")]
    facts = {
        "blocks": len(built.blocks),
        "communities": len(built.communities),
        "subdistricts": len(built.subdistricts),
        "grids": [len(d.codes) for d in built.divisions],
        "grids in the west": len(west),
        "dedicated": sum(built.divisions[1].dedicated),
        "households": int(built.population.households.sum()),
        "people": int(built.population.people.sum()),
        "lineage": dict(sorted(Counter(link.relation for link in built.lineage).items())),
        "users": len(built.staff.users),
        "posts": len(built.staff.posts),
        "units": len(built.staff.units),
        "stations": len(built.stations),
    }
    assert facts == {
        "blocks": 10000,
        "communities": 167,
        "subdistricts": 5,
        "grids": [686, 863],
        "grids in the west": 466,
        "dedicated": 6,
        "households": 172013,
        "people": 463877,
        "lineage": {
            "merge": 24,
            "rename": 4,
            "retire": 8,
            "same": 364,
            "shift": 145,
            "split": 384,
        },
        "users": 1361,
        "posts": 2029,
        "units": 187,
        "stations": 473,
    }


def test_area_is_that_of_the_district(built: DemoDistrict) -> None:
    rings = [shapely.transform(s.ring, metres) for s in built.profile.subdistricts]
    assert shapely.area(rings).sum() / 1e6 == pytest.approx(388, abs=10)
    assert built.area_m2.sum() / 1e6 == pytest.approx(388, abs=10)
    west = built.area_m2[np.isin(built.subdistrict, [0, 4])].sum()
    assert west / built.area_m2.sum() == pytest.approx(0.16, abs=0.005)


@pytest.mark.parametrize("level", ["subdistricts", "communities", "2021", "2022"])
def test_each_level_is_the_exact_union_of_its_blocks(built: DemoDistrict, level: str) -> None:
    polygons, label = levels(built)[level]
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    for index, polygon in enumerate(polygons):
        blocks = built.blocks[label == index]
        vertices = set(map(tuple, shapely.get_coordinates(blocks)))
        assert set(map(tuple, shapely.get_coordinates(polygon))) <= vertices
        assert polygon.area == pytest.approx(shapely.area(blocks).sum(), abs=1e-14)


def test_levels_nest(built: DemoDistrict) -> None:
    codes = np.array([code for code, _ in built.profile.communities])
    subs = np.array([s.code for s in built.profile.subdistricts])
    of_community = codes[built.community]
    assert (subs[built.subdistrict] == [code[:9] for code in of_community]).all()
    for division in built.divisions:
        of_grid = np.array(division.codes)[division.grid]
        assert (of_community == [code[:12] for code in of_grid]).all()


def test_rings_keep_their_nodes(built: DemoDistrict) -> None:
    for sub, polygon in zip(built.profile.subdistricts, built.subdistricts, strict=True):
        nodes = set(map(tuple, shapely.get_coordinates(sub.ring)))
        assert 20 <= len(nodes) <= 40
        assert all(round(v, 3) == v for node in nodes for v in node)
        assert nodes <= set(map(tuple, shapely.get_coordinates(polygon)))


def test_coordinates_have_seven_decimals(built: DemoDistrict) -> None:
    xy = shapely.get_coordinates(built.blocks)
    assert (np.round(xy, 7) == xy).all()


def test_grids_have_some_60_to_300_vertices(built: DemoDistrict) -> None:
    counts = shapely.get_num_coordinates(built.grids[1]) - 1
    assert counts.min() >= 60
    assert np.percentile(counts, 95) <= 300


def test_pinned_circle_lies_in_its_grid(built: DemoDistrict) -> None:
    circle = shapely.Point(metres(np.array([[120.41495, 36.07064]]))[0]).buffer(150, quad_segs=64)
    for division, grids in zip(built.divisions, built.grids, strict=True):
        grid = grids[division.codes.index("370212005019009")]
        assert shapely.transform(grid, metres).contains(circle)
    names = dict(built.profile.communities)
    assert names["370212005019"] == "海大麦岛社区"


def test_first_edition_numbers_each_community_from_one(built: DemoDistrict) -> None:
    numbers: dict[str, list[int]] = {}
    for code in built.divisions[0].codes:
        numbers.setdefault(code[:12], []).append(parse_grid_code(code).sequence)
    assert len(numbers) == 167
    assert all(n == list(range(1, len(n) + 1)) for n in numbers.values())


def test_a_code_stays_where_most_of_its_people_stay(built: DemoDistrict) -> None:
    first, second = built.divisions
    old, new = (np.array(d.codes)[d.grid] for d in (first, second))
    people = built.population.people
    for code in set(first.codes) & set(second.codes):
        lived = people[old == code].sum()
        assert people[(old == code) & (new == code)].sum() >= 0.5 * lived
    gone, come = set(first.codes) - set(second.codes), set(second.codes) - set(first.codes)
    for code in come:  # a new code follows every number its community ever used
        used = {c for c in first.codes if c[:12] == code[:12]}
        assert code > max(used)
    assert gone


def test_lineage_shares_add_up(built: DemoDistrict) -> None:
    into: dict[str, float] = defaultdict(float)
    out: dict[str, float] = defaultdict(float)
    for link in built.lineage:
        assert link.new is not None
        out[link.old] += link.area_share_of_old
        into[link.new] += link.area_share_of_new or 0.0
    assert set(out) == set(built.divisions[0].codes)
    assert set(into) == set(built.divisions[1].codes)
    assert all(total == pytest.approx(1) for total in [*out.values(), *into.values()])


def test_staff(built: DemoDistrict) -> None:
    staff, codes = built.staff, built.divisions[1].codes
    workers = Counter(p.at for p in staff.posts if (p.role, p.kind) == ("worker", "principal"))
    assert max(workers.values()) == 1
    assert len(codes) - len(workers) == 18
    heads = Counter(p.at for p in staff.posts if p.role == "grid_head")
    assert heads == Counter(codes)
    assert {u.username for u in staff.users if u.login} == {
        "admin", "centre", "subdistrict", "community", "handler", "worker", "planner", "leader",
    }  # fmt: skip
    assert {p.at for p in staff.posts if p.username == "worker"} == {"370212005019009"}
    (leave,) = staff.leaves
    away = next(p.at for p in staff.posts if p.username == leave.username)
    assert [p.at for p in staff.posts if p.kind == "cover"] == [away]
    (default,) = [u for u in staff.units if u.is_default]
    assert ("handler", default.code) in {(p.username, p.at) for p in staff.posts}
    assert len({u.username for u in staff.users}) == len(staff.users)


def test_stations_lie_in_their_regions(built: DemoDistrict) -> None:
    names = [c for c, _ in built.profile.communities], [s.code for s in built.profile.subdistricts]
    ground = dict(zip(names[0], built.communities, strict=True))
    ground |= dict(zip(names[1], built.subdistricts, strict=True))
    ground |= dict(zip(built.divisions[1].codes, built.grids[1], strict=True))
    ground["370212"] = shapely.union_all(built.subdistricts)
    counts = Counter(s.level for s in built.stations)
    assert counts == {"district": 1, "subdistrict": 5, "community": 167, "grid": 300}
    for station in built.stations:
        assert shapely.contains_xy(ground[station.code], station.lon, station.lat), station.code
        assert station.services


def test_another_process_builds_the_same_bytes(built: DemoDistrict) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from grids.demo.build import build_district; from grids.demo.profile import load_profile;"
        "print(build_district(load_profile(Path(sys.argv[1]))).digest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "4242"}
    run = subprocess.run(
        [sys.executable, "-c", script, str(PROFILE)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        cwd=PROFILE.parents[1],
    )
    assert run.stdout.strip() == built.digest()
