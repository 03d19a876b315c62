"""What the set-up says: one line a step, progress while it lasts, the log's tail when it fails."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gis.ground import paths

_START = time.monotonic()
TAIL_LINES = 25
QUIET_SECONDS = 10.0


class GroundError(Exception):
    """The set-up cannot go on; the message says what is missing and how to get it."""


def line(text: str = "") -> None:
    print(text, flush=True)


def elapsed() -> float:
    """Seconds since the command started."""
    return time.monotonic() - _START


def step(text: str) -> None:
    line(f"[{elapsed():6.1f} s] {text}")


def tail(log: Path, count: int = TAIL_LINES) -> str:
    """The last lines of a log file, indented; empty when there is none."""
    if not log.exists():
        return ""
    with log.open("rb") as handle:
        handle.seek(max(0, log.stat().st_size - 16_384))
        lines = handle.read().decode(errors="replace").splitlines()
    return "\n".join(f"    {text}" for text in lines[-count:])


def _progress(process: subprocess.Popen[bytes], title: str, log: Path) -> None:
    """Show that a long step is alive: a line that changes, or elsewhere a line now and then."""
    began = said = time.monotonic()
    terminal = sys.stdout.isatty()
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.2)
            break
        now = time.monotonic()
        if terminal and now - began > 1:
            last = tail(log, 1).strip()[:60]
            print(f"\r\033[K           {title} {now - began:.0f} s  {last}", end="", flush=True)
        elif not terminal and now - said >= QUIET_SECONDS:
            said = now
            line(f"           … {title} {now - began:.0f} s")
    if terminal:
        print("\r\033[K", end="", flush=True)


def run(
    title: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path = paths.ROOT,
    hint: str = "",
    user: str | None = None,
) -> None:
    """Run one command of the set-up, its output in `var/log/setup.log`.

    Raises `GroundError` with the log's tail and `hint` when it fails or cannot be started.
    """
    paths.LOGS.mkdir(parents=True, exist_ok=True)
    log = paths.LOGS / "setup.log"
    words = [str(word) for word in command]
    with log.open("ab") as output:
        output.write(f"\n$ {' '.join(words)}\n".encode())
        output.flush()
        try:
            process = subprocess.Popen(
                words,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group=_group(user),
                extra_groups=[] if user else None,
            )
        except OSError as error:
            raise GroundError(f"{title}：无法启动 {words[0]} (cannot start): {error}") from error
        try:
            _progress(process, title, log)
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if process.returncode:
        raise GroundError(
            f"{title} 失败 (failed, exit {process.returncode}):\n    $ {' '.join(words)}\n"
            f"{tail(log)}\n    完整日志 full log: {log}" + (f"\n{hint}" if hint else "")
        )


def _group(user: str | None) -> int | None:
    if user is None:
        return None
    import pwd

    return pwd.getpwnam(user).pw_gid


@contextlib.contextmanager
def doing(title: str) -> Iterator[None]:
    """Announce a step, and say how long it took when that was noticeable."""
    step(f"{title} …")
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took >= 1:
        step(f"{title} ✓ {took:.1f} s")
