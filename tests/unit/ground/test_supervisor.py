"""Programs start in order, come back when they fall, stop in reverse, and are never orphaned."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gis.ground import paths, say
from gis.ground.supervisor import Program, Supervisor

PATIENCE = 20.0
# Tells when it starts and when it is asked to stop.
TALKER = """
import signal, sys, time
name, book = sys.argv[1:3]
def note(word):
    with open(book, "a") as handle:
        handle.write(f"{word} {name}\\n")
def stop(*_):
    note("stop")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("start")
time.sleep(600)
"""


def wait_for(seen: Callable[[], bool]) -> bool:
    limit = time.monotonic() + PATIENCE
    while not seen():
        if time.monotonic() > limit:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture(autouse=True)
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(paths, "LOGS", tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "book"


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """One that is not entered: the test's own signals stay as they are."""
    made = Supervisor()
    yield made
    made.stop()


def talker(name: str, book: Path) -> Program:
    def ready() -> bool:
        return book.exists() and f"start {name}" in book.read_text()

    return Program(name, [sys.executable, "-c", TALKER, name, str(book)], ready=ready)


def test_stops_in_the_reverse_order_of_the_start(supervisor: Supervisor, book: Path) -> None:
    for name in ("database", "worker", "web"):
        supervisor.start(talker(name, book))
    supervisor.stop()
    assert book.read_text().split("\n")[:-1] == [
        "start database", "start worker", "start web", "stop web", "stop worker", "stop database",
    ]  # fmt: skip


def test_what_is_killed_comes_back(supervisor: Supervisor, book: Path) -> None:
    supervisor.start(talker("worker", book))
    process = supervisor.running[0].process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)

    def back() -> bool:
        supervisor.look()
        return book.read_text().count("start worker") == 2

    assert wait_for(back)


def test_what_keeps_falling_is_given_up_with_its_last_words(supervisor: Supervisor) -> None:
    words = [sys.executable, "-c", "print('no disk left'); raise SystemExit(3)"]
    running = Program("worker", words)
    supervisor.start(running)
    supervisor.running[0].falls = [time.monotonic()] * 3  # it has fallen before
    with pytest.raises(say.GroundError, match="no disk left"):
        supervisor.watch()


def test_one_that_is_never_ready_is_named(supervisor: Supervisor) -> None:
    sleeper = Program(
        "web",
        [sys.executable, "-c", "import time; time.sleep(600)"],
        ready=lambda: False,
        ready_seconds=0.3,
        stop_seconds=0.1,
    )
    with pytest.raises(say.GroundError, match="web"):
        supervisor.start(sleeper)


def test_one_that_will_not_stop_is_killed_with_its_children(
    supervisor: Supervisor, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    script = f"trap '' TERM; sleep 600 & echo $$ $! > {pids}.new; mv {pids}.new {pids}; wait; wait"
    supervisor.start(Program("stubborn", ["sh", "-c", script], ready=pids.exists, stop_seconds=0.2))
    supervisor.stop()
    assert wait_for(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))


def test_killing_the_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    script = f"""
import os, sys, time
from pathlib import Path
sys.path.insert(0, {str(paths.ROOT)!r})
from gis.ground import paths
from gis.ground.supervisor import Program, Supervisor
paths.LOGS = Path({str(tmp_path)!r})
with Supervisor() as supervisor:
    supervisor.start(Program("child", ["sleep", "600"]))
    Path({str(pid_file)!r} + ".new").write_text(str(supervisor.running[0].process.pid))
    os.rename({str(pid_file)!r} + ".new", {str(pid_file)!r})
    supervisor.watch()
"""
    with subprocess.Popen([sys.executable, "-c", script]) as parent:
        try:
            assert wait_for(pid_file.exists)
            child = int(pid_file.read_text())
            assert alive(child)
        finally:
            parent.kill()
    assert wait_for(lambda: not alive(child))
