"""The names of what can be done to a case, of what is written of it, and of who is who to it."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

__all__ = ["Action", "Event", "Party"]


class Action(TextChoices):
    """What somebody can do to a case. The label is the verb of the button."""

    VERIFY = "verify", _("核实")
    FILE = "file", _("立案")
    DISPATCH = "dispatch", _("派遣")
    CHECK_IN = "check_in", _("报到")
    HANDLE = "handle", _("处置")
    FEED_BACK = "feed_back", _("反馈")
    INSPECT = "inspect", _("核查")
    CLOSE = "close", _("结案")
    CALL_BACK = "call_back", _("回访")
    SURVEY = "survey", _("调查满意度")
    RETURN = "return", _("回退")
    REWORK = "rework", _("返工")
    SUSPEND = "suspend", _("挂账")
    RESUME = "resume", _("恢复")
    EXTEND = "extend", _("延期")
    VOID = "void", _("作废")
    ESCALATE = "escalate", _("提级")
    DEESCALATE = "deescalate", _("降级")
    SUPERVISE = "supervise", _("督办")
    REPLY = "reply", _("回复督办")
    REOPEN = "reopen", _("重开")
    MERGE = "merge", _("合并")
    UNMERGE = "unmerge", _("拆分")
    MOVE = "move", _("改位置")
    RECATEGORISE = "recategorise", _("改类别")
    SELF_HANDLE = "self_handle", _("自处理")


class Event(TextChoices):
    """What is written in the history of a case, as `incident.{event}`."""

    VERIFIED = "verified", _("已核实")
    FILED = "filed", _("已立案")
    DISPATCHED = "dispatched", _("已派遣")
    ROUTED = "routed", _("按规则自动派遣")
    RULED = "ruled", _("编办裁定并派遣")
    CHECKED_IN = "checked_in", _("已报到")
    SUPPORT_CHECKED_IN = "support_checked_in", _("配合单位已报到")
    HANDLED = "handled", _("已处置")
    SUPPORT_HANDLED = "support_handled", _("配合单位已处置")
    FED_BACK = "fed_back", _("已反馈")
    INSPECTED = "inspected", _("核查通过")
    CLOSED = "closed", _("已结案")
    CALLED_BACK = "called_back", _("已回访")
    SURVEYED = "surveyed", _("已评价")
    REOPENED = "reopened", _("已重开")
    RETURN_ASKED = "return_asked", _("申请回退")
    RETURNED = "returned", _("已回退")
    RETURN_REFUSED = "return_refused", _("不同意回退")
    REWORKED = "reworked", _("要求返工")
    SUSPEND_ASKED = "suspend_asked", _("申请挂账")
    SUSPENDED = "suspended", _("已挂账")
    SUSPEND_REFUSED = "suspend_refused", _("不同意挂账")
    RESUMED = "resumed", _("已恢复办理")
    EXTEND_ASKED = "extend_asked", _("申请延期")
    EXTENDED = "extended", _("已延期")
    EXTEND_REFUSED = "extend_refused", _("不同意延期")
    VOID_ASKED = "void_asked", _("申请作废")
    VOIDED = "voided", _("已作废")
    VOID_REFUSED = "void_refused", _("不同意作废")
    ESCALATED = "escalated", _("已提级")
    COMMANDED = "commanded", _("已提请区领导牵头")
    DEESCALATED = "deescalated", _("已降级")
    SUPERVISED = "supervised", _("已督办")
    SUPERVISION_REPLIED = "supervision_replied", _("已回复督办")
    MERGED = "merged", _("已并案")
    UNMERGED = "unmerged", _("已拆出")
    MOVED = "moved", _("已改位置")
    RECATEGORISED = "recategorised", _("已改类别")
    REROUTED = "rerouted", _("已改派，待重新派遣")
    SELF_HANDLED = "self_handled", _("网格员自处理")
    CONTACT_REVEALED = "contact_revealed", _("查看了联系方式")


class Party(TextChoices):
    """What somebody is to one case: what they may do with it follows from that."""

    CENTRE = "centre", _("区治理中心")
    TIER = "tier", _("当前办理层级")
    GROUND = "ground", _("所在街道或社区")
    LEAD = "lead", _("主责单位")
    SUPPORTING = "supporting", _("配合单位")
    ARBITER = "arbiter", _("编办")
    FIELD = "field", _("所在网格的网格员")
    LEADER = "leader", _("区领导")
    REPORTER = "reporter", _("诉求人")
