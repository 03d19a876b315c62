"""Grid workers on their rounds."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way

ADAPTER = Adapter(
    code="worker",
    datum=Datum.WGS84,
    ways_in=frozenset({Way.API}),
)
