"""Finding cases by a number, or by words that were sent with them."""

import re

from django.db.models import Q

from incidents.models import Report

__all__ = ["worded"]

FEW = 2000
_CASE = re.compile(r"\d{6,8}(?:-\d{0,12})?", re.ASCII)
_REPORT = re.compile(r"R\d{6}(?:-[0-9A-Z]{0,12})?", re.ASCII)


def worded(text: str) -> Q:
    """A question to `Incident`. What reads as the beginning of a number is asked as one only: an
    "or" between numbers and words could use no index.
    """
    upper = text.upper()
    if _CASE.fullmatch(text):
        return Q(number__startswith=text)
    if _REPORT.fullmatch(upper):
        return Q(pk__in=Report.objects.filter(number__startswith=upper).values("incident"))
    said = Q(description__icontains=text) | Q(address__icontains=text)
    found = Report.objects.filter(said).order_by().values_list("incident", flat=True)
    # Few are looked up once, by the index: beside other conditions the planner would not know that
    # they are few. Of many it need not.
    few = list(found[: FEW + 1])
    return Q(pk__in=few) if len(few) <= FEW else Q(pk__in=found)
