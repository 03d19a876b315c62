"""The words that the scripts of the wall say; they go into the page as JSON, in one language."""

from django.utils.translation import gettext as _

from incidents.choices import IncidentState, Kind


def wall_words() -> dict[str, str]:
    """Return every message of the wall's scripts in the language of the request.

    `{name}` stands for a value that the script fills in.
    """
    return {
        **_panels(),
        **_time(),
        **_map(),
        **_trouble(),
        **{f"kind.{kind.value}": str(kind.label) for kind in Kind},
    }


def _panels() -> dict[str, str]:
    return {
        "unit": _("件"),
        "titled": _("{what}，{unit}"),
        "comma": _("，"),
        "list": _("、"),
        "received": _("今日受理"),
        "received.that_day": _("当日受理"),
        "more": _("较上{weekday}同时多 {n} 件"),
        "fewer": _("较上{weekday}同时少 {n} 件"),
        "same": _("与上{weekday}同时持平"),
        "no_before": _("上{weekday}没有记录，无从比较"),
        "nothing": _("自 0 时起，尚无诉求"),
        "kinds": _("按类型"),
        "categories": _("最多的类别"),
        "subdistricts": _("按街道"),
        "waiting": _("待人工处理"),
        "unplaced": _("待定位"),
        "provisional": _("网格待核定"),
        "newest": _("最新诉求"),
        "newest.none": _("还没有新诉求。一有上报，就出现在这里。"),
        "new": _("新"),
        "simulated": _("模拟"),
        "nowhere": _("不在任何网格内"),
        "no_category": _("未分类"),
        **{f"state.{state.value}": str(state.label) for state in IncidentState},
        "stage.waiting": _("待派遣"),
        "due.overdue": _("已超期"),
        "due.today": _("今日到期"),
        "case.unit": _("主责单位"),
        "case.deadline": _("期限"),
        "close": _("关闭"),
        "open_case": _("打开案件"),
        "case.grid": _("网格"),
        "case.channel": _("渠道"),
        "case.received": _("受理"),
        "case.occurred": _("发生"),
        "case.state": _("状态"),
        "case.address": _("地址"),
    }


def _time() -> dict[str, str]:
    return {
        "just_now": _("刚刚"),
        "minutes_ago": _("{n} 分钟前"),
        "hours_ago": _("{n} 小时前"),
        "per_bin": _("每 {n} 分钟受理，件"),
        "last_week": _("上{weekday} {day}"),
        "day.value": _("{day}，{n} 件"),
        "time.value": _("{day} {time}，已受理 {n} 件"),
        "play": _("播放"),
        "pause": _("暂停"),
        "now": _("回到现在"),
        "earlier": _("更早：{day}"),
        "later": _("更晚：{day}"),
        "replay": _("回放"),
        "live": _("实时，{n} 秒前"),
        "connecting": _("正在连接"),
    }


def _map() -> dict[str, str]:
    return {
        "map.label": _("诉求地图。方向键移动，加减号缩放。"),
        "inset.label": _("城区放大图"),
        "inset.caption": _("{names}，{n} 个网格"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
        "grid.number": _("{n} 网格"),
        "grids.count": _("{n} 个网格"),
        "legend.cluster": _("多件，数字为件数"),
        "legend.fresh": _("10 分钟内"),
        "legend.overdue": _("超期"),
        "legend.closed": _("已结案"),
        "legend.lifted": _("底色略亮：今日有诉求的网格"),
        "legend.station": _("党群服务站点"),
        "density.kernel": _("核密度"),
        "density.count": _("网格件数"),
        "density.rate": _("每千人件数"),
        "density.kernel.title": _("近 7 日 {n} 件，件/平方公里，带宽"),
        "density.count.title": _("近 7 日 {n} 件，件/网格，按分位数"),
        "density.rate.title": _("近 7 日 {n} 件，件/千人，按分位数"),
        "density.none": _("近 7 日没有诉求"),
        "window.2h": _("近 2 小时"),
        "window.day": _("当日"),
        "coverage": _("巡查覆盖"),
        "coverage.seen": _("网格有巡查记录"),
        "coverage.on_duty": _("人在岗"),
        "coverage.title": _("轨迹两侧 {n} 米以内，占网格面积"),
        "coverage.ground": _("走过的地方"),
        "coverage.kept": _("由已压缩的轨迹计算，误差 ≤ {n} 米"),
        "coverage.honest": _("没有记录不等于没有去过：浏览器不能在后台定位。"),
        "stale.head": _("多久没有记录"),
        "stale.now": _("现在，按面积"),
        "stale.title": _("{n} 米方格，最近一次有记录"),
        "stale.far": _("远看按网格的中位"),
        "stale.today": _("今天"),
        "stale.1-3": _("1–3 天"),
        "stale.4-7": _("4–7 天"),
        "stale.8-14": _("8–14 天"),
        "stale.not_recorded": _("14 天内没有记录"),
        "stale.by_subdistrict": _("14 天内没有记录，按街道"),
        "stale.until": _("收到的都已计入，至 {time}"),
        "stale.none": _("您的辖区里没有网格。"),
        "bandwidth": _("带宽"),
        "from_up": _("≥ {n}"),
    }


def _trouble() -> dict[str, str]:
    return {
        "data.failed": _("数据暂时取不到，显示的停在 {time}"),
        "data.retry": _("{n} 秒后自动重试，按 R 立即重试"),
        "tiles.failed": _("部分地图没有取到，数字不受影响"),
        "stale": _("数据停在 {time}，已 {n} 分钟"),
        "reconnecting": _("正在重连"),
        "ended": _("登录已失效，请重新登录"),
        "webgl": _("这个浏览器不能显示地图，数字照常更新。"),
    }
