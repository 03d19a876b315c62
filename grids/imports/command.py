"""What the territory commands share: their options, and how they end."""

import argparse
import math
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from gis.kernel.datum import Datum
from gis.kernel.errors import InvalidInput, WanggeError
from gis.kernel.tessellation import Problem, Severity
from grids.imports.problems_file import problems_path, write_problems
from grids.imports.refusal import ImportRefused
from grids.imports.territory.intake import Wanted, read_outline
from grids.imports.territory.places import NewPlace
from grids.imports.territory.summary import Summary
from grids.models import Place, User

_SHOWN = 20


def metres(text: str) -> float:
    """A finite number of metres from 0 to 100, for argparse."""
    value = float(text)
    if not (math.isfinite(value) and 0 <= value <= 100):
        raise argparse.ArgumentTypeError("应为 0 至 100 米 (0 to 100 metres)")
    return value


def add_file_options(parser: CommandParser) -> None:
    """Options of both territory imports."""
    parser.add_argument("file", type=Path, help=".geojson / .gpkg / .zip (Shapefile)")
    parser.add_argument("--place", required=True, help="地区代码 (code of the place)")
    parser.add_argument("--place-name", default="", help="新地区的名称 (name of a new place)")
    parser.add_argument("--srid-m", type=int, help="新地区的米制坐标系 EPSG 编号 (metric CRS)")
    parser.add_argument("--code", required=True, help="代码字段 (field of the code)")
    parser.add_argument("--name", required=True, help="名称字段 (field of the name)")
    parser.add_argument("--datum", default="wgs84", help="wgs84 | cgcs2000 | gcj02 | bd09")
    parser.add_argument("--layer", help="多图层文件中的图层 (layer of a file with several)")
    parser.add_argument("--tolerance-m", type=metres, help="自动闭合的最大宽度 (close up to, m)")
    parser.add_argument("--outline", type=Path, help="外围边界文件 (outline that must be covered)")
    parser.add_argument("--outline-datum", default="wgs84", help="外围边界的基准 (its datum)")
    parser.add_argument("--problems", type=Path, help="问题清单文件 (where problems are listed)")
    parser.add_argument("--by", help="以该用户名义 (username in whose name)")
    parser.add_argument("--dry-run", action="store_true", help="只检查，不写入 (check only)")


def wanted_from(options: dict[str, Any], link: str | None) -> Wanted:
    return Wanted(
        path=options["file"],
        code=options["code"],
        name=options["name"],
        link=link,
        datum=Datum.parse(options["datum"]),
        layer=options["layer"],
        mend=bool(options["tolerance_m"]),
    )


def place_from(options: dict[str, Any]) -> NewPlace:
    return NewPlace(options["place"], options["place_name"], options["srid_m"])


def outline_from(options: dict[str, Any]) -> Any:
    path = options["outline"]
    return None if path is None else read_outline(path, Datum.parse(options["outline_datum"]))


def user_from(options: dict[str, Any]) -> User | None:
    name = options.get("by")
    if not name:
        return None
    user = User.objects.filter(username=name).first()
    if user is None:
        raise InvalidInput(f"没有用户 {name} (no such user)", "by")
    return user


def instant_from(text: str, place_code: str) -> datetime:
    """A date or date and time; without an offset in the place's time zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"{text!r} 不是日期，例如 2022-10-20 (not a date)", "from") from None
    if at.tzinfo is not None:
        return at
    place = Place.objects.filter(code=place_code).first()
    zone = place.time_zone if place else Place._meta.get_field("time_zone").default
    return at.replace(tzinfo=ZoneInfo(zone))


def run(command: BaseCommand, options: dict[str, Any], work: Callable[[], Summary]) -> None:
    """Do `work`; tell what happened, and write the problems file either way."""
    path = options["problems"] or problems_path(options["file"])
    try:
        summary = work()
    except ImportRefused as refused:
        _tell(command, refused.problems)
        _write(command, path, refused.problems)
        raise CommandError(
            f"已拒绝，什么都没有写入：{refused.message}。(Refused; nothing was written.)"
        ) from None
    except WanggeError as error:
        _write(command, path, [Problem("request", error.message, error.message)])
        raise CommandError(f"已拒绝，什么都没有写入：{error}。(Refused.)") from None
    except DatabaseError as error:
        first = str(error).splitlines()[0]
        _write(command, path, [Problem("database", first, first)])
        raise CommandError(
            f"数据库拒绝，什么都没有写入：{first}。(The database refused; nothing was written.)"
        ) from None
    _tell(command, summary.problems)
    if summary.problems:
        _write(command, path, summary.problems)
    elif path.exists():
        path.unlink()
    for line in summary.lines():
        command.stdout.write(line)


def _tell(command: BaseCommand, problems: list[Problem]) -> None:
    told = [p for p in problems if p.severity is not Severity.NOTE]
    told.sort(key=lambda problem: problem.severity)
    for problem in told[:_SHOWN]:
        word = "错误" if problem.severity is Severity.ERROR else "警告"
        command.stderr.write(f"{word} {problem}")
    if len(told) > _SHOWN:
        command.stderr.write(f"… 另有 {len(told) - _SHOWN} 处，见问题清单 (more in the file)")


def _write(command: BaseCommand, path: Path, problems: list[Problem]) -> None:
    try:
        write_problems(path, problems)
    except OSError as error:
        command.stderr.write(f"问题清单写不进 {path}：{error} (cannot write the problems file)")
        return
    command.stderr.write(f"问题清单 (problems)：{path}")
