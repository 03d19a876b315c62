"""A district's day over HTTP: what the service says of it is what PostGIS finds in the table.

Everything here asks the database by itself, in SQL of its own: shares of ground by buffers, who is
nearest by `<->` on the last fixes. The small day is a part of every run; the whole district's is a
proof.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from tests.district_day import BATCH, EVERY_S, MARKED, REFUSED, Day, fill, send
from tests.own_site import own_site

WITHIN_M = 30
# Runs of fixes that are near each other in time and space, in pieces short enough to buffer well.
_COVERAGE = """
WITH fix AS (
    SELECT worker_id, at, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), %(srid)s) AS p
    FROM patrols_fix WHERE flags = 0 AND at >= %(since)s AND at < %(until)s
), step AS (
    SELECT *, row_number() OVER w AS no,
        at - lag(at) OVER w > interval '180 s' OR ST_Distance(p, lag(p) OVER w) > 250 AS apart
    FROM fix WINDOW w AS (PARTITION BY worker_id ORDER BY at)
), run AS (
    SELECT worker_id, no, at, p, count(*) FILTER (WHERE apart) OVER w AS run
    FROM step WINDOW w AS (PARTITION BY worker_id ORDER BY at)
), chunk AS (
    SELECT worker_id, run, no / 60 AS part, ST_MakeLine(p ORDER BY at) AS line FROM (
        SELECT worker_id, run, no, at, p FROM run UNION ALL
        SELECT worker_id, run, no - 1, at, p FROM run WHERE no %% 60 = 0
    ) AS overlapping GROUP BY 1, 2, 3
), land AS (
    SELECT code, ST_Transform(geometry, %(srid)s) AS ground FROM grids_grid
    WHERE code = ANY(%(codes)s) AND edition_id = %(edition)s
)
SELECT code, coalesce((
    SELECT ST_Area(ST_Intersection(ST_Union(ST_Buffer(line, %(within)s, 'quad_segs=32')), ground))
    FROM chunk WHERE ST_DWithin(line, ground, %(within)s)), 0) / ST_Area(ground)
FROM land
"""
_NEAREST = """
SELECT u.username, last.p <-> q AS away FROM grids_user u
JOIN LATERAL (
    SELECT ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), %(srid)s) AS p FROM patrols_fix f
    WHERE f.worker_id = u.id AND f.flags = 0 ORDER BY at DESC LIMIT 1) last ON true,
    ST_Transform(ST_Point(%(lon)s, %(lat)s, 4326), %(srid)s) q
WHERE EXISTS (SELECT FROM patrols_shift s WHERE s.worker_id = u.id AND s.ended_at IS NULL)
ORDER BY away LIMIT 10
"""
# Ground within reach of any good fix or way, of squares of the plane whose middle is.
_RECORDED = """
WITH fix AS (
    SELECT worker_id, at, ST_Transform(ST_SetSRID(ST_MakePoint(lon, lat), 4326), %(srid)s) AS p
    FROM patrols_fix, grids_grid WHERE flags = 0 AND code = %(code)s AND edition_id = %(edition)s
        AND ST_SetSRID(ST_MakePoint(lon, lat), 4326) && ST_Expand(geometry, 0.01)
), step AS (
    SELECT p, lag(p) OVER w AS q, at - lag(at) OVER w AS wait FROM fix
    WINDOW w AS (PARTITION BY worker_id ORDER BY at)
), way AS MATERIALIZED (
    SELECT CASE WHEN wait <= interval '180 s' AND ST_Distance(p, q) <= 250
        THEN ST_MakeLine(q, p) ELSE p END AS line FROM step
), land AS (
    SELECT ST_Transform(geometry, %(srid)s) AS ground FROM grids_grid
    WHERE code = %(code)s AND edition_id = %(edition)s
), near AS MATERIALIZED (
    SELECT line FROM way, land WHERE line && ST_Expand(ground, 100)
)
SELECT coalesce(sum(ST_Area(ST_Intersection(cell.geom, ground))) FILTER (WHERE EXISTS (
    SELECT FROM near WHERE ST_DWithin(line, ST_Centroid(cell.geom), %(within)s))), 0)
    / ST_Area(ground)
