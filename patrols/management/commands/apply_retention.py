"""`manage.py apply_retention [--dry-run]`: let go of fixes and tracks that are too old."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from patrols.services import retention

MEGABYTE = 1024 * 1024


class Command(BaseCommand):
    help = "按保存期限删除轨迹点、粗化和删除轨迹 (drop fixes, coarsen and delete tracks by age)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="只说不做 (tell only)")
        parser.add_argument("--days", type=int, help="最多几天的轨迹点 (at most so many days)")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            self._tell(retention.waiting(now=now))
            return
        done = retention.apply(now=now, most_days=options["days"])
        self.stdout.write(
            f"压缩 {done.compacted} 个班次；删除 {done.days} 天、{done.fixes} 个轨迹点；"
            f"粗化 {done.coarsened} 条、删除 {done.deleted} 条轨迹；合并 {done.batches} 个批次\n"
            f"{done.compacted} shifts compacted; {done.days} days of {done.fixes} fixes dropped;"
            f" {done.coarsened} tracks coarsened, {done.deleted} deleted; {done.batches} batches"
            " summed up"
        )
        if done.blocked:
            raise CommandError(done.blocked)

    def _tell(self, waits: retention.Waiting) -> None:
        self.stdout.write(f"待压缩的班次 (shifts to compact): {waits.shifts}")
        for day, size in waits.days:
            self.stdout.write(f"待删除 (to drop): {day} {size / MEGABYTE:.1f} MB")
        self.stdout.write(
            f"待粗化的轨迹 (tracks to coarsen): {waits.coarsened}\n"
            f"待删除的轨迹 (tracks to delete): {waits.deleted}\n"
            f"待合并的批次 (batches to sum up): {waits.batches}"
        )
