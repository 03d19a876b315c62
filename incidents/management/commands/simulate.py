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
from incidents.simulation.living import live
from incidents.simulation.releasing import days_at, release_day
from incidents.simulation.site import DEFAULT_FOLDER, simulated_living, simulated_place
from patrols.simulation.releasing import simulate_patrols


class Command(BaseCommand):
    help = "模拟今天到此刻的诉求与巡查 (simulate today up to now); --day 模拟过去一整天"

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
            days = [options["day"]] if options["day"] else days_at(place, now)
            reports = fixes = 0
            until = now
            for day in days:
                until = min(_end_of(day, ZoneInfo(place.time_zone)), now)
                reports += release_day(place, profile, day=day, now=until)
                fixes += simulate_patrols(place, day=day, until=until)
            living = simulated_living(options["profile"])
            deeds = live(place, living, now=until) if living is not None else 0
        except WanggeError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{place.name}：新增模拟诉求 {reports} 件、办理 {deeds} 步、巡查位置 {fixes} 个"
            " (simulated reports, steps taken and positions added)"
        )


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
