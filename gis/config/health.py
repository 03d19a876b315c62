"""`GET /healthz`: 200 only when every part answers, and in the demo only when it is loaded.

Anybody may ask, so an answer names the part and what to look at, never an address or an exception.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from gis.ground.site import LOGINS
from gis.ledger.models import OutboxMessage
from gis.ledger.services import heartbeat
from grids.models import Edition, Grid, Place

logger = logging.getLogger(__name__)

# Six periods of the heartbeat: a busy worker is late now and then, a dead one stays silent.
SILENCE = timedelta(seconds=30)
# A message that is due this long and was never tried has no relay.
BACKLOG = timedelta(seconds=60)
REDIS_SECONDS = 2


class Unwell(Exception):
    """A part does not do its work; the message says what is seen."""


def database() -> str:
    """The server answers; its version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str(cursor.fetchone()[0])


def postgis() -> str:
    """PostGIS is in the database; its version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
        row = cursor.fetchone()
    if row is None:
        raise Unwell("数据库中没有 PostGIS 扩展 (the extension is not in the database)")
    return str(row[0])


_migrated = False


def migrations() -> str:
    """Every migration is applied; asked until it is so, since it cannot become undone."""
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if waiting:
            raise Unwell(f"有 {len(waiting)} 个迁移未执行 (migrations are not applied)")
        _migrated = True
    return "applied"


def broker() -> str:
    """Redis answers; its version."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
    )
    try:
        return str(client.info("server")["redis_version"])
    finally:
        client.close()


def _pulse(part: str) -> str:
    last = heartbeat.last(part)
    if last is None:
        raise Unwell("还没有心跳 (no heartbeat yet)")
    silent = timezone.now() - last
    if silent > SILENCE:
        raise Unwell(f"{silent.total_seconds():.0f} 秒没有心跳 (seconds without a heartbeat)")
    return "alive"


def beat() -> str:
    """The scheduler sends its tasks."""
    return _pulse("beat")


def worker() -> str:
    """A worker does what the scheduler sends."""
    return _pulse("worker")


def relay() -> str:
    """The outbox is worked off."""
    _pulse("relay")
    late = timezone.now() - BACKLOG
    stuck = OutboxMessage.objects.filter(done_at__isnull=True, due_at__lte=late).count()
    if stuck:
        raise Unwell(f"{stuck} 件待发事项积压 (messages are overdue)")
    return "worked off"


def demo() -> str:
    """The demo district is loaded: a division in force with its grids, and every demo login."""
    expected = {name for name, _role in LOGINS}
    users = get_user_model().objects.filter(username__in=expected, is_active=True)
    missing = expected - set(users.values_list("username", flat=True))
    if missing:
        raise Unwell(f"缺少演示账号 (demo logins are missing): {', '.join(sorted(missing))}")
    for place in Place.objects.exclude(profile_digest=""):
        edition = Edition.objects.in_force(place)
        if edition is not None:
            count = Grid.objects.filter(edition=edition).count()
            if count:
                return f"{edition.name}: {count}"
    raise Unwell("还没有生效的网格版本 (no edition with grids is in force)")


def checks() -> dict[str, Callable[[], str]]:
    """The parts of this installation, those that others stand on first."""
    found: dict[str, Callable[[], str]] = {
        "database": database,
        "postgis": postgis,
        "migrations": migrations,
        "redis": broker,
        "beat": beat,
        "worker": worker,
        "relay": relay,
    }
    if settings.DEMO:
        found["demo"] = demo
    return found


def examine(check: Callable[[], str]) -> tuple[bool, str]:
    """Whether a part is well, and what was seen."""
    try:
        return True, check()
    except Unwell as finding:
        return False, str(finding)
    except (DatabaseError, redis.RedisError, OSError) as error:
        logger.warning("health: %s: %s", check.__name__, error)
        return False, f"没有应答 (no answer): {type(error).__name__}"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Every part with its state; 503 as soon as one is not well. `?part=` asks for some only."""
    wanted = checks()
    if asked := request.GET.getlist("part"):
        if unknown := [name for name in asked if name not in wanted]:
            return JsonResponse({"part": f"没有 (no such part): {unknown[0][:40]}"}, status=400)
        wanted = {name: wanted[name] for name in asked}
    results = {name: examine(check) for name, check in wanted.items()}
    well = all(fine for fine, _ in results.values())
    parts = {
        name: {"status": "ok" if fine else "fail", "detail": detail}
        for name, (fine, detail) in results.items()
    }
    body = {"status": "ok" if well else "fail", "demo": settings.DEMO, "parts": parts}
    return JsonResponse(body, status=200 if well else 503)
