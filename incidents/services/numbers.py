"""The numbers of reports and cases."""

import secrets
from collections.abc import Sequence
from datetime import date

from django.db import connection

# Crockford's base 32: no letter that is read or heard as another.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LETTERS = 12


def report_number(day: date) -> str:
    """A number for whoever sent the report: 60 random bits, so that nobody can guess another's."""
    return f"R{day:%y%m%d}-" + "".join(secrets.choice(ALPHABET) for _ in range(LETTERS))


def incident_numbers(days: Sequence[date]) -> list[str]:
    """A number for each case, by the local day it was received, from one sequence in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval('incidents_number') FROM generate_series(1, %s)", [len(days)]
        )
        rows = cursor.fetchall()
    return [f"{day:%Y%m%d}-{number:06d}" for day, (number,) in zip(days, rows, strict=True)]
