"""`manage.py import_spots`: the register of places to visit, from a CSV."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.datum import Datum
from gis.kernel.errors import WanggeError
from grids.imports.command import user_from
from grids.imports.gazette import place_of
from patrols.register.importing import Imported, import_register
from patrols.register.reading import read_register

SHOWN = 50


class Command(BaseCommand):
    help = "导入巡查点与走访台账 (import the places to visit from a CSV)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument("--datum", required=True, help="wgs84 | cgcs2000 | gcj02 | bd09")
        parser.add_argument("--encoding", default="utf-8-sig", help="CSV 编码，如 gb18030")
        parser.add_argument("--by", help="以该用户名义 (username in whose name)")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 (check only)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self._import(options)
        except WanggeError as error:
            raise CommandError(f"已拒绝，什么都没有写入：{error}。(Refused.)") from None
        if result.faults:
            for fault in result.faults[:SHOWN]:
                self.stderr.write(f"第 {fault.row} 行 {fault.column}：{fault.message}")
            raise CommandError(
                f"已拒绝，什么都没有写入：{len(result.faults)} 处问题。(Refused: nothing written.)"
            )
        self.stdout.write(
            f"点位 (places)：新增 {result.added}，更新 {result.changed}，未变 {result.same}；"
            f"不在任何网格内 {result.outside} (added, updated, unchanged; in no grid)"
        )
        if options["dry_run"]:
            self.stdout.write("试运行：什么都没有写入。(Dry run: nothing was written.)")

    def _import(self, options: dict[str, Any]) -> Imported:
        place = place_of(options["place"])
        datum = Datum.parse(options["datum"])
        rows, faults = read_register(options["file"], datum=datum, encoding=options["encoding"])
        return import_register(
            rows,
            faults,
            place=place,
            by=user_from(options),
            now=timezone.now(),
            dry_run=options["dry_run"],
        )
