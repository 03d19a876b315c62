"""`make test`, `make bench`, `make proof`: their own set-up, then one command after another."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from gis.ground import browser, environment, frontend, locks, paths, say, services, venv
from gis.ground.supervisor import Stopped

PYTHON = str(venv.PYTHON)
TEST_LOCK = "test"
BROWSER = "浏览器 · pytest -m browser"
# What pytest ends with; the last where nothing of that kind was asked for.
PASSED, SOME_FAILED, NOTHING_CHOSEN = 0, 1, 5
# Redis has 16 databases, and the cluster 100 connections.
MOST_WORKERS = 6
# It has no `python -m`, and its script names the interpreter of where the clone was first.
LINT_IMPORTS = "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports_command())"


def _program(name: str) -> str:
    return str(venv.PYTHON.with_name(name))


GATES: tuple[tuple[str, list[str]], ...] = (
    ("代码风格 · ruff check", [_program("ruff"), "check", "."]),
    ("代码格式 · ruff format", [_program("ruff"), "format", "--check", "."]),
    ("导入方向 · import-linter", [PYTHON, "-c", LINT_IMPORTS]),
    ("类型 · mypy --strict", [PYTHON, "-m", "mypy", "."]),
    ("系统检查 · manage.py check", [PYTHON, "manage.py", "check", "--fail-level", "WARNING"]),
    ("迁移完整 · makemigrations --check", [PYTHON, "manage.py", "makemigrations", "--check"]),
)


def test(arguments: Sequence[str]) -> int:
    """Every gate, then every test but the heavy proofs; arguments go to pytest.

    A browser, its driver and a software renderer fail in ways of their own: what failed in it is
    tried once more, and both tries are seen.
    """
    # In the order of their names the slow rooms come first, and nobody waits for the last file.
    shared = ["-n", str(_workers()), "--dist", "loadfile", "--no-loadscope-reorder"]
    pytest = [PYTHON, "-m", "pytest", *shared]
    rest = [*pytest, "-m", "not proof and not browser", *arguments]
    seen = [*pytest, "-m", "browser and not proof", *arguments]
    commands = [*GATES, ("测试 · pytest", rest), (BROWSER, seen)]
    return _run("make test", commands, with_browser=True)


def _workers() -> int:
    """One for each processor we may use: each has a database and a Redis number of its own."""
    return min(len(os.sched_getaffinity(0)), MOST_WORKERS)


def proof(arguments: Sequence[str]) -> int:
    """The heavy proofs."""
    words = [PYTHON, "-m", "pytest", "-m", "proof", *arguments]
    return _run("make proof", [("证明 · pytest -m proof", words)], with_browser=True)


def bench(arguments: Sequence[str]) -> int:
    """Every benchmark in one run."""
    words = [PYTHON, "-m", "tests.bench", *arguments]
    return _run("make bench", [("基准 · tests.bench", words)], with_browser=False)


def with_services(arguments: Sequence[str]) -> int:
    """Run any command with the environment and the private services up."""
    if not arguments:
        raise say.GroundError("用法 (usage): python3 -m gis.ground with COMMAND …")
    return _run("with", [("命令 · command", list(arguments))], with_browser=False)


def _run(what: str, commands: Sequence[tuple[str, list[str]]], *, with_browser: bool) -> int:
    wishes = environment.read()
    exclusive = what != "with"
    with locks.held(TEST_LOCK if exclusive else f"with-{os.getpid()}", what) as free:
        if not free:
            raise say.GroundError(
                f"另一个检查正在运行 (another check is running): {locks.holder(TEST_LOCK)}。"
            )
        try:
            venv.ensure("dev")
            frontend.ensure()
            extra = {"CHROMIUM": str(browser.ensure())} if with_browser else {}
            with services.up(wishes, what, borrow=True):
                return _each(commands, extra)
        except (Stopped, KeyboardInterrupt):
            say.step("已停止 · stopped")
            return 130


def _each(commands: Sequence[tuple[str, list[str]]], extra: dict[str, str]) -> int:
    """Run all, so that one failure does not hide the next; returns 0 when every one passed."""
    path = f"{paths.VENV / 'bin'}:{os.environ.get('PATH', '')}"
    failed = []
    for title, words in commands:
        say.step(f"{title} …")
        env = {**os.environ, "PATH": path, **extra}
        code = _tested(title, words, env) if "pytest" in words else _foreground(words, env)
        say.step(f"{title} {f'✗ ({code})' if code else '✓'}")
        if code:
            failed.append(title)
    if failed:
        say.line(f"\n未通过 failed: {'; '.join(failed)}")
        return 1
    if len(commands) > 1:
        say.step("全部通过 · all passed")
    return 0


def _tested(title: str, words: list[str], env: dict[str, str]) -> int:
    """Run pytest; that nothing of a kind was asked for is no failure."""
    code = _foreground(words, env)
    if title == BROWSER and code not in {PASSED, NOTHING_CHOSEN}:
        say.step(f"{title} ✗ ({code})：失败的再试一次 (what failed is tried once more) …")
        # A run that broke off knows nothing of what it did not come to.
        again = ["--last-failed"] if code == SOME_FAILED else []
        code = _foreground([*words, *again], env)
    return PASSED if code == NOTHING_CHOSEN else code


def _foreground(words: list[str], env: dict[str, str]) -> int:
    """Run a command on this terminal; it is stopped when we are."""
    process = subprocess.Popen(words, cwd=Path(paths.ROOT), env=env)
    try:
        return process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
