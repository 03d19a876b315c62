"""`manage.py simulate`: the demonstration's day up to now, or a whole day of the past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.errors import WanggeError
from incidents.simulation.releasing import release, release_day
from incidents.simulation.site import DEFAULT_FOLDER, simulated_place


class Command(BaseCommand):
    help = "模拟今天到此刻的诉求 (simulate today's reports up to now); --day 模拟过去一整天"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--profile", type=Path, default=DEFAULT_FOLDER, help="地区档案目录")
        parser.add_argument(
            "--day", type=date.fromisoformat, help="过去的一天 (a day of the past), 2026-11-26"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("只在演示安装中可用 (only in a demonstration)")
        try:
            found = simulated_place(options["profile"])
            if found is None:
                raise CommandError(f"{options['profile']} 没有 history.toml (no patterns)")
            place, profile = found
            now = timezone.now()
            if options["day"] is None:
                count = release(place, profile, now=now)
            else:
                until = _end_of(options["day"], ZoneInfo(place.time_zone))
                count = release_day(place, profile, day=options["day"], now=min(until, now))
        except WanggeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{place.name}：新增 {count} 件模拟诉求 (simulated reports added)")


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
