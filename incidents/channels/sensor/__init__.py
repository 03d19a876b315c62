"""Sensors (物联感知): what one measures beyond its threshold. Positions are WGS-84."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way
from incidents.channels.sensor.alarms import FIELDS, read_alarm

ADAPTER = Adapter(
    code="sensor",
    datum=Datum.WGS84,
    ways_in=frozenset({Way.API, Way.WEBHOOK, Way.FILE}),
    ways_out=frozenset({Way.WEBHOOK, Way.FILE}),
    fields=FIELDS,
    numbers=frozenset({"value", "threshold", "lon", "lat"}),
    read=read_alarm,
)
