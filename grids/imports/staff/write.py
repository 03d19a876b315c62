"""Writing people and posts, all or nothing."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from gis.ledger.services import audit
from grids.imports.staff.posts import Fault, plan_posts
from grids.imports.staff.sheet import Row
from grids.models import Edition, User

__all__ = ["StaffResult", "import_staff", "write_rejects"]


@dataclass(frozen=True)
class StaffResult:
    """What was written, or would be; nothing when there are faults."""

    users: int
    posts: int
    leaves: int
    faults: list[Fault]


@transaction.atomic
def import_staff(
    rows: Sequence[Row], *, edition: Edition, by: User | None, now: datetime, dry_run: bool
) -> StaffResult:
    """Write the people and posts of `rows`; with any fault, or on a dry run, write nothing."""
    plan = plan_posts(rows, place=edition.place, edition=edition)
    if plan.faults:
        return StaffResult(0, 0, 0, sorted(plan.faults, key=lambda fault: fault.row))
    new = [user for user in plan.users.values() if user.pk is None]
    for user in new:
        user.save()
    for saved, kind in ((plan.posts, "post"), (plan.leaves, "leave")):
        for number, item in saved:
            item.user_id = item.user.pk
            try:
                with transaction.atomic():
                    item.save()
            except IntegrityError as error:
                first = str(error).splitlines()[0]
                transaction.set_rollback(True)
                fault = Fault(number, kind, f"数据库拒绝：{first} (the database refused)")
                return StaffResult(0, 0, 0, [fault])
    audit.record(
        chain=f"place:{edition.place.code}",
        action="staff.imported",
        actor=by,
        at=now,
        data={"users": len(new), "posts": len(plan.posts), "leaves": len(plan.leaves)},
    )
    if dry_run:
        transaction.set_rollback(True)
    return StaffResult(len(new), len(plan.posts), len(plan.leaves), [])


def write_rejects(path: Path, faults: Sequence[Fault]) -> None:
    """A CSV of the rows to mend: row number, column, what to do."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["行 row", "列 column", "问题 problem"])
        writer.writerows([fault.row, fault.column, fault.message] for fault in faults)
