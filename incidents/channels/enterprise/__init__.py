"""The page of enterprises (企业直通车)."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way

ADAPTER = Adapter(
    code="enterprise",
    datum=Datum.WGS84,
    asks_organisation=True,
    ways_in=frozenset({Way.PAGE, Way.API}),
)
