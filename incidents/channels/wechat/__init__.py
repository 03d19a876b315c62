"""The WeChat official account, which gives displaced positions."""

from gis.kernel.datum import Datum
from incidents.channels.adapter import Adapter, Way

ADAPTER = Adapter(
    code="wechat",
    datum=Datum.GCJ02,
    ways_in=frozenset({Way.API}),
)
