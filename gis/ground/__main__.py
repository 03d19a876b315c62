"""The commands behind the Makefile, for any Python from 3.11 on, before anything is installed."""

import os
import signal
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - it is run by whatever Python there is
    sys.exit("需要 Python 3.11 或更新 (needed): apt-get install python3")

from gis.ground import checks, environment, frontend, say, services, site, supervisor, venv

HELP = """\
网格 Wangge

  make run      准备并运行演示：环境、PostGIS、Redis、崂山演示数据、网站（Ctrl-C 停止）
                set up and run the demo; Ctrl-C stops it
  make test     全部检查与测试 · every check and test (at most 15 minutes)
  make bench    性能基准 · benchmarks, figures as in docs/performance.md
  make proof    大规模证明 · the heavy proofs (at most 40 minutes)
  make services 仅 PostgreSQL 与 Redis · only the private PostgreSQL and Redis
  make help     本说明 · this text

  变量 variables: PORT (8000)  HOST (127.0.0.1)  DATABASE_URL  REDIS_URL
                  WANGGE_PRIVATE=1  自带 PostGIS 与 Redis · use none of the system's
  检查安装 check an installation: .venv/bin/python manage.py doctor
"""


def _help(_arguments: list[str]) -> int:
    say.line(HELP)
    return 0


def _run(_arguments: list[str]) -> int:
    return site.run()


def _install(_arguments: list[str]) -> int:
    """Packages and front-end files only, as an image needs them."""
    venv.ensure("run")
    frontend.ensure()
    return 0


def _services(_arguments: list[str]) -> int:
    wishes = environment.read()
    try:
        with services.up(wishes, "make services", borrow=False) as running:
            say.step("就绪 · ready (Ctrl-C 停止 stops)")
            running.watch()
    except (supervisor.Stopped, KeyboardInterrupt):
        say.step("已停止 · stopped")
    return 0


VERBS = {
    "help": _help,
    "run": _run,
    "install": _install,
    "services": _services,
    "test": checks.test,
    "bench": checks.bench,
    "proof": checks.proof,
    "with": checks.with_services,
}


def main(arguments: list[str]) -> int:
    # Without kept bytecode every process of the site would compile its sources at every start.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    verb = VERBS.get(arguments[0] if arguments else "help")
    if verb is None:
        say.line(HELP)
        return 2
    if "MAKELEVEL" in os.environ:
        # Killed together with make, as the two are one command to whoever started them.
        supervisor.die_with_parent(signal.SIGTERM, os.getppid())
    try:
        return verb(arguments[1:])
    except say.GroundError as error:
        say.line(f"\n✗ {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
