"""The working calendar, as the rooms below ask for it: the table of holidays is kept here."""

from datetime import date

from grids.models import Place
from incidents.workflow.office import calendar_of
from patrols.selectors import workdays

__all__ = ["is_worked"]


@workdays.answers
def is_worked(place: Place, day: date) -> bool:
    """Whether `day` is worked in `place`: by its weekdays, holidays and make-up days."""
    return calendar_of(place).is_working_day(day)
