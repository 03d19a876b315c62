"""Cases on the small district for the wall: the briefing's two weeks, each in its grid."""

from datetime import datetime
from zoneinfo import ZoneInfo

from incidents.models import Incident
from tests.briefing import make_reports
from tests.factories import District

# A Wednesday afternoon of week 44; the Wednesday before has cases too.
AT = datetime(2022, 11, 2, 14, 32, tzinfo=ZoneInfo("Asia/Shanghai"))


def make_cases(district: District) -> None:
    """Write the cases; every tenth waits for a dispatcher to decide its grid."""
    make_reports(district)
    for number, case in enumerate(Incident.objects.order_by("pk")):
        report = case.reports.get()
        case.grid = report.attributions.get(edition=district.now).grid
        case.category = report.category
        case.provisional = number % 10 == 0
        case.save()
