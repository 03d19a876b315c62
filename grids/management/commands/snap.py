"""`manage.py snap`: a table of points with the grid of each."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gis.kernel.datum import Datum
from gis.kernel.errors import WanggeError
from grids.imports.gazette import edition_of, gazette_of, place_of
from grids.imports.snap_table import Tally, snap_table


class Command(BaseCommand):
    help = "给 CSV 中的每个点配上网格 (find the grid of every point of a CSV)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="IN.csv")
        parser.add_argument("target", type=Path, metavar="OUT.csv")
        parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
        parser.add_argument("--edition", help="版本，默认现行 (edition; the one in force)")
        parser.add_argument("--lon", required=True, help="经度列 (column of the longitude)")
        parser.add_argument("--lat", required=True, help="纬度列 (column of the latitude)")
        parser.add_argument("--datum", required=True, help="wgs84 | cgcs2000 | gcj02 | bd09")
        parser.add_argument("--encoding", default="utf-8-sig", help="默认 UTF-8；如 gb18030")
        parser.add_argument("--prefix", default="", help="新增列的前缀 (prefix of added columns)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            tally, seconds = self._snap(options)
        except (WanggeError, OSError) as error:
            raise CommandError(f"未生成结果：{error}。(Nothing was written.)") from None
        kinds = "，".join(f"{method} {count}" for method, count in sorted(tally.methods.items()))
        self.stdout.write(
            f"共 {tally.rows} 行 (rows)：{kinds or '无'}；"
            f"{tally.rows / seconds:,.0f} 行/秒 (rows/s)"
        )

    def _snap(self, options: dict[str, Any]) -> tuple[Tally, float]:
        place = place_of(options["place"])
        gazette = gazette_of(edition_of(place, options["edition"]))
        source: Path = options["source"]
        size = source.stat().st_size if source.is_file() else 0
        began = time.perf_counter()
        with tqdm(total=size, unit="B", unit_scale=True, disable=options["verbosity"] == 0) as bar:
            tally = snap_table(
                source,
                options["target"],
                gazette=gazette,
                lon=options["lon"],
                lat=options["lat"],
                datum=Datum.parse(options["datum"]),
                encoding=options["encoding"],
                prefix=options["prefix"],
                advance=bar.update,
            )
        return tally, max(time.perf_counter() - began, 1e-9)
