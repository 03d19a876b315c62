"""The parameters of a question about cases, as the document tells them."""

from grids.api.schemas import BBOX, PLACE, query
from incidents.choices import Due, Kind, Order, Placed, Tier

__all__ = ["ASKED_OF_HANDLING", "QUEUE"]

ASKED_OF_HANDLING = [
    query("state", "状态，可用逗号分隔多个，或 open (states, by commas, or open)"),
    query("unit", "主责单位代码 (code of the leading unit)"),
    query("tier", "办理层级 (level)", enum=Tier.values),
    query("due", "在办案件的期限 (deadline of open cases)", enum=Due.values),
    query("mine", "yes：待我办理 (waits for me)", enum=["yes"]),
    query("text", "编号，或诉求内容、地址中的字 (a number, or words of a report)"),
    query("order", "次序 (order)", enum=Order.values),
]
QUEUE = [
    PLACE,
    BBOX,
    query("grid", "网格代码 (grid code)"),
    query("region", "社区或街道代码 (community or subdistrict code)"),
    query("from", "受理时间起，含 (received from)"),
    query("to", "受理时间止，不含 (received until)"),
    query("kind", "类型 (kind)", enum=Kind.values),
    query("category", "类别代码 (category code)"),
    query("placed", "no：待人工定位 (waiting for a person)", enum=Placed.values),
    *ASKED_OF_HANDLING,
    query("numbers", "只看这些案件，逗号分隔，最多 50 (of these only)"),
    query("cursor", "下一页，见 next (the next page)"),
]
