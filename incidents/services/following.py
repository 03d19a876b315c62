"""Asking after a report: what whoever sent it may see, and what happened to it since."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing

from gis.ledger.models import Attachment
from incidents.models import Incident, Report
from incidents.services import vault
from incidents.services.acting import main_case
from incidents.services.loop_steps import Step, answer_notes, steps_of
from incidents.services.surveying import Surveyed, surveyed
from incidents.services.vault import Digits

# How long the addresses of the pictures work after the digits were told.
PASS_FOR = timedelta(minutes=30)
_SALT = "incidents.following"
# What eyes and ears take for another character, in the alphabet of the numbers.
_ALIKE = str.maketrans("OIL", "011")
_NUMBER = re.compile(r"R(\d{6})-?([0-9A-Z]{12})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Followed:
    """A report that is asked after, and the case it is handled in.

    `is_open` says whether its content may be told.
    """

    report: Report
    case: Incident
    is_open: bool
    steps: list[Step]
    survey: Surveyed


def read_number(text: str) -> str:
    """A report's number as it is stored, from how people write it; blank when it cannot be one."""
    found = _NUMBER.fullmatch("".join(text.upper().split()).replace("—", "-").replace("–", "-"))
    return f"R{found[1]}-{found[2].translate(_ALIKE)}" if found else ""


def follow(number: str, digits: str) -> Followed | None:
    """The report of that number for whoever knows the last four digits of its phone.

    A report without a phone is found by its number, and stays closed. None means an unknown number
    or other digits: nobody is told which.
    """
    report = (
        Report.objects.filter(number=read_number(number))
        .select_related("incident__place", "category", "reporter")
        .defer("incident__place__envelope")
        .first()
    )
    said = vault.check_digits(report.reporter if report else None, digits)
    if report is None or said is Digits.WRONG:
        return None
    case = main_case(report.incident)
    return Followed(report, case, said is Digits.RIGHT, steps_of(report), surveyed(report, case))


def make_pass(report: Report) -> str:
    """A word that opens the report's pictures for a while, to put into their addresses."""
    word: str = signing.TimestampSigner(salt=_SALT).sign_object(report.number)
    return word


def photo_by_pass(number: str, photo: Any, word: str) -> Attachment | None:
    """The picture, when `word` was made for that report not long ago and it is one of its own."""
    try:
        signed = signing.TimestampSigner(salt=_SALT).unsign_object(word, max_age=PASS_FOR)
    except signing.BadSignature:
        return None
    if signed != read_number(number):
        return None
    report = Report.objects.select_related("incident").filter(number=signed).first()
    if report is None:
        return None
    found: Attachment | None = report.photos.filter(pk=photo).first()
    if found is None:
        answers = answer_notes(main_case(report.incident)).values("photos")
        found = Attachment.objects.filter(pk=photo, pk__in=answers).first()
    return found
