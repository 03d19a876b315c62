"""Departments hand over what reached them (部门转办), several at a time. Positions are CGCS2000."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way
from incidents.channels.department.matters import FIELDS, read_matter

ADAPTER = Adapter(
    code="department",
    datum=Datum.CGCS2000,
    ways_in=frozenset({Way.API, Way.WEBHOOK, Way.FILE}),
    ways_out=frozenset({Way.WEBHOOK, Way.FILE}),
    fields=FIELDS,
    numbers=frozenset({"lon", "lat"}),
    rows="items",
    read=read_matter,
)
