"""The words that the scripts of the map say; they go into the page as JSON, in one language."""

from django.utils.translation import gettext as _

from grids.choices import Role


def words() -> dict[str, str]:
    """Return every message of the map's scripts in the language of the request.

    `{name}` stands for a value that the script fills in.
    """
    return {
        **_map(),
        **_stale(),
        **_answer(),
        **_trouble(),
        **{f"role.{r.value}": str(r.label) for r in Role},
    }


def _map() -> dict[str, str]:
    return {
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "grids.change": _("{old} → {new} 个网格"),
        "map.label": _("网格地图。方向键移动，加减号缩放，回车查询中心点。"),
        "legend.old": _("{edition} 版边界"),
        "legend.new": _("{edition} 版边界"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
    }


def _stale() -> dict[str, str]:
    return {
        "stale.today": _("今天"),
        "stale.1-3": _("1–3 天"),
        "stale.4-7": _("4–7 天"),
        "stale.8-14": _("8–14 天"),
        "stale.not_recorded": _("14 天内没有记录"),
        "stale.until": _("收到的都已计入，至 {time}"),
        "stale.none": _("您的辖区里没有网格。"),
        "stale.failed": _("多久没有记录暂时取不到，请稍后再试。"),
    }


def _answer() -> dict[str, str]:
    return {
        "copy": _("复制编码"),
        "copied": _("已复制"),
        "community": _("社区"),
        "subdistrict": _("街道"),
        "edition": _("版本"),
        "method": _("判定"),
        "method.inside": _("在网格内"),
        "method.border": _("在边界上，归入编码最小者"),
        "method.nearest": _("界外，归入最近的网格"),
        "method.outside": _("界外，不归任何网格"),
        "outside.title": _("界外"),
        "border_distance": _("距网格边界"),
        "position": _("位置"),
        "candidates": _("精度圈内的网格"),
        "provisional": _("暂定：最大一份不到 60%，须由调度员核定。"),
        "answers": _("谁负责"),
        "answers.sign_in": _("登录后可见负责人与位置。"),
        "asking": _("正在查询…"),
        "spoken": _("{title}，{method}"),
    }


def _trouble() -> dict[str, str]:
    return {
        "offline": _("网络已断开。已显示的地图仍然有效，恢复后会自动继续。"),
        "tiles.failed": _("部分地图没有取到。已显示的仍然有效。"),
        "retry": _("重试"),
        "locate.failed": _("没有查到：服务暂时不可用。"),
        "locate.safe": _("地图和已有数据不受影响，请稍后重试。"),
        "locate.refused": _("没有查询，请改正："),
        "webgl.title": _("这个浏览器不能显示地图"),
        "webgl.text": _(
            "地图需要 WebGL 2。请换用较新的浏览器，或打开硬件加速；按坐标查询仍可使用。"
        ),
        "lon.bad": _("经度应为 -180 到 180 的数"),
        "lat.bad": _("纬度应为 -90 到 90 的数"),
        "accuracy.bad": _("精度应为 0 到 {n} 米"),
    }
