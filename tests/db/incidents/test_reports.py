"""A report comes in over HTTP."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from grids.models import User
from incidents.models import Attribution, Incident, Report
from tests.db.incidents.conftest import a_report, send
from tests.factories import District

pytestmark = pytest.mark.usefixtures("channels")


def test_a_report_is_kept_and_placed(district: District, api: APIClient) -> None:
    told = send(api, a_report())
    assert told.status_code == 201, told.content
    body = told.json()
    assert body["snap"]["grid"]["code"] == district.cell(0, 0).code
    report = Report.objects.get(number=body["number"])
    assert report.incident.number == body["incident"]
