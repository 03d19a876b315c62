"""`manage.py lineage`: what became of every grid between two editions of a place."""

import csv
import json
from dataclasses import asdict, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gis.kernel.errors import InvalidInput, WanggeError
from gis.kernel.lineage import Link
from grids.imports.gazette import edition_of, place_of
from grids.models import Edition, Place
from grids.services import lineage

_COLUMNS = [field.name for field in fields(Link)]


class Command(BaseCommand):
    help = "两个版本之间的网格沿革 (what became of every grid between two editions)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("old", metavar="OLD")
        parser.add_argument("new", metavar="NEW")
        parser.add_argument("--place", help="地区代码；只有一个地区时可省 (code of the place)")
        parser.add_argument("--format", choices=["table", "csv", "json"], default="table")
        parser.add_argument("--save", action="store_true", help="写入数据库 (keep it)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            old, new = self._editions(options)
            links = lineage.compute(old, new)
            if options["save"]:
                lineage.save(old, new, links)
        except WanggeError as error:
            raise CommandError(str(error)) from None
        getattr(self, f"_as_{options['format']}")(links)
        if options["save"]:
            self.stderr.write(f"已保存 {len(links)} 条 (saved)：{old.name} → {new.name}")

    def _editions(self, options: dict[str, Any]) -> tuple[Edition, Edition]:
        if options["place"]:
            place = place_of(options["place"])
        else:
            places = list(Place.objects.all()[:2])
            if len(places) != 1:
                raise InvalidInput("请用 --place 指明地区 (name the place)", "place")
            place = places[0]
        return edition_of(place, options["old"]), edition_of(place, options["new"])

    def _as_table(self, links: list[Link]) -> None:
        self.stdout.write(
            f"{'原网格 old':<34}{'新网格 new':<34}{'关系':<10}占原 of old  占新 of new"
        )
        for link in links:
            of_new = "–" if link.area_share_of_new is None else f"{link.area_share_of_new:.1%}"
            self.stdout.write(
                f"{link.old:<34}{link.new or '–':<34}{link.relation:<10}"
                f"{link.area_share_of_old:>10.1%}  {of_new:>10}"
            )
        self.stdout.write(f"共 {len(links)} 条 (links)")

    def _as_csv(self, links: list[Link]) -> None:
        writer = csv.DictWriter(self.stdout, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(link) for link in links)

    def _as_json(self, links: list[Link]) -> None:
        self.stdout.write(json.dumps([asdict(link) for link in links], ensure_ascii=False))
