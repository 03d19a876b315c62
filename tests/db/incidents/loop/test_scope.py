"""Every role × every action: what is not yours is not there."""

import pytest
from rest_framework.test import APIClient

from grids.choices import Role
from incidents.models import Incident
from incidents.workflow.actions import Action
from tests.factories import District, make_district
from tests.loop import client_of, make_case, send

pytestmark = pytest.mark.django_db
# The case lies in the other subdistrict's community, and was not dispatched to anybody.
SEES_IT = {Role.ADMIN, Role.CENTRE, Role.PLANNER, Role.LEADER}


@pytest.mark.parametrize("role", Role.values)
def test_elsewhere_there_is_no_case(district: District, role: str) -> None:
    number = make_case(district, at=district.centre(3, 2)).number
    client = client_of(district.users[role])
    for action in Action.values:
        status = send(client, number, action, {}).status_code
        if role in SEES_IT:
            assert status in (200, 403, 409, 422), action
        else:
            assert status == 404, action
    expected = "received" if role not in ("admin", "centre") else None
    assert expected is None or Incident.objects.get(number=number).state == expected


@pytest.mark.parametrize("role", Role.values)
def test_another_place_knows_nothing_of_it(district: District, role: str) -> None:
    number = make_case(district).number
    other = make_district("370298", name="邻区", west=120.70)
    client = client_of(other.users[role])
    for action in Action.values:
        assert send(client, number, action, {}).status_code == 404


def test_nobody_without_an_account(district: District) -> None:
    number = make_case(district).number
    for action in Action.values:
        assert send(APIClient(), number, action, {}).status_code == 401
