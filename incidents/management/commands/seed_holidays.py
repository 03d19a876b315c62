"""`manage.py seed_holidays --place P --from 2027`: the public holidays that the library knows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from grids.models import Place
from incidents.services.calendars import reach_of
from incidents.services.handling_tables import seed_holidays


class Command(BaseCommand):
    help = "补录法定节假日与调休 (add public holidays and make-up working days)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument("--from", dest="first", type=int, required=True, help="起始年 (year)")

    def handle(self, *args: Any, **options: Any) -> None:
        place = Place.objects.filter(code=options["place"]).first()
        if place is None:
            raise CommandError(f"没有地区 {options['place']} (no such place)")
        added = seed_holidays(place, options["first"])
        self.stdout.write(f"{place.name}：新增 {added} 天 (days added)")
        reach = reach_of(place, timezone.now())
        if reach.is_short:
            self.stdout.write(
                f"节假日表止于 {reach.known_until}，其后只按星期计算；更新 chinesecalendar"
                " 再运行 (beyond it plain weekdays count: run again with a newer chinesecalendar)"
            )
