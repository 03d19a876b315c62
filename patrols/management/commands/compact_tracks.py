"""`manage.py compact_tracks`: make the tracks of shifts that are over, as beat does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from patrols.services.compacting import compact_due


class Command(BaseCommand):
    help = "压缩已结束班次的轨迹 (compact the tracks of shifts that are over)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, help="最多几个班次 (at most so many shifts)")

    def handle(self, *args: Any, **options: Any) -> None:
        done = compact_due(now=timezone.now(), most=options["most"])
        self.stdout.write(f"已压缩 {done} 个班次的轨迹 (tracks of {done} shifts)")
