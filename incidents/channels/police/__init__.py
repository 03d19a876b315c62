"""The police: what was called in and is none of theirs (非警务警情). Positions are CGCS2000."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way
from incidents.channels.police.cases import FIELDS, read_case

ADAPTER = Adapter(
    code="police",
    datum=Datum.CGCS2000,
    ways_in=frozenset({Way.API, Way.WEBHOOK, Way.FILE}),
    ways_out=frozenset({Way.WEBHOOK, Way.FILE}),
    fields=FIELDS,
    numbers=frozenset({"x", "y"}),
    read=read_case,
)
