"""The closed lists of patrols."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class DatumCode(IntegerChoices):
    """The datum of a fix as it was sent, in two bytes; names as in `gis.kernel.datum`."""

    WGS84 = 1, "wgs84"
    CGCS2000 = 2, "cgcs2000"
    GCJ02 = 3, "gcj02"
    BD09 = 4, "bd09"


class Refusal(TextChoices):
    """Why a fix is not stored at all; whoever sent it is told."""

    INVALID = "invalid", _("数值无效")
    FUTURE = "in_the_future", _("时间在将来")
    STALE = "stale", _("时间太早")
    SHIFT_UNKNOWN = "shift_unknown", _("不在任何班次内")


class SpotState(TextChoices):
    """How a spot stands against its rhythm; it tells of what was recorded, not of what was done."""

    OK = "ok", _("未到期")
    DUE = "due", _("今日到期")
    OVERDUE = "overdue", _("已逾期")
    NEVER = "never", _("未记录")


class AlertKind(TextChoices):
    """What calls for a look at a patrol; it tells what was received, not what somebody did."""

    OUT_OF_GRID = "out_of_grid", _("离开网格")
    NO_SIGNAL = "no_signal", _("没有收到定位")
    LATE_START = "late_start", _("没有收到上岗")


# Only while the worker is on shift.
ON_SHIFT = (AlertKind.OUT_OF_GRID, AlertKind.NO_SIGNAL)


class Closing(TextChoices):
    """Why an alert is over."""

    BACK = "back", _("已回到网格")
    HEARD = "heard", _("又收到定位")
    STARTED = "started", _("已上岗")
    SHIFT_OVER = "shift_over", _("班次已结束")
    HOURS_OVER = "hours_over", _("当日工作时间已过")
    LAPSED = "lapsed", _("岗位、假期或规则已变")


class Period(TextChoices):
    """What coverage is told for: a local day, or seven from Monday on."""

    DAY = "day", _("日")
    WEEK = "week", _("周")


class TrackStage(TextChoices):
    """What is kept of a track."""

    FINE = "fine", _("压缩")
    COARSE = "coarse", _("粗化")
    DELETED = "deleted", _("已删除")
