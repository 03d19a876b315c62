"""The defaults of each action carry a case from its report to its end, through the API."""

import pytest

from gis.ledger.services.audit import broken_links
from incidents.models import Incident, Satisfaction
from tests.factories import District
from tests.loop import NORMAL_PATH, client_of, make_case, send, tell

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["livelihood", "enforcement", "development"])
def test_the_defaults_lead_to_the_end(district: District, kind: str) -> None:
    number = make_case(district, kind=kind).number
    clients = {role: client_of(district.users[role]) for role in ("centre", "handler")}
    for action, role in [*NORMAL_PATH, ("call_back", "centre"), ("survey", "centre")]:
        answer = send(clients[role], number, action)
        assert answer.status_code == 200, (action, answer.json())
    told = tell(clients["centre"], number)
    assert told["state"] == "closed"
    assert told["deadline"] is None
    written = "verified filed dispatched checked_in handled fed_back inspected closed called_back"
    events = [event["action"].removeprefix("incident.") for event in told["events"]]
    assert " ".join(events) == f"report.received {written} surveyed"
    assert [one.score for one in Satisfaction.objects.order_by("pk")] == [5, 5]
    assert Incident.objects.get().unit == district.units["department"]
    assert not list(broken_links())
