"""The closed lists of the territory. Terms after GB/T 34300 (community grid service)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EditionState(TextChoices):
    """Draft → scheduled → in force → superseded; a scheduled one may be cancelled."""

    DRAFT = "draft", _("草稿")
    SCHEDULED = "scheduled", _("待生效")
    IN_FORCE = "in_force", _("现行")
    SUPERSEDED = "superseded", _("已被取代")
    CANCELLED = "cancelled", _("已取消")


class RegionLevel(TextChoices):
    SUBDISTRICT = "subdistrict", _("街道")
    COMMUNITY = "community", _("社区")


class BlockKind(TextChoices):
    ESTATE = "estate", _("居民小区")
    PARCEL = "parcel", _("地块")
    HAMLET = "hamlet", _("村庄")
    HILLSIDE = "hillside", _("山林")


class GridKind(TextChoices):
    ORDINARY = "ordinary", _("基础网格")
    DEDICATED = "dedicated", _("专属网格")


class LineageRelation(TextChoices):
    SAME = "same", _("不变")
    SPLIT = "split", _("拆分")
    MERGE = "merge", _("合并")
    SHIFT = "shift", _("边界调整")
    RENAME = "rename", _("更名")
    RETIRE = "retire", _("撤销")


class UnitKind(TextChoices):
    CENTRE = "centre", _("社会治理中心")
    DEPARTMENT = "department", _("职能部门")
    SUBDISTRICT_OFFICE = "subdistrict_office", _("街道办事处")
    COMMUNITY_OFFICE = "community_office", _("社区居委会")
    ESTABLISHMENT = "establishment", _("机构编制办公室")


class Role(TextChoices):
    """What a post lets its holder do."""

    ADMIN = "admin", _("系统管理员")
    CENTRE = "centre", _("治理中心调度员")
    SUBDISTRICT = "subdistrict", _("街道工作人员")
    COMMUNITY = "community", _("社区工作人员")
    HANDLER = "handler", _("部门处置人员")
    WORKER = "worker", _("网格员")
    GRID_HEAD = "grid_head", _("网格长")
    PLANNER = "planner", _("网格规划员")
    LEADER = "leader", _("区领导")


# Whoever holds one of these sees the whole place.
WHOLE_PLACE = (Role.ADMIN, Role.CENTRE, Role.PLANNER, Role.LEADER)


class PostKind(TextChoices):
    PRINCIPAL = "principal", _("主责")
    DEPUTY = "deputy", _("副岗")
    PART_TIME = "part_time", _("兼职")
    COVER = "cover", _("代班")


class StationLevel(TextChoices):
    DISTRICT = "district", _("区级")
    SUBDISTRICT = "subdistrict", _("街道级")
    COMMUNITY = "community", _("社区级")
    GRID = "grid", _("网格级")
