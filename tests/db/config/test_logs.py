"""A refused stranger leaves a line in the log, not a trace that looks like a fault."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_strange_host_is_refused_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    assert Client().get("/healthz", HTTP_HOST="a,b").status_code == 400
    (line,) = [told for told in caplog.records if told.name == "django.security.DisallowedHost"]
    assert "a,b" in line.getMessage()
    assert line.exc_info is None