FROM land, ST_SquareGrid(50, ground) AS cell GROUP BY ground
"""
# On shift, the newest fix surely outside of all grids of the worker's posts, and so all before it
# for ten minutes.
_OUTSIDE = """
WITH fix AS MATERIALIZED (
    SELECT u.username, f.at, ST_Distance(
        ST_Transform(ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326), %(srid)s), own.ground)
        > f.accuracy_m + 50 AS is_out
    FROM patrols_fix f JOIN grids_user u ON u.id = f.worker_id JOIN LATERAL (
        SELECT ST_Transform(ST_Union(g.geometry), %(srid)s) AS ground FROM grids_post p
        JOIN grids_grid g ON g.id = p.grid_id
        WHERE p.user_id = u.id AND upper_inf(p.during)) own ON true
    WHERE f.flags = 0 AND f.at > %(now)s - interval '25 minutes' AND EXISTS (
        SELECT FROM patrols_shift s WHERE s.worker_id = u.id AND s.ended_at IS NULL)
)
SELECT username FROM (
    SELECT *, max(at) OVER (PARTITION BY username) - at AS before FROM fix) aged
GROUP BY username HAVING bool_and(is_out) FILTER (WHERE before < interval '10 minutes')
    AND bool_or(is_out AND before >= interval '10 minutes' AND before < interval '10 min 10 s')
"""
_DERIVE = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from patrols.services.alerts import derive_everywhere
derive_everywhere(now=timezone.now() + timedelta(minutes={minutes}))
"""


@contextmanager
def lived_through(workers: int, hours: float, *, demo: bool = False) -> Iterator[Day]:
    with own_site("web", WANGGE_WEB_PROCESSES="2") as site:
        day = fill(site, workers, hours, demo=demo)
        send(day)
        yield day


