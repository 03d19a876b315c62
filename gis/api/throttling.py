"""Counting requests per address: one atomic step in Redis, so that a burst cannot slip through.

The address is the one our own proxy wrote (`NUM_PROXIES`), or the peer's: what a client writes
into X-Forwarded-For changes nothing. Redis is disposable: while it is away everything passes, and
the log says so; only what guards a secret waits until it is back.
"""

import hashlib
import logging
import time
from functools import lru_cache
from typing import Any, cast

import redis
from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

log = logging.getLogger(__name__)

# INCR and EXPIRE in one step: a counter that lost its end would lock an address out for good.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('PTTL', KEYS[1])}
"""
WINDOW_S = 60
# After a failure Redis is left alone for a while: a dead host must not slow every request.
REST_S = 5.0


@lru_cache(maxsize=4)
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.25, socket_connect_timeout=0.25)


class AddressThrottle(BaseThrottle):
    """At most `limit()` requests of one address in a window. Subclasses name scope and setting."""

    scope = ""
    setting = ""
    window_s = WINDOW_S
    # Whether requests pass while nobody can count them.
    passes_uncounted = True
    _resting_until = 0.0

    def limit(self) -> int:
        return int(getattr(settings, self.setting))

    def who(self, request: Request, view: APIView) -> str:  # noqa: ARG002
        """Whose requests are counted together; blank for nobody's."""
        return str(self.get_ident(request))

    def allow_request(self, request: Request, view: APIView) -> bool:
        """False when the window is used up; while Redis is away, `passes_uncounted`."""
        who = self.who(request, view)
        if not who:
            return True
        if time.monotonic() < AddressThrottle._resting_until:
            return self.passes_uncounted
        # An address is personal data: its digest is enough to count by.
        ident = hashlib.sha256(who.encode()).hexdigest()[:32]
        key = f"wangge:throttle:{self.scope}:{ident}"
        try:
            count, left_ms = self._count(key)
        except (redis.RedisError, OSError) as error:
            AddressThrottle._resting_until = time.monotonic() + REST_S
            log.warning("限流暂停，Redis 不可用 (throttling is off, Redis is away): %s", error)
            return self.passes_uncounted
        self._left_s = max(left_ms, 0) / 1000
        return count <= self.limit()

    def wait(self) -> float | None:
        """Seconds until the window is over."""
        return getattr(self, "_left_s", None)

    def _count(self, key: str) -> tuple[int, int]:
        answer: Any = _redis(settings.REDIS_URL).eval(COUNT, 1, key, str(self.window_s * 1000))
        return cast(tuple[int, int], tuple(answer))


class AnonymousThrottle(AddressThrottle):
    """Counts only those who have not signed in."""

    def allow_request(self, request: Request, view: APIView) -> bool:
        return bool(request.user.is_authenticated) or super().allow_request(request, view)


class LocateThrottle(AnonymousThrottle):
    scope = "locate"
    setting = "LOCATES_PER_MINUTE"


class TokenThrottle(AddressThrottle):
    scope = "token"
    setting = "TOKEN_ATTEMPTS_PER_MINUTE"


class ReportThrottle(AnonymousThrottle):
    scope = "report"
    setting = "REPORTS_PER_MINUTE"


class PhotoThrottle(AnonymousThrottle):
    scope = "photo"
    setting = "PHOTOS_PER_MINUTE"


class WebhookThrottle(AddressThrottle):
    """What partners send by machine."""

    scope = "webhook"
    setting = "WEBHOOKS_PER_MINUTE"


class LookupThrottle(AnonymousThrottle):
    """Questions of the residents' page: what is near, where is an address."""

    scope = "lookup"
    setting = "LOOKUPS_PER_MINUTE"


class FollowThrottle(AddressThrottle):
    """Asking after a report."""

    scope = "follow"
    setting = "FOLLOWS_PER_MINUTE"
    passes_uncounted = False


class SecretThrottle(AddressThrottle):
    """Counts by the secret that a request shows (`view.secret_of`), not by where it comes from."""

    def who(self, request: Request, view: APIView) -> str:
        return str(view.secret_of(request))  # type: ignore[attr-defined]


class TrackerThrottle(SecretThrottle):
    scope = "tracker"
    setting = "TRACKER_FIXES_PER_MINUTE"
