"""The residents' page. A browser gives what the satellite says."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way

ADAPTER = Adapter(
    code="resident",
    datum=Datum.WGS84,
    ways_in=frozenset({Way.PAGE, Way.API}),
)
