"""The words that the scripts of the desk say; they go into the page as JSON."""

from django.utils.translation import gettext as _

from incidents.choices import IncidentState, Kind
from incidents.workflow.actions import Action


def desk_words() -> dict[str, str]:
    """Every message of `/desk/`; `{name}` stands for a value that the script fills in."""
    return {
        **{f"state.{state.value}": str(state.label) for state in IncidentState},
        **{f"kind.{kind.value}": str(kind.label) for kind in Kind},
        **{f"action.{action.value}": str(action.label) for action in Action},
        **_times(),
        **_queue(),
        **_filters(),
        **_case(),
        **_near(),
        **_sent(),
        **_acting(),
        **_bulk(),
        **_live(),
        **_map(),
        **_keys(),
    }


def _times() -> dict[str, str]:
    return {
        "time.minutes": _("{n} 分"),
        "time.hours": _("{n} 小时"),
        "time.hours_minutes": _("{h} 小时 {m} 分"),
        "time.days": _("{n} 个工作日"),
        "time.today": _("今日 {time}"),
        "time.yesterday": _("昨日 {time}"),
        "time.tomorrow": _("明日 {time}"),
        "time.just_now": _("刚刚"),
        "time.minutes_ago": _("{n} 分钟前"),
        "due.left": _("剩 {span}"),
        "due.over": _("超 {span}"),
        "due.none": _("无期限"),
        "due.paused": _("已暂停"),
        "limit.working_hours": _("限 {n} 工作时"),
        "limit.working_days": _("限 {n} 工作日"),
    }


def _queue() -> dict[str, str]:
    return {
        "queue.loading": _("正在取案件…"),
        "queue.none_told": _("没有取到案件"),
        "queue.failed": _("没有取到案件：网络或服务暂时不可用"),
        "queue.failed.safe": _("已办的都在系统里，没有丢。可以再取一次。"),
        "queue.refused": _("这样的条件不能查"),
        "queue.end": _("到底了"),
        "queue.more": _("再取 50 件"),
        "count.n": _("{n} 件"),
        "count.more": _("多于 {n} 件"),
        "order.due": _("，先到期在前"),
        "order.newest": _("，新受理在前"),
        "group.over": _("已超时"),
        "group.today": _("今日到期"),
        "group.tomorrow": _("明日到期"),
        "group.later": _("以后"),
        "group.none": _("无期限"),
        "received": _("{time} 受理"),
        "row.gone": _("{state}，已不在此列"),
        "fresh.n": _("{n} 件新的，点此列入"),
        "fresh.taken": _("新的案件已列入"),
        "flag.supervised": _("督办中"),
        "flag.requested": _("待审批"),
        "flag.reopened": _("重开"),
        "flag.provisional": _("网格待定"),
        "flag.unplaced": _("待人工定位"),
        "flag.simulated": _("模拟"),
        "flag.reports": _("{n} 份诉求"),
        "empty.mine": _("没有待办"),
        "empty.mine.next": _("轮到您办理的都办完了。新的案件来时会出现在这里。"),
        "empty.any": _("没有符合条件的案件"),
        "empty.any.next": _("可以放宽条件，或换一个常用筛选。"),
        "retry": _("再试一次"),
    }


def _filters() -> dict[str, str]:
    return {
        "view.mine": _("待我办理"),
        "view.open": _("在办"),
        "view.overdue": _("已超时"),
        "view.today": _("今日到期"),
        "view.suspended": _("挂账"),
        "units.mine": _("本单位"),
        "units.others": _("其他单位"),
        "state.open": _("在办"),
        "filter.clear": _("清除条件"),
        "filter.edit": _("修改筛选“{name}”"),
        "filter.keep": _("存为常用筛选"),
        "filter.change": _("修改常用筛选"),
        "filter.name": _("名称"),
        "filter.save": _("保存"),
        "filter.rename": _("改名"),
        "filter.drop": _("删除"),
        "leave": _("放弃"),
        "close": _("关闭"),
        "failed.safe": _("网络或服务暂时不可用，什么都没有改。可以再试一次。"),
    }


def _case() -> dict[str, str]:
    return {
        "case.none": _("还没有打开案件"),
        "case.none.next": _("在左边选一件，或按 j、k 移动后回车。"),
        "case.opened": _("已打开 {number}，{state}"),
        "case.gone": _("没有这件案件"),
        "case.gone.next": _("编号不对，或它不在您的辖区。"),
        "case.failed": _("没有取到这件案件"),
        "copy.number": _("复制编号"),
        "copied": _("已复制"),
        "fact.number": _("案号"),
        "fact.state": _("状态"),
        "fact.reopened": _("重开 {n} 次"),
        "fact.reworked": _("返工 {n} 次"),
        "fact.where": _("位置"),
        "fact.tier": _("层级"),
        "fact.received": _("受理"),
        "fact.source": _("来源"),
        "fact.reports": _("，{n} 份诉求"),
        "fact.commander": _("牵头"),
        "flow": _("办理进度"),
        "step.received": _("受理"),
        "step.filed": _("立案"),
        "step.dispatched": _("派遣"),
        "step.checked_in": _("处置"),
        "step.fed_back": _("核查"),
        "step.closed": _("结案"),
        "aside.suspended": _("挂账中，计时已停"),
        "aside.void": _("已作废"),
        "aside.merged": _("已并入"),
        "request.waits": _("申请{what}，待审批"),
        "request.since": _("{time} 提出"),
        "request.until": _("至 {day}"),
        "supervised.since": _("{time} 下达"),
        "supervised.reply": _("回复 {left}"),
        "merged.holds": _("并入本案的案件 {n} 件："),
        "clocks": _("计时"),
        "clock.paused": _("已暂停"),
        "clock.bar": _("起 {from}；预警 {amber}；到期 {due}"),
        "clock.beyond": _("节假日表未及此日，按平常工作日计"),
        "units": _("办理单位"),
        "unit.in": _("{time} 报到"),
        "unit.out": _("{time} 派遣，未报到"),
        "talk": _("经过"),
        "by.system": _("系统"),
        "waits.for": _("等待{what}"),
        "photo.n": _("照片 {n}"),
    }


