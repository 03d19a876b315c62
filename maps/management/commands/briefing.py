"""`manage.py briefing`: a week or a month in one file that opens without a network."""

import argparse
import math
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.errors import InvalidInput, WanggeError
from grids.models import Edition, Place
from maps.briefing.page import BANDWIDTH_M, file_name, make_page, write
from maps.briefing.period import parse_period
from maps.briefing.words import Language

MOST_BYTES = 5_000_000


def _bandwidth(text: str) -> float:
    value = float(text)
    if not (math.isfinite(value) and 100 <= value <= 5000):
        raise argparse.ArgumentTypeError("应为 100 至 5000 米 (100 to 5000 metres)")
    return value


class Command(BaseCommand):
    help = "生成离线简报 (write the briefing of a week or month as one offline HTML file)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", required=True, help="2022-W44 | 2022-11")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="输出目录")
        parser.add_argument("--place", help="地区代码，只有一个地区时可省 (code of the place)")
        parser.add_argument("--edition", help="区划版本，默认现行 (edition; the one in force)")
        parser.add_argument("--language", choices=[*Language], default=Language.ZH)
        parser.add_argument(
            "--bandwidth-m",
            type=_bandwidth,
            default=BANDWIDTH_M,
            help="密度带宽，米 (bandwidth of the density; 300)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            place = _place(options["place"])
            period = parse_period(options["period"], place.time_zone)
            language = Language(options["language"])
            page = make_page(
                place=place,
                edition=_edition(place, options["edition"]),
                period=period,
                language=language,
                now=timezone.now(),
                bandwidth_m=options["bandwidth_m"],
            )
            size = len(page.encode())
            if size >= MOST_BYTES:
                raise InvalidInput(f"{size / 1e6:.1f} MB，超过 5 MB (too large a file)", "out")
            target = options["out"] / file_name(place, period, language)
            write(page, target)
        except (WanggeError, OSError) as error:
            raise CommandError(f"未生成简报：{error} (Nothing was written.)") from None
        self.stdout.write(f"{target}（{size / 1e6:.1f} MB）")


def _place(code: str | None) -> Place:
    code = code or settings.DEFAULT_PLACE
    found = list(Place.objects.filter(code=code) if code else Place.objects.all()[:2])
    if len(found) == 1:
        return found[0]
    codes = "、".join(Place.objects.values_list("code", flat=True)[:20]) or "无 (none)"
    said = f"没有地区 {code} (no such place)" if code else "请指明地区 (name a place)"
    raise InvalidInput(f"{said}；有：{codes}", "place")


def _edition(place: Place, name: str | None) -> Edition:
    editions = Edition.objects.filter(place=place)
    found: Edition | None = editions.filter(name=name).first() if name else None
    found = found if name else editions.in_force(place)
    if found is None:
        names = "、".join(editions.values_list("name", flat=True)) or "无 (none)"
        said = f"没有区划版本 {name}" if name else "没有现行区划"
        raise InvalidInput(f"{place.name} {said}；有：{names} (no such edition)", "edition")
    return found
