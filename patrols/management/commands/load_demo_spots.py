"""`manage.py load_demo_spots`: patrol points and a visit register for the demonstration, once."""

import tomllib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.errors import WanggeError
from grids.imports.gazette import place_of
from patrols.demo import load_demo_spots, read_routes, read_types


class Command(BaseCommand):
    help = "装入演示区的巡查点与走访台账 (load the demonstration's places to visit, once)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--profile",
            type=Path,
            default=Path(settings.BASE_DIR) / "fixtures" / "laoshan",
            help="地区档案目录 (folder of the place's profile)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["profile"]
        try:
            told = tomllib.loads((folder / "place.toml").read_text(encoding="utf-8"))
            place = place_of(told["code"])
            spots, visits = load_demo_spots(
                place, read_types(folder), now=timezone.now(), routes=read_routes(folder)
            )
        except (WanggeError, OSError) as error:
            raise CommandError(str(error)) from error
        if spots:
            self.stdout.write(
                f"{place.name}：{spots} 个点位，{visits} 次走访"
                " (demonstration places to visit, and visits)"
            )
