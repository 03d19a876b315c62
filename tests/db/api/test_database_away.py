"""A database that is away is worth another try; a statement that it cannot do is our mistake."""

import json

import psycopg
import pytest
from django.db import InterfaceError, OperationalError
from psycopg import errors

from gis.api.errors import handler


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
@pytest.mark.parametrize(
    "cause",
    [None, psycopg.OperationalError("lost"), errors.AdminShutdown(), errors.TooManyConnections(),
     errors.DeadlockDetected(), errors.LockNotAvailable(), errors.DiskFull()],
)  # fmt: skip
def test_what_passes_is_a_503(kind: type[Exception], cause: Exception | None) -> None:
    lost = kind("secret of the inside")
    lost.__cause__ = cause
    told = handler(lost, {})
    assert told is not None
    assert (told.status_code, told["Retry-After"]) == (503, "2")
    (reason,) = json.loads(told.content)["errors"]
    assert reason["code"] == "unavailable"
    assert "secret" not in told.content.decode()


def test_what_stays_is_a_500() -> None:
    broken = OperationalError("too complex")
    broken.__cause__ = errors.StatementTooComplex()
    assert handler(broken, {}) is None
