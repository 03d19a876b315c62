"""Who is on duty."""

from datetime import datetime

from grids.models import Place
from patrols.models import Shift


def on_duty(place: Place, at: datetime) -> int:
    """How many workers of `place` were on duty at `at`."""
    return int(Shift.objects.of(place).open_at(at).count())
