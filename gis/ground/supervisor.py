"""A small supervisor: starts programs in order, restarts what falls, stops all in reverse order.

Every program is a session of its own, so that Ctrl-C reaches the supervisor alone and the order is
kept; the kernel tells each of them when the supervisor itself is killed, so that none is orphaned.
"""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from gis.ground import paths, say

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
POLL_SECONDS = 0.1
# A program that falls this often within the window is not going to stay up.
MOST_FALLS = 5
WINDOW_SECONDS = 60.0
LONGEST_PAUSE = 8.0


@dataclass(frozen=True)
class Program:
    """One long-running process: what it is, how it stops, and when it is ready."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path = paths.ROOT
    stop_with: str = "SIGTERM"
    stop_seconds: float = 10
    user: str | None = None
    ready: Callable[[], bool] | None = None
    before: Callable[[], None] | None = None
    ready_seconds: float = 60

    @property
    def log(self) -> Path:
        return paths.LOGS / f"{self.name}.log"


class Running:
    """A started program, its falls, and when it may be started again."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.falls: list[float] = []
        self.again_at: float | None = None

    def start(self) -> None:
        program = self.program
        if program.before:
            program.before()
        program.log.parent.mkdir(parents=True, exist_ok=True)
        stop = signal.Signals[program.stop_with]
        parent = os.getpid()
        group = pwd.getpwnam(program.user).pw_gid if program.user else None
        with program.log.open("ab") as log:
            self.process = subprocess.Popen(
                program.command,
                cwd=program.directory,
                env={**os.environ, **program.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=program.user,
                group=group,
                extra_groups=[] if program.user else None,
                # After the change of user, which would clear it.
                preexec_fn=lambda: die_with_parent(stop, parent),
            )
        self.again_at = None

    def fell(self, now: float) -> bool:
        """Note a fall; returns whether another start is worth trying."""
        self.falls = [at for at in self.falls if now - at < WINDOW_SECONDS] + [now]
        self.again_at = now + min(LONGEST_PAUSE, 0.25 * 2 ** len(self.falls))
        return len(self.falls) < MOST_FALLS

    def stop(self, hurry: Callable[[], bool]) -> None:
        """Ask it to stop, wait (less in a hurry), then end what is left of its process group."""
        process = self.process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.Signals[self.program.stop_with])
        limit = time.monotonic() + self.program.stop_seconds
        while process.poll() is None and time.monotonic() < limit and not hurry():
            time.sleep(POLL_SECONDS / 4)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.process = None


def die_with_parent(how: int, parent: int) -> None:
    """Ask the kernel to send `how` to this process when `parent`, which started it, is gone."""
    _LIBC.prctl(PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


class Stopped(Exception):
    """The supervisor was asked to stop."""


class Supervisor:
    """Programs in the order of their start."""

    def __init__(self) -> None:
        self.running: list[Running] = []
        self._asked = 0

    def __enter__(self) -> "Supervisor":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._ask)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
            signal.signal(signal.SIGHUP, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1
        if self._asked == 1:
            raise Stopped

    def start(self, program: Program) -> None:
        """Start a program and wait until it is ready.

        Raises `GroundError` with its log's tail when it falls or is not ready in time.
        """
        running = Running(program)
        self.running.append(running)
        running.start()
        if program.ready:
            self.wait_until(program.ready, program, program.ready_seconds)

    def wait_until(
        self,
        ready: Callable[[], bool],
        program: Program,
        seconds: float,
        *,
        every: float = POLL_SECONDS,
    ) -> None:
        """Wait for `ready`, asked `every` so many seconds, while watching every program."""
        limit = time.monotonic() + seconds
        while not ready():
            self.look()
            if time.monotonic() > limit:
                raise say.GroundError(
                    f"{program.name} 在 {seconds:.0f} 秒内没有就绪 (not ready in time)。\n"
                    f"{say.tail(program.log)}\n    日志 log: {program.log}"
                )
            time.sleep(every)

    def look(self) -> None:
        """Restart what has fallen; `GroundError` when something keeps falling."""
        now = time.monotonic()
        for running in self.running:
            process = running.process
            if process is not None and process.poll() is not None:
                running.process = None
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)  # its children do not outlive it
                self._note_fall(running, process.returncode, now)
            elif process is None and running.again_at is not None and now >= running.again_at:
                running.start()

    def _note_fall(self, running: Running, code: int, now: float) -> None:
        program = running.program
        if not running.fell(now):
            raise say.GroundError(
                f"{program.name} 反复退出，已放弃 (keeps exiting, code {code}; giving up)。\n"
                f"{say.tail(program.log)}\n    日志 log: {program.log}"
            )
        pause = (running.again_at or now) - now
        say.step(
            f"{program.name} 意外退出（代码 {code}），{pause:.1f} 秒后重启"
            f" · exited, restarting · {program.log}"
        )

    def watch(self) -> None:
        """Keep everything up until asked to stop (raises `Stopped`)."""
        while True:
            self.look()
            time.sleep(POLL_SECONDS * 2)

    def stop(self) -> None:
        """Stop all, the last started first; a second signal stops waiting for anybody."""
        self._asked = max(self._asked, 1)
        while self.running:
            self.running.pop().stop(hurry=lambda: self._asked > 1)