def _near() -> dict[str, str]:
    return {
        "near": _("附近在岗网格员"),
        "near.asking": _("正在查找…"),
        "near.told": _("找到 {n} 人"),
        "near.seen": _("{time}定位"),
        "near.none": _("您的辖区内，现在没有在岗且 15 分钟内有定位的网格员。"),
        "near.failed": _("没有查到：网络或服务暂时不可用"),
        "near.again": _("再查一次"),
        "near.recorded": _("每次查看都有记录。"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
    }


def _sent() -> dict[str, str]:
    return {
        "sent": _("诉求 {n} 份"),
        "snap.inside": _("在网格内"),
        "snap.border": _("距边界 {n} 米"),
        "snap.nearest": _("界外，归最近的网格"),
        "snap.outside": _("不在任何网格内"),
        "snap.gazetteer": _("按地址判定"),
        "snap.unknown": _("没有位置"),
        "print.sheet": _("打印派遣单"),
        "print.case": _("打印案件"),
        "contact.none": _("没有留联系方式"),
        "contact.nameless": _("未留姓名"),
        "contact.shown": _("本次查看已记入经过"),
        "contact.reveal": _("查看联系方式"),
        "contact.not_yours": _("由办理单位和属地查看"),
        "contact.why": _("姓名和电话只在这次打开的页面里显示；谁、何时、为何查看会记入案件经过。"),
        "contact.reason": _("为何查看"),
        "contact.done": _("联系方式已显示"),
    }


def _acting() -> dict[str, str]:
    return {
        "act.none": _("现在没有轮到您的一步"),
        "act.no_next": _("下一步由别人办理；您还可以："),
        "act.decide": _("审批{what}"),
        "act.closed": _("还有 {n} 项您不能办，为什么"),
        "act.sending": _("正在{what}…"),
        "act.done": _("{what}已记下"),
        "act.unanswered": _("没有收到回答，不知道记下没有。填写的内容都在，再发一次不会重复。"),
        "act.moved": _("案件已经变了，没有办理。"),
        "act.moved.by": _("其间：{news}。"),
        "leads.state": _("之后为“{state}”"),
        "leads.stays": _("记为“{event}”，状态不变"),
        "leads.ends": _("停止{steps}计时"),
        "leads.starts": _("开始{steps}计时"),
        "leads.paused": _("计时暂停"),
        "leads.resumed": _("计时继续"),
        "joins": _("，"),
        "stop": _("。"),
        "needed": _("必填"),
        "pick.find": _("在 {n} 项中查找"),
        "pick.none": _("没有这样的选项"),
        "photo.add": _("加照片"),
        "photo.remove": _("移除照片 {n}"),
        "photo.failed": _("没有传上去，请移除后再加"),
    }


def _bulk() -> dict[str, str]:
    return {
        "bulk.n": _("已选 {n} 件"),
        "bulk.do": _("一起办理"),
        "bulk.drop": _("不选了"),
        "bulk.reading": _("正在看各案能办什么…"),
        "bulk.nothing": _("这 {n} 件没有共同可办的一步。"),
        "bulk.which": _("这 {n} 件都可以："),
        "bulk.own": _("留空则各案按自己的默认"),
        "bulk.says": _("逐件办理 {n} 件，每件各记一次；没办成的会留着并说明原因。"),
        "bulk.progress": _("已办 {n} / {of}"),
        "bulk.done": _("办成 {n} / {of} 件"),
        "bulk.again": _("再办没办成的"),
    }


def _live() -> dict[str, str]:
    return {
        "live.connecting": _("连接中"),
        "live.live": _("实时"),
        "live.reconnecting": _("重连中"),
        "live.stale": _("没有动静"),
        "live.ended": _("已停"),
        "live.offline": _("离线"),
        "live.reconnecting.long": _("与服务的连接断了，正在重连；页面上的内容还在。"),
        "live.stale.long": _("好一会儿没有消息，正在重新连接。"),
        "live.ended.long": _("登录已失效，不再更新。请重新登录，填写的内容还在。"),
        "live.offline.long": _("没有网络。可以看，不能办；填写的内容存在本机。"),
        "live.as_of": _("数据为 {time} 的。"),
        "signed_out": _("登录已失效，或您已看不到这里。"),
        "sign_in": _("重新登录"),
    }


def _map() -> dict[str, str]:
    return {
        "map.label": _("案件地图。方向键移动，加减号缩放。"),
        "map.without": _("这个浏览器画不了地图，案件照常办理。"),
        "map.no_position": _("这件案件还没有位置"),
        "pin": _("新的位置"),
        "pin.how": _("拖动针尖，或在图上点新的位置"),
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
    }


def _keys() -> dict[str, str]:
    return {
        "help": _("快捷键"),
        "help.actions": _("办理（打开案件后，按钮上也写着）："),
        "key.move": _("下一件、上一件"),
        "key.open": _("打开；有选中的则一起办理"),
        "key.select": _("选中"),
        "key.find": _("查找"),
        "key.leave": _("退一步"),
        "key.send": _("提交表单"),
        "key.help": _("看快捷键"),
    }
