"""`manage.py import_grids`: an edition of a place, from a file of grids."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from grids.imports.command import (
    add_file_options,
    instant_from,
    outline_from,
    place_from,
    run,
    user_from,
    wanted_from,
)
from grids.imports.territory.grids import GridImport, import_grids
from grids.imports.territory.summary import Summary


class Command(BaseCommand):
    help = "导入网格并发布为一个版本 (import grids and publish them as an edition)"

    def add_arguments(self, parser: CommandParser) -> None:
        add_file_options(parser)
        parser.add_argument("--edition", required=True, help="版本名称 (name of the edition)")
        parser.add_argument("--from", required=True, dest="starts", help="生效日期 2022-10-20")
        parser.add_argument("--region", help="所属社区代码字段 (field of the region's code)")

    def handle(self, *args: Any, **options: Any) -> None:
        def work() -> Summary:
            asked = GridImport(
                wanted=wanted_from(options, options["region"]),
                place=place_from(options),
                edition=options["edition"],
                starts=instant_from(options["starts"], options["place"]),
                tolerance_m=options["tolerance_m"],
                outline=outline_from(options),
                dry_run=options["dry_run"],
            )
            return import_grids(asked, by=user_from(options), now=timezone.now())

        run(self, options, work)
