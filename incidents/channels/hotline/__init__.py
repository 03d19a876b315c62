"""The 12345 hotline: work orders. The operator points at a Baidu map."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way
from incidents.channels.hotline.orders import FIELDS, read_order

ADAPTER = Adapter(
    code="hotline",
    datum=Datum.BD09,
    ways_in=frozenset({Way.API, Way.WEBHOOK, Way.FILE}),
    ways_out=frozenset({Way.WEBHOOK, Way.FILE}),
    fields=FIELDS,
    numbers=frozenset({"lng", "lat"}),
    read=read_order,
)
