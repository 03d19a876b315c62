"""The words that the scripts of the pages on patrols say, in the language of the request."""

from django.utils.translation import gettext as _

from patrols.choices import AlertKind, Closing


def map_words() -> dict[str, str]:
    """What any map of these pages says."""
    return {
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "map.without": _("此浏览器不支持地图（需要 WebGL 2）。"),
    }


def alert_words() -> dict[str, str]:
    """The kinds of alerts, what each rests on and why it was over."""
    return {
        **{f"kind.{kind.value}": str(kind.label) for kind in AlertKind},
        **{f"closing.{why.value}": str(why.label) for why in Closing},
        "fact.out_of_grid": _("{time} 起在网格外，最近一次离网格 {m}"),
        "fact.no_signal": _("最近一次定位 {time}。原因可能是锁屏、切走或没有网络。"),
        "fact.never": _("{time} 上岗后还没有定位。原因可能是锁屏、切走或没有网络。"),
        "fact.late_start": _("应于 {time} 上岗，还没有收到上岗。"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
    }


def day_words() -> dict[str, str]:
    """The scripts of the replay."""
    return {
        **map_words(),
        **alert_words(),
        "map.label": _("轨迹地图。方向键移动，加减号缩放。"),
        "loading": _("正在读取轨迹…"),
        "failed": _("没有读到轨迹，请重试。"),
        "retry": _("重试"),
        "none": _("这一天没有记录。不等于没有去过：浏览器不能在后台定位。"),
        "fixes": _("{n} 个定位"),
        "kept.fine": _("已压缩，误差 ≤ {n} 米"),
        "kept.coarse": _("已粗化，误差 ≤ {n} 米，时间到分"),
        "kept.deleted": _("已按保存期限删除"),
        "visit.here": _("在现场"),
        "visit.away": _("不在现场，距 {n} 米"),
        "visit.dwell": _("记录停留 {n} 分钟"),
        "visit.photo": _("照片 {n}"),
        "gap": _("此刻没有记录"),
        "accuracy": _("精度 {n} 米"),
        "play": _("播放"),
        "pause": _("暂停"),
        "marked": _("未计入："),
        "comma": _("、"),
        "bad_accuracy": _("精度差 {n}"),
        "zero_island": _("零点 {n}"),
        "impossible_speed": _("速度不可能 {n}"),
        "frozen": _("位置冻结 {n}"),
        "alert.away": _("最近一次离网格 {m}"),
        "alert.from": _("{from} 起"),
        "alert.span": _("{from}–{to}"),
        "alerts.none": _("这一天没有提醒。"),
    }


def live_words() -> dict[str, str]:
    """The scripts of the live page."""
    return {
        **map_words(),
        **alert_words(),
        "map.label": _("实时巡查地图。方向键移动，加减号缩放。"),
        "age.seconds": _("{n} 秒前"),
        "age.minutes": _("{n} 分钟前"),
        "age.hours": _("{n} 小时前"),
        "for.minutes": _("已 {n} 分钟"),
        "for.hours": _("已 {h} 小时 {m} 分"),
        "state.fresh": _("刚有定位"),
        "state.stale": _("定位较旧"),
        "state.silent": _("没有收到定位"),
        "accuracy": _("精度 {n} 米"),
        "known": _("{who} {time} 知悉：{note}"),
        "know": _("知悉"),
        "knowing": _("正在记下…"),
        "note": _("怎么办的（必填）"),
        "replay": _("今日轨迹"),
        "no_place": _("没有位置，地图指到所属网格"),
        "count.alerts": _("提醒 {n}"),
        "count.people": _("有定位 {n}"),
        "none.alerts": _("没有未结束的提醒。"),
        "none.filtered": _("这个范围里没有未结束的提醒。"),
        "none.people": _("此刻没有收到任何人的定位。浏览器不能在后台定位，空白不等于没有人在岗。"),
        "data.fresh": _("数据 {n} 秒前"),
        "data.old": _("连不上服务，显示的是 {n} 秒前的数据"),
        "data.offline": _("没有网络，显示的是 {n} 秒前的数据"),
        "data.loading": _("正在读取…"),
        "data.failed": _("读不到数据，请检查网络；正在重试。"),
        "data.signed_out": _("登录已过期，请重新登录。"),
        "sign_in": _("登录"),
        "refused": _("没有记下：{why}"),
        "unanswered": _("没有记下：连不上服务，请再试。"),
        "said.known": _("已记下。"),
    }
