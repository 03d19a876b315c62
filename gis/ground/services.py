"""The private services of one command: started for it, or borrowed from one that runs already."""

import contextlib
import time
from collections.abc import Callable, Iterator

from gis.ground import broker, cluster, environment, locks, say
from gis.ground.supervisor import Supervisor

OWNER = "services"
PATIENCE_SECONDS = 40.0


@contextlib.contextmanager
def up(wishes: environment.Wishes, what: str, *, borrow: bool) -> Iterator[Supervisor]:
    """PostgreSQL and Redis for the block, under a supervisor that may be given more programs.

    With `borrow`, services that another command of this clone runs are used as they are.
    Raises `GroundError` when they belong to another command and may not be borrowed.
    """
    with locks.held(OWNER, what) as mine, Supervisor() as supervisor:
        if not mine:
            if not borrow:
                raise say.GroundError(
                    f"此处已在运行 (already running here): {locks.holder(OWNER)}。\n"
                    "    先用 Ctrl-C 停止它，再试一次 (stop it first)。"
                )
            _wait_for_borrowed(wishes)
        else:
            _start(supervisor, wishes)
        yield supervisor


def _start(supervisor: Supervisor, wishes: environment.Wishes) -> None:
    if not wishes.database_url:
        postgres = cluster.ensure_programs()
        cluster.initialise(postgres)
        with say.doing("启动 PostgreSQL · private cluster"):
            _wait_until_gone("PostgreSQL", cluster.answers)
            supervisor.start(cluster.program(postgres))
            cluster.ensure_database(postgres)
    if not wishes.redis_url:
        program = broker.program(broker.ensure_program())
        _wait_until_gone("Redis", broker.answers)
        supervisor.start(program)


def _wait_until_gone(name: str, answers: Callable[[], bool]) -> None:
    """A server of a supervisor that was killed is still stopping: let it finish."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while answers():
        if time.monotonic() > limit:
            raise say.GroundError(
                f"上一次的 {name} 仍在运行 (the former {name} is still running)。"
            )
        time.sleep(0.2)


def _wait_for_borrowed(wishes: environment.Wishes) -> None:
    """The owner may be starting: wait for its services rather than fail."""
    limit = time.monotonic() + PATIENCE_SECONDS
    while not (
        (wishes.database_url or cluster.answers()) and (wishes.redis_url or broker.answers())
    ):
        if time.monotonic() > limit:
            raise say.GroundError("等不到另一命令启动的服务 (its services do not answer)。")
        time.sleep(0.2)
    say.step(f"使用已在运行的服务 · using the services of: {locks.holder(OWNER)}")
