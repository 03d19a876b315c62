"""`manage.py import_reports`: the reports of another system, from a CSV and a mapping."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from gis.kernel.errors import InvalidInput, WanggeError
from grids.imports.command import user_from
from grids.imports.gazette import place_of
from incidents.imports.mapping import load_mapping
from incidents.imports.run import ImportTally, Target, import_reports
from incidents.models import Channel

# More than this share in no grid looks like a wrong datum or a wrong place.
_MANY_UNPLACED = 0.5


class Command(BaseCommand):
    help = "导入其他系统的诉求 (import the reports of another system from a CSV)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument("--channel", required=True, help="渠道代码 (code of the channel)")
        parser.add_argument(
            "--profile", required=True, type=Path, help="对照表 .toml (how the columns are read)"
        )
        parser.add_argument("--encoding", help="编码，默认按对照表；如 gb18030 (encoding)")
        parser.add_argument("--rejects", type=Path, help="退回清单 (where refused rows are listed)")
        parser.add_argument("--by", help="以该用户名义 (username in whose name)")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 (check only)")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        rejects = options["rejects"] or file.with_name(file.name + ".rejects.csv")
        began = time.perf_counter()
        try:
            tally = self._import(options, rejects)
        except (WanggeError, OSError) as error:
            raise CommandError(f"已停止：{error}。(Stopped.)") from None
        self._tell(tally, rejects, time.perf_counter() - began)
        if options["dry_run"]:
            self.stdout.write("试运行：什么都没有写入。(Dry run: nothing was written.)")

    def _import(self, options: dict[str, Any], rejects: Path) -> ImportTally:
        file: Path = options["file"]
        mapping = load_mapping(options["profile"])
        if options["encoding"]:
            mapping = replace(mapping, encoding=options["encoding"])
        target = Target(
            place=place_of(options["place"]),
            channel=_channel(options["channel"]),
            sent_by=user_from(options),
        )
        size = file.stat().st_size if file.is_file() else 0
        with tqdm(total=size, unit="B", unit_scale=True, disable=options["verbosity"] == 0) as bar:
            return import_reports(
                file,
                mapping=mapping,
                target=target,
                rejects=rejects,
                now=timezone.now(),
                dry_run=options["dry_run"],
                advance=bar.update,
            )

    def _tell(self, tally: ImportTally, rejects: Path, seconds: float) -> None:
        refused = tally.refused.total()
        self.stdout.write(
            f"共 {tally.rows} 行 (rows)：新增 {tally.stored} (stored)，已有 {tally.known} (known)，"
            f"退回 {refused} (refused)；待定位 {tally.unplaced} (in no grid)；"
            f"{tally.rows / max(seconds, 1e-9):,.0f} 行/秒 (rows/s)"
        )
        if refused:
            kinds = "，".join(f"{kind} {count}" for kind, count in tally.refused.most_common())
            self.stderr.write(f"退回原因 (reasons)：{kinds}；见 (see) {rejects}")
        if tally.stored and tally.unplaced > _MANY_UNPLACED * tally.stored:
            self.stderr.write(
                "多数位置不在任何网格内，请检查坐标系与地区。"
                "(Most positions are in no grid: check the datum and the place.)"
            )


def _channel(code: str) -> Channel:
    channel = Channel.objects.filter(code=code).first()
    if channel is None:
        codes = "、".join(Channel.objects.values_list("code", flat=True)) or "无 (none)"
        raise InvalidInput(
            f"没有渠道 {code}；有：{codes}。可用 load_demo_reports --tables-only 装入"
            " (no such channel)",
            "channel",
        )
    return channel
