"""`manage.py import_staff`: people and their posts, from a table."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from gis.kernel.errors import WanggeError
from grids.imports.command import user_from
from grids.imports.gazette import edition_of, place_of
from grids.imports.staff.sheet import read_sheet
from grids.imports.staff.write import StaffResult, import_staff, write_rejects


class Command(BaseCommand):
    help = "导入人员与岗位 (import people and their posts from .csv or .xlsx)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument("--edition", help="版本，默认现行 (edition; the one in force)")
        parser.add_argument("--encoding", default="utf-8-sig", help="CSV 编码，如 gb18030")
        parser.add_argument("--rejects", type=Path, help="退回清单 (where bad rows are listed)")
        parser.add_argument("--by", help="以该用户名义 (username in whose name)")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 (check only)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            result = self._import(options)
        except WanggeError as error:
            raise CommandError(f"已拒绝，什么都没有写入：{error}。(Refused.)") from None
        if result.faults:
            self._reject(options, result)
        self.stdout.write(
            f"人员 (people)：新增 {result.users}；岗位 (posts)：{result.posts}；"
            f"请假 (leaves)：{result.leaves}"
        )
        if options["dry_run"]:
            self.stdout.write("试运行：什么都没有写入。(Dry run: nothing was written.)")

    def _import(self, options: dict[str, Any]) -> StaffResult:
        edition = edition_of(place_of(options["place"]), options["edition"])
        rows = read_sheet(options["file"], encoding=options["encoding"])
        return import_staff(
            rows,
            edition=edition,
            by=user_from(options),
            now=timezone.now(),
            dry_run=options["dry_run"],
        )

    def _reject(self, options: dict[str, Any], result: StaffResult) -> None:
        file: Path = options["file"]
        path = options["rejects"] or file.with_name(file.name + ".rejects.csv")
        write_rejects(path, result.faults)
        for fault in result.faults[:20]:
            self.stderr.write(f"第 {fault.row} 行 {fault.column}：{fault.message}")
        raise CommandError(
            f"已拒绝，什么都没有写入：{len(result.faults)} 处问题，见 {path}。(Refused.)"
        )
