"""`manage.py import_regions`: subdistricts or communities of a place, from a file."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from grids.choices import RegionLevel
from grids.imports.command import (
    add_file_options,
    outline_from,
    place_from,
    run,
    user_from,
    wanted_from,
)
from grids.imports.territory.regions import RegionImport, import_regions
from grids.imports.territory.summary import Summary


class Command(BaseCommand):
    help = "导入街道或社区到草稿版本 (import subdistricts or communities into the open draft)"

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_options(parser)
        parser.add_argument("--level", required=True, choices=RegionLevel.values)
        parser.add_argument("--parent", help="上级街道代码字段 (field of the parent's code)")

    def handle(self, *args: Any, **options: Any) -> None:
        def work() -> Summary:
            asked = RegionImport(
                wanted=wanted_from(options, options["parent"]),
                place=place_from(options),
                level=RegionLevel(options["level"]),
                tolerance_m=options["tolerance_m"],
                outline=outline_from(options),
                dry_run=options["dry_run"],
            )
            return import_regions(asked, by=user_from(options), now=timezone.now())

        run(self, options, work)
