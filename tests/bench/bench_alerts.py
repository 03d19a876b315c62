"""How long it takes to derive the alerts of a district whose 863 grids are all walked.

    make bench ARGS=alerts

The demonstration's district, a worker on shift for every staffed grid with a fix every 10 s for 50
minutes; first nobody stands outside, then some do, then all. The first round opens the alerts; the
median of the others is what every minute costs.
"""

import os
import time
from datetime import datetime, timedelta

import numpy as np
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from grids.choices import PostKind, Role
from grids.models import Edition, Grid, Post
from patrols.choices import DatumCode
from patrols.models import Alert, Shift
from patrols.services.alerts import derive_alerts
from patrols.services.fixes import FixColumns, write_fixes

EVERY_S, FIXES, ROUNDS = 10, 300, 6


def main() -> None:
    """Print the table."""
    held = str(connection.settings_dict["NAME"])
    connection.settings_dict["TEST"]["NAME"] = "bench_alerts"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("load_demo", verbosity=0)
        edition = Edition.objects.select_related("place").get(state="in_force")
        people = staffed(edition)
        print(
            f"{len(people)} workers, {len(people) * FIXES:,} fixes, load {os.getloadavg()[0]:.1f}"
        )
        for outside in (0, 20, len(people)):
            # Each in a transaction that is undone: the next begins without its fixes.
            with transaction.atomic():
                measure(edition, people, outside, timezone.now())
                transaction.set_rollback(True)
    finally:
        connection.creation.destroy_test_db(held, verbosity=0)


def staffed(edition: Edition) -> list[tuple[int, float, float]]:
    """A worker for each grid that has one, and a point inside: WGS-84 degrees."""
    grids = {one.pk: one.geometry.point_on_surface for one in Grid.objects.of(edition)}
    posts = Post.objects.at(timezone.now()).filter(
        role=Role.WORKER, kind=PostKind.PRINCIPAL, grid__in=list(grids)
    )
    found = dict(posts.order_by("-grid__code").values_list("user", "grid"))
    return [(user, grids[grid].x, grids[grid].y) for user, grid in found.items()]


def measure(
    edition: Edition, people: list[tuple[int, float, float]], outside: int, now: datetime
) -> None:
    begun = now - timedelta(seconds=EVERY_S * FIXES)
    Shift.objects.bulk_create(
        Shift(
            place=edition.place, worker_id=user, device="bench", started_at=begun,
            start_received_at=begun,
        )
        for user, _, _ in people
    )  # fmt: skip
    write_fixes(fixes_of(people, outside, now), now=now)
    took = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        derive_alerts(edition, now=now + timedelta(seconds=number))
        took.append((time.perf_counter() - began) * 1e3)
    there = Alert.objects.open().filter(kind="out_of_grid").count()
    later = np.median(took[1:])
    print(f"{outside:4} outside: first {took[0]:6.0f} ms, then {later:6.0f} ms ({there} alerts)")


def fixes_of(people: list[tuple[int, float, float]], outside: int, now: datetime) -> FixColumns:
    rng = np.random.default_rng(7)
    count = len(people) * FIXES
    number = np.tile(np.arange(FIXES), len(people))
    worker, lon, lat = (np.repeat(np.array(one), FIXES) for one in zip(*people, strict=True))
    # Far to the east within ten minutes, at the pace of a car.
    gone = np.repeat(np.arange(len(people)) < outside, FIXES) * np.clip(number / 120, 0, 1) * 0.2
    ends_us = round(now.timestamp() * 1e6)
    unknown: NDArray[np.float64] = np.full(count, np.nan)
    return FixColumns(
        worker=worker.astype(np.int64),
        device=np.full(count, "bench"),
        sequence=np.arange(count, dtype=np.int64),
        at_us=ends_us - (FIXES - number) * EVERY_S * 1_000_000,
        lon=lon + gone + rng.normal(0, 2e-5, count),
        lat=lat + rng.normal(0, 2e-5, count),
        datum=np.full(count, DatumCode.WGS84.value, np.int16),
        accuracy_m=np.full(count, 6.0),
        speed_mps=unknown,
        heading_deg=unknown,
        battery=unknown,
    )


if __name__ == "__main__":
    main()
