"""The running parts: database and how it is set, Redis, worker, beat, relay, demo."""

from datetime import UTC, datetime

from django.db import DatabaseError, connection

from gis.config import health
from gis.management.doctor.finding import Check, Finding, failure, good, judged, warning

OLDEST_POSTGIS = (3, 2)
MOST_SKEW_SECONDS = 2.0
START = "启动服务 (start the services): make run"
MENDS = {
    "database": f"{START}；或检查 DATABASE_URL (or check DATABASE_URL)",
    "postgis": "安装 postgresql-N-postgis-3，再运行 (then) manage.py prepare",
    "migrations": "manage.py prepare",
    "redis": f"{START}；或检查 REDIS_URL (or check REDIS_URL)",
    "beat": f"{START}；日志 log: var/log/beat.log",
    "worker": f"{START}；日志 log: var/log/worker.log",
    "relay": f"{START}；日志 log: var/log/worker.log",
    "demo": "manage.py prepare",
}
TITLES = {
    "database": "数据库 (PostgreSQL)",
    "postgis": "PostGIS",
    "migrations": "迁移 (migrations)",
    "redis": "Redis",
    "beat": "定时器 (beat)",
    "worker": "后台任务 (worker)",
    "relay": "待发事项 (outbox relay)",
    "demo": "演示数据 (demo district)",
}


def _show(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s)", [name])
        return str(cursor.fetchone()[0])


def _scalar(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def encoding() -> Finding:
    collation = str(_scalar("SELECT datctype FROM pg_database WHERE datname = current_database()"))
    title = "编码与排序 (encoding and locale)"
    seen = f"{_show('server_encoding')}, {collation}"
    fine = _show("server_encoding") == "UTF8" and collation not in {"C", "POSIX"}
    return judged(
        fine, title, seen, "以 --locale=C.UTF-8 重建：C 下检索会丢掉中文 (C drops Chinese)"
    )


def checksums() -> Finding:
    title = "数据校验和 (data checksums)"
    seen = _show("data_checksums")
    return judged(seen == "on", title, seen, "停库后运行 pg_checksums --enable (with it stopped)")


def durability() -> Finding:
    title = "提交落盘 (fsync, synchronous commit, full pages)"
    words = [_show(name) for name in ("fsync", "synchronous_commit", "full_page_writes")]
    fine = words[0] == "on" and words[1] not in {"off", "local"} and words[2] == "on"
    mend = "在数据库设置中改为 on：否则断电会丢失已确认的上报 (set them on)"
    return judged(fine, title, ", ".join(words), mend)


def postgis_version() -> Finding:
    title = "PostGIS 版本 (version)"
    seen = health.postgis()
    version = tuple(int(part) for part in seen.split(".")[:2])
    return judged(version >= OLDEST_POSTGIS, title, seen, "升级到 3.2 或更新 (upgrade)")


def clocks() -> Finding:
    """Deadlines are computed here and swept there: the two clocks must agree."""
    title = "与数据库的时差 (clock against the database)"
    there = _scalar("SELECT clock_timestamp()")
    assert isinstance(there, datetime)  # noqa: S101 - what timestamptz comes back as
    skew = abs((datetime.now(UTC) - there).total_seconds())
    mend = "两台机器都用 NTP 校时 (use NTP on both)"
    return judged(skew <= MOST_SKEW_SECONDS, title, f"{skew:.2f} s", mend)


def holidays() -> Finding:
    """Beyond the last year of the table plain weekdays count, and deadlines are then wrong."""
    title = "节假日表 (holidays)"
    short = _scalar(_SHORT)
    mend = (
        "manage.py seed_holidays --place … --from …；或在管理后台补录 (or enter them in the admin)"
    )
    if short is None:
        return good(title, "够用 (reaches far enough)")
    return warning(title, f"不到 60 天，或早于最晚期限 (too short): {short}", mend)


_SHORT = """
SELECT string_agg(code || ' ' || coalesce(ends::text, '–'), ', ' ORDER BY code) FROM (
  SELECT p.code,
    (SELECT make_date(extract(year FROM max(day))::int, 12, 31)
     FROM incidents_holiday WHERE place_id = p.id) AS ends,
    (SELECT max(c.due_at)::date FROM incidents_clock c JOIN incidents_incident i
     ON i.id = c.incident_id
     WHERE i.place_id = p.id AND c.ended_at IS NULL AND c.paused_at IS NULL) AS due
  FROM grids_place p
) AS reach
WHERE ends IS NULL OR ends < current_date + 60 OR ends < due
"""


def _part(name: str) -> Check:
    def check() -> Finding:
        fine, seen = health.examine(health.checks()[name])
        return judged(fine, TITLES[name], seen, MENDS[name])

    return check


def checks() -> list[Check]:
    """Health's own parts, and what only the database can tell about itself."""
    parts = [_part(name) for name in health.checks()]
    settings = [postgis_version, encoding, checksums, durability, clocks, holidays]
    return [*parts, *(_guarded(check) for check in settings)]


def _guarded(check: Check) -> Check:
    def guarded() -> Finding:
        try:
            return check()
        except health.Unwell as finding:
            return failure(check.__name__, finding, MENDS["postgis"])
        except DatabaseError as error:
            return warning(check.__name__, type(error).__name__, MENDS["database"])

    return guarded
