"""What of an address is written into the access log."""

import logging

from gis.config.logs import WithoutQuery


def line(address: str) -> str:
    words = ("127.0.0.1:1", "GET", address, "1.1", 200)
    record = logging.LogRecord(
        "uvicorn.access", logging.INFO, "", 0, '%s - "%s %s HTTP/%s" %d', words, None
    )
    assert WithoutQuery().filter(record)
    return record.getMessage()


def test_positions_and_secrets_are_left_out() -> None:
    assert line("/api/v1/patrols/next?lon=120.4&lat=36.1").endswith(
        '"GET /api/v1/patrols/next HTTP/1.1" 200'
    )
    assert "id=" not in line("/api/v1/patrols/trackers/osmand?id=secret&lat=1")
    assert "place=370212" in line("/api/v1/wall?place=370212")


def test_other_records_are_left_alone() -> None:
    record = logging.LogRecord("uvicorn.access", logging.INFO, "", 0, "hello", None, None)
    assert WithoutQuery().filter(record)
    assert record.getMessage() == "hello"
