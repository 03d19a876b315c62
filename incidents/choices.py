"""The closed lists of intake. Kinds after the platform; classes are data (GB/T 30428)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The three kinds of demand."""

    LIVELIHOOD = "livelihood", _("民生")
    ENFORCEMENT = "enforcement", _("执法")
    DEVELOPMENT = "development", _("发展")


class IncidentState(TextChoices):
    """Where a case stands; how it gets from one to another is in `incidents.workflow.table`."""

    RECEIVED = "received", _("待受理")
    VERIFIED = "verified", _("已核实")
    FILED = "filed", _("已立案")
    DISPATCHED = "dispatched", _("已派遣")
    CHECKED_IN = "checked_in", _("处置中")
    HANDLED = "handled", _("已处置")
    FED_BACK = "fed_back", _("待核查")
    INSPECTED = "inspected", _("待结案")
    CLOSED = "closed", _("已结案")
    SUSPENDED = "suspended", _("挂账")
    VOID = "void", _("已作废")
    MERGED = "merged", _("已并案")


# States in which a case is still to be dealt with: the rest are its ends.
OPEN_STATES = tuple(
    state
    for state in IncidentState
    if state not in (IncidentState.CLOSED, IncidentState.VOID, IncidentState.MERGED)
)


class Tier(TextChoices):
    """Which level answers for a case: it analyses and dispatches (分级办理, 提级办理)."""

    COMMUNITY = "community", _("社区")
    SUBDISTRICT = "subdistrict", _("街道")
    CENTRE = "centre", _("区治理中心")
    LEADER = "leader", _("区领导")


class Step(TextChoices):
    """What a clock runs for."""

    VERIFY = "verify", _("核实")
    FILE = "file", _("立案")
    DISPATCH = "dispatch", _("派遣")
    CHECK_IN = "check_in", _("报到")
    HANDLE = "handle", _("处置")
    FEED_BACK = "feed_back", _("反馈")
    INSPECT = "inspect", _("核查")
    CLOSE = "close", _("结案")
    CALL_BACK = "call_back", _("回访")


class LimitUnit(TextChoices):
    """What a time limit is counted in."""

    WORKING_HOURS = "working_hours", _("工作时")
    WORKING_DAYS = "working_days", _("工作日")


class Part(TextChoices):
    """What a unit is to a case."""

    LEAD = "lead", _("主责")
    SUPPORTING = "supporting", _("配合")
    TEAM = "team", _("联合专班")


class Outcome(TextChoices):
    """What became of a request."""

    PENDING = "pending", _("待审批")
    APPROVED = "approved", _("已同意")
    REFUSED = "refused", _("未同意")
    LAPSED = "lapsed", _("已失效")


class DayKind(TextChoices):
    """What a day of the calendar is, against its weekday."""

    HOLIDAY = "holiday", _("放假")
    MAKE_UP = "make_up", _("调休上班")


class Answered(TextChoices):
    """By which way somebody said whether they are satisfied."""

    CALL_BACK = "call_back", _("回访")
    SURVEY = "survey", _("满意度调查")


class DatumChoice(TextChoices):
    """The datums a position may be declared in."""

    WGS84 = "wgs84", "WGS-84"
    CGCS2000 = "cgcs2000", "CGCS2000"
    GCJ02 = "gcj02", "GCJ-02"
    BD09 = "bd09", "BD-09"


class Placement(TextChoices):
    """How a position came to its grid: as the snap index says, or by another way."""

    INSIDE = "inside", _("在网格内")
    BORDER = "border", _("在边界上")
    NEAREST = "nearest", _("界外最近")
    OUTSIDE = "outside", _("界外")
    GAZETTEER = "gazetteer", _("按地址")
    UNKNOWN = "unknown", _("无位置")


class Placed(TextChoices):
    """Whether a case has its grid: what a person must still decide is asked for by this."""

    YES = "yes", _("已定位")
    NO = "no", _("待人工定位")
    PROVISIONAL = "provisional", _("网格待核定")


class Due(TextChoices):
    """What is asked about the deadline of an open case."""

    OVERDUE = "overdue", _("已超时")
    AMBER = "amber", _("将到期")
    TODAY = "today", _("今日到期")
    NONE = "none", _("无期限")


class Order(TextChoices):
    """The order of a list of cases."""

    DUE = "due", _("先到期在前")
    NEWEST = "newest", _("新受理在前")
