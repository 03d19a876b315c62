"""The examination behind `manage.py doctor`."""

from collections.abc import Iterator

from gis.management.doctor import machine, parts
from gis.management.doctor.finding import Finding


def examination() -> Iterator[Finding]:
    """Every finding, the machine first, then what runs on it; one that fails does not end it."""
    for check in [*machine.CHECKS, *parts.checks()]:
        yield check()
