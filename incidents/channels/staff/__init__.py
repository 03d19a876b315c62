"""What a clerk takes down on the telephone; the pin stands on our own map."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way

ADAPTER = Adapter(
    code="staff",
    datum=Datum.WGS84,
    ways_in=frozenset({Way.PAGE, Way.API}),
)
