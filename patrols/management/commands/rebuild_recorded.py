"""`manage.py rebuild_recorded`: make again when tracks last came near each cell."""

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from patrols.services import recorded

_SINCE = (
    "从此刻（带时区）起重算，更早的不动；默认从最早的轨迹点起"
    " (from this instant on, with an offset; default: from the oldest fix)"
)


class Command(BaseCommand):
    help = (
        "由轨迹点和走访记录重算各处上次记录的时间；轨迹点已删除的日子保持原样"
        " (make again from fixes and visits when each place was last recorded)"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=_instant, help=_SINCE)

    def handle(self, *_args: Any, **options: Any) -> None:
        hours = recorded.make_again(since=options["since"])
        self.stdout.write(f"已由 {hours} 个小时的轨迹点重算 (from {hours} hours of fixes)")


def _instant(text: str) -> datetime:
    try:
        found = parse_datetime(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise CommandError(f"不是带时区的时刻 (not an instant with an offset): {text}")
    return found