def check_all(day: Day, sample: int) -> None:
    check_what_is_kept(day)
    check_coverage(day, sample)
    check_nearest(day)
    check_tracks(day)
    check_alerts(day)
    check_staleness(day, sample // 4)


def check_what_is_kept(day: Day) -> None:
    """Each fix once, each wrong one under its name, and none outside of a shift."""
    workers = len(day.walkers)
    sent = workers * (day.count + len(REFUSED) + len(MARKED))
    assert day.heard["stored"] == workers * (day.count + len(MARKED))
    # A batch that went out twice is refused twice.
    assert all(workers <= day.heard[name] <= 2 * workers for name in REFUSED)
    assert day.heard["duplicates"] > 0.1 * sent
    ((rows, keys),) = day.site.ask(
        "SELECT count(*), count(DISTINCT (worker_id, device, sequence)) FROM patrols_fix"
    )
    assert rows == keys == day.heard["stored"]
    marked = day.site.ask(
        "SELECT flags, count(*) FROM patrols_fix WHERE flags <> 0 GROUP BY flags ORDER BY flags"
    )
    assert marked == [(flag, workers) for flag in MARKED]
    off = day.site.ask(
        "SELECT f.sequence FROM patrols_fix f WHERE NOT EXISTS (SELECT FROM patrols_shift s"
        " WHERE s.worker_id = f.worker_id AND f.at >= s.started_at"
        " AND (s.ended_at IS NULL OR f.at <= s.ended_at)) LIMIT 3"
    )
    assert off == []


def check_coverage(day: Day, sample: int) -> None:
    """Every local day that the shift touched, on grids chosen at random."""
    edition = _edition(day)
    every = sorted({walker.grid for walker in day.walkers})
    chance = np.random.default_rng(7)
    codes = sorted(chance.choice(every, min(sample, len(every)), replace=False).tolist())
    for since, until in _local_days(day):
        path = f"/api/v1/patrols/coverage?date={since.date()}&within_m={WITHIN_M}"
        told = {row["grid"]: row for row in day.get(path)}
        values = {
            "srid": day.srid_m, "since": since, "until": until, "within": WITHIN_M,
            "codes": codes, "edition": edition,
        }  # fmt: skip
        with day.site.connect() as connection:
            found = dict(connection.execute(_COVERAGE, values).fetchall())
        assert set(found) == set(codes)
        wrong = {
            code: (told[code]["share"], share)
            for code, share in found.items()
            if abs(told[code]["share"] - share) > 0.003
        }
        assert not wrong
        assert max(found.values()) > 0.01


def check_nearest(day: Day) -> None:
    box = np.array([walker.ground.bounds for walker in day.walkers])
    chance = np.random.default_rng(11)
    for _ in range(20):
        walker = day.walkers[chance.integers(len(box))]
        k = int(chance.integers(day.count))
        lon, lat = float(walker.lon[k]), float(walker.lat[k])
        path = f"/api/v1/patrols/nearest?lon={lon}&lat={lat}&datum=wgs84&n=10"
        told = day.get(path)
        with day.site.connect() as connection:
            values = {"srid": day.srid_m, "lon": lon, "lat": lat}
            found = connection.execute(_NEAREST, values).fetchall()
        assert [one["worker"] for one in told] == [name for name, _ in found]
        assert [one["distance_m"] for one in told] == pytest.approx(
            [away for _, away in found], abs=0.06
        )


def check_tracks(day: Day) -> None:
    """A worker's track holds the good fixes of the day and no others, and the look is recorded."""
    walker = day.walkers[0]
    ((name,),) = day.site.ask("SELECT username FROM grids_user WHERE id = %s", walker.pk)
    for since, until in _local_days(day):
        told = day.get(f"/api/v1/patrols/tracks?worker={name}&date={since.date()}")
        points = [
            tuple(point)
            for feature in told["features"]
            for point in (
                [feature["geometry"]["coordinates"]]
                if feature["geometry"]["type"] == "Point"
                else feature["geometry"]["coordinates"]
            )
        ]
        kept = day.site.ask(
            "SELECT lon, lat FROM patrols_fix WHERE worker_id = %s AND flags = 0"
            " AND at >= %s AND at < %s ORDER BY at", walker.pk, since, until,
        )  # fmt: skip
        assert points == [pytest.approx(one, abs=1e-7) for one in kept]
    looks = day.site.ask("SELECT count(*) FROM ledger_auditevent WHERE action = 'track.viewed'")
    assert looks == [(len(_local_days(day)),)]


def check_alerts(day: Day) -> None:
    """Who is outside now, and, when nothing more has come for 21 minutes, who is silent."""
    now = datetime.now(UTC)
    derive(day, 0)
    with day.site.connect() as connection:
        outside = connection.execute(_OUTSIDE, {"srid": day.srid_m, "now": now}).fetchall()
    assert opened(day, "out_of_grid") == {name for (name,) in outside}
    assert 0 < len(outside) < sum(walker.is_on for walker in day.walkers) / 2
    assert opened(day, "no_signal") == set()
    derive(day, 21)
    silent = day.site.ask(
        "SELECT username FROM grids_user u WHERE EXISTS (SELECT FROM patrols_shift s"
        " WHERE s.worker_id = u.id AND s.ended_at IS NULL)"
    )
    assert opened(day, "no_signal") == {name for (name,) in silent}


def derive(day: Day, minutes: int) -> None:
    """What the timed task does, so many minutes from now."""
    done = day.site.run("-c", _DERIVE.format(minutes=minutes))
    assert done.returncode == 0, done.stderr[-2000:]


def opened(day: Day, kind: str) -> set[str]:
    """The workers with an open alert, page by page."""
    found: set[str] = set()
    path = f"/api/v1/patrols/alerts?state=open&kind={kind}&page_size=200&page="
    for page in count(1):
        told = day.get(f"{path}{page}")
        found |= {one["worker"] for one in told["results"]}
        if not told["next"]:
            return found
    raise AssertionError


def check_staleness(day: Day, sample: int) -> None:
    """The share of a grid that was recorded at any time, on a lattice of 50 m."""
    done = day.site.run("manage.py", "rebuild_recorded")
    assert done.returncode == 0, done.stderr[-2000:]
    edition = _edition(day)
    for walker in day.walkers[:: max(1, len(day.walkers) // sample)]:
        told = day.get(f"/api/v1/patrols/staleness?grid={walker.grid}")
        never = sum(
            one["properties"]["share"]
            for one in told["features"]
            if one["properties"]["class"] == "not_recorded"
        )
        values = {
            "srid": day.srid_m, "within": WITHIN_M, "code": walker.grid, "edition": edition,
        }  # fmt: skip
        with day.site.connect() as connection:
            ((share,),) = connection.execute(_RECORDED, values).fetchall()
        assert 1 - never == pytest.approx(share, abs=0.002), walker.grid


def _edition(day: Day) -> int:
    found = day.site.ask(
        "SELECT e.id FROM grids_edition e JOIN grids_grid g ON g.edition_id = e.id"
        " WHERE e.state = 'in_force' AND g.code = %s",
        day.walkers[0].grid,
    )
    return int(found[0][0])


def _local_days(day: Day) -> list[tuple[datetime, datetime]]:
    zone = ZoneInfo("Asia/Shanghai")
    first = day.began.astimezone(zone)
    last = first + timedelta(seconds=day.count * EVERY_S)
    midnight = first.replace(hour=0, minute=0, second=0)
    days = (last.date() - first.date()).days + 1
    return [(midnight + timedelta(days=k), midnight + timedelta(days=k + 1)) for k in range(days)]


def test_a_small_districts_hours() -> None:
    with lived_through(24, BATCH * EVERY_S / 3600) as day:
        check_all(day, 12)


@pytest.mark.proof
def test_the_whole_districts_day() -> None:
    """863 workers, eight hours, a fix every ten seconds: 2.5 million over HTTP."""
    with lived_through(863, 8.0, demo=True) as day:
        assert day.heard["stored"] > 2_400_000
        check_all(day, 60)
