"""Two writers that need the same new partition: one makes it, the other waits and finds it."""

import threading
import time
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from patrols.services import partitions

DAY = date(2031, 5, 6)
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def asked(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True)
def test_who_waits_finds_it_made() -> None:
    made: list[Any] = []

    def other() -> None:
        try:
            made.append(partitions.ensure([DAY]))
        except Exception as error:  # noqa: BLE001 - told by the main thread
            made.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=other)
    try:
        with transaction.atomic():
            assert partitions.ensure([DAY]) == [DAY]
            thread.start()
            until = time.monotonic() + 30
            while not asked(WAITING) and time.monotonic() < until:
                time.sleep(0.01)
            assert asked(WAITING)
        thread.join()
        assert made == [[]]
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {partitions.name_of(DAY)}")
