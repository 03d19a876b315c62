"""The closed lists of intake. Kinds after the platform; classes are data (GB/T 30428)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """The three kinds of demand."""

    LIVELIHOOD = "livelihood", _("民生")
    ENFORCEMENT = "enforcement", _("执法")
    DEVELOPMENT = "development", _("发展")


class IncidentState(TextChoices):
    """Where a case stands. What comes after intake belongs to the loop."""

    RECEIVED = "received", _("待受理")


# States in which a case is still to be dealt with.
OPEN_STATES = (IncidentState.RECEIVED,)


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
