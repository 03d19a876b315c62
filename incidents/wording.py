"""Finding cases by a number, or by words that were sent with them."""

import re

from django.db.models import Q

from incidents.models import Report

__all__ = ["worded"]

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
    return Q(pk__in=Report.objects.filter(said).values("incident"))
