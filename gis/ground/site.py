"""`make run`: from a fresh clone to the demo district in a browser, in the foreground."""

import json
import os
import urllib.error
import urllib.request
from pathlib import Path

from gis.ground import environment, frontend, locks, paths, say, services, venv
from gis.ground.supervisor import Program, Stopped, Supervisor

HEALTH_SECONDS = 120
# One of each is enough on the two cores of a small machine; production scales them apart.
WORKER_PROCESSES = 2
LOGINS = (
    ("admin", "系统管理员 administrator"),
    ("centre", "社会治理中心 governance centre"),
    ("subdistrict", "金家岭街道 subdistrict"),
    ("community", "海大麦岛社区 community"),
    ("handler", "处置部门 handling department"),
    ("worker", "海大麦岛社区 09 网格员 grid worker"),
    ("planner", "网格规划 planner"),
    ("leader", "区领导 leader"),
)
PASSWORD = "wangge-demo"  # noqa: S105 - printed on purpose: it opens the demo only


def run() -> int:
    """Prepare what is missing, start everything, print the addresses, and watch until Ctrl-C."""
    wishes = environment.read()
    if owner := locks.holder(services.OWNER):
        raise say.GroundError(
            f"此处已在运行 (already running here): {owner}。\n"
            "    先用 Ctrl-C 停止它，再试一次 (stop it first)。"
        )
    environment.check_port(wishes)
    # The two commands are the demo, also on a database of the caller's.
    os.environ.setdefault("WANGGE_DEMO", "1")
    supervisor = Supervisor()
    try:
        venv.ensure("run")
        frontend.ensure()
        with services.up(wishes, "make run", borrow=False) as supervisor:
            _start_site(supervisor, wishes)
            _announce(wishes)
            supervisor.watch()
    except (Stopped, KeyboardInterrupt):
        say.step("已按序停止 · stopped in order")
    return 0


def _start_site(supervisor: Supervisor, wishes: environment.Wishes) -> None:
    manage("数据库与演示数据 · migrations and demo district", "prepare")
    with say.doing("启动网站、后台任务与定时器 · web, worker, beat"):
        web = _web(wishes)
        for program in (_worker(), _beat(), web):
            supervisor.start(program)
        supervisor.wait_until(lambda: healthy(wishes), web, HEALTH_SECONDS, every=0.25)


def manage(title: str, *words: str) -> None:
    """Run a management command as a step of the set-up."""
    with say.doing(title):
        say.run(title, [venv.PYTHON, paths.ROOT / "manage.py", *words])


def _web(wishes: environment.Wishes) -> Program:
    words = [str(venv.PYTHON), "-m", "uvicorn", "gis.config.asgi:application"]
    words += ["--host", wishes.host, "--port", str(wishes.port)]
    # Open streams would otherwise hold the stop back.
    words += ["--timeout-graceful-shutdown", "2", "--no-server-header"]
    # One process serves a district on two cores; where many write at once, one for each core.
    processes = os.environ.get("WANGGE_WEB_PROCESSES", "1")
    words += ["--workers", processes] if processes != "1" else []
    pool = {"WANGGE_DB_POOL": os.environ.get("WANGGE_DB_POOL", "1")}
    return Program(name="web", command=words, environment=pool, stop_seconds=8)


def _worker() -> Program:
    words = [str(venv.PYTHON), "-m", "celery", "-A", "gis.config", "worker"]
    words += ["--concurrency", str(WORKER_PROCESSES), "--loglevel", "info"]
    # Peers and events are for many hosts; here they are only chatter.
    words += ["--without-gossip", "--without-mingle"]
    return Program(name="worker", command=words, stop_seconds=12)


def _beat() -> Program:
    schedule = paths.VAR / "beat" / "schedule"
    words = [str(venv.PYTHON), "-m", "celery", "-A", "gis.config", "beat"]
    words += ["--loglevel", "info", "--schedule", str(schedule), "--pidfile="]
    return Program(
        name="beat", command=words, stop_seconds=8, before=lambda: _forget_schedule(schedule)
    )


def _forget_schedule(schedule: Path) -> None:
    """A schedule file torn by a crash would keep beat down; the times in it are not needed."""
    schedule.parent.mkdir(parents=True, exist_ok=True)
    for file in schedule.parent.glob(f"{schedule.name}*"):
        file.unlink()


def healthy(wishes: environment.Wishes) -> bool:
    """Whether `/healthz` answers 200."""
    return health(wishes)[0] == 200


def health(wishes: environment.Wishes) -> tuple[int, dict[str, object]]:
    """Status code and content of `/healthz`; status 0 when nobody answers."""
    # A proxy of the environment must not be asked for this machine's own pages.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{wishes.origin}/healthz", timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {}
    except (OSError, ValueError):
        return 0, {}


def _announce(wishes: environment.Wishes) -> None:
    say.step("就绪 · ready")
    say.line()
    pages = (
        ("地图 map", "/map/"),
        ("大屏 wall", "/wall/"),
        ("上报 report", "/report/"),
        ("大屏某一刻 moment", "/wall/?at=2022-11-02T14:32:00%2B08:00"),
        ("后台 admin", "/admin/"),
        ("接口 API docs", "/api/docs"),
        ("状态 health", "/healthz"),
    )
    for title, path in pages:
        say.line(f"    {title:<14} {wishes.origin}{path}")
    say.line()
    say.line(f"    演示账号，密码 · demo logins, password: {PASSWORD}")
    for name, role in LOGINS:
        say.line(f"    {name:<12} {role}")
    say.line()
    say.line(f"    日志 logs: {paths.LOGS}    停止 stop: Ctrl-C")
