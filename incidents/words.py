"""Sentences that more than one page says."""

from django.utils.translation import gettext

from gis.kernel.displacement import Looks
from incidents.choices import DatumChoice


def why_displaced(found: Looks) -> str:
    """Why positions look displaced, in the language of the request."""
    better = round(found.share * found.telling)
    told = gettext(
        "最近核对的 {checked} 个声明为 {declared} 的位置中，有 {telling} 个能分辨，"
        "其中 {better} 个若按 {like} 解读才落在其地址所指的地方。"
    ).format(
        checked=found.checked,
        declared=DatumChoice(found.declared.value).label,
        telling=found.telling,
        better=better,
        like=DatumChoice(found.like.value).label,
    )
    if found.shift_m is None:
        return told
    east_m, north_m = found.shift_m
    shift = gettext("与地址相比，中位偏移为向东 {east} 米、向北 {north} 米。")
    return told + shift.format(east=round(east_m), north=round(north_m))
