"""The words that the scripts of the resident's pages say; they go into the page as JSON."""

from django.utils.translation import gettext as _

from incidents.choices import IncidentState, Kind
from incidents.workflow.needs import SCORES, SUSPEND_REASONS


def report_words() -> dict[str, str]:
    """Every message of `/report/`; `{name}` stands for a value that the script fills in."""
    return {
        **_shared(),
        **_steps(),
        **_photos(),
        **_place(),
        **_position(),
        **_kinds(),
        **_similar(),
        **_sending(),
        **_outcome(),
    }


def follow_words() -> dict[str, str]:
    """Every message of `/report/{number}`."""
    return {
        **_shared(),
        "digits.bad": _("请填手机号的后四位数字。"),
        "looking": _("正在查询…"),
        "failed": _("没有查到：网络或服务暂时不可用。"),
        "failed.safe": _("您的诉求不受影响，请稍后再试。"),
        "wait": _("试的次数太多，请 {n} 分钟后再试。"),
        "closed": _("这件诉求没有留电话，所以只显示进度，不显示内容。"),
        "closed.survey": _("没有留电话，不能在网上评价；可拨打 12345。"),
        **_events(),
        **_survey(),
        "description": _("您说"),
        "category": _("是什么事"),
        "where": _("地点"),
        "address": _("地址"),
        "when": _("发生时间"),
        "case": _("案件编号"),
        "handled": _("并入案件"),
        "photo": _("照片 {n}"),
        "unplaced": _("待人工定位"),
    }


def _events() -> dict[str, str]:
    """What happened, in words for whoever reported; each reason of a suspension too."""
    return {
        "event.received": _("已收到，等待受理"),
        "event.filed": _("已立案"),
        "event.dispatched": _("已派给责任单位"),
        "event.dispatched.to": _("已派给{unit}"),
        "event.checked_in": _("责任单位已接手"),
        "event.handled": _("已到场处置"),
        "event.answered": _("答复"),
        "event.closed": _("已办结"),
        "event.reopened": _("已重新办理"),
        "event.suspended": _("暂时搁置"),
        "event.suspended.for": _("暂时搁置：{reason}"),
        "event.resumed": _("继续办理"),
        "event.voided": _("没有受理"),
        "event.merged": _("与同一件事的其他诉求合并办理"),
        **{f"reason.{value}": str(label) for value, label in SUSPEND_REASONS},
    }


def _survey() -> dict[str, str]:
    return {
        "survey.title": _("办得怎么样？"),
        **{f"score.{value}": str(label) for value, label in SCORES},
        "survey.words": _("想说的话（可不填）"),
        "survey.reopens": _("不满意会重新办理这件事。"),
        "survey.send": _("提交评价"),
        "survey.choose": _("请选一项。"),
        "survey.failed": _("没有提交：网络或服务暂时不可用，请再试。不会重复提交。"),
        "survey.thanks": _("谢谢您的评价"),
        "survey.thanks.text": _("您的评价已记入这件事。"),
        "survey.reopened": _("已重新办理"),
        "survey.reopened.text": _("您的评价已记下，这件事重新交办，办好后请您再看。"),
        "survey.see": _("看进度"),
        "survey.given": _("您的评价：{score}"),
    }


def enterprise_words() -> dict[str, str]:
    """Every message of `/enterprise/`: those of residents, and what is said otherwise."""
    return {
        **report_words(),
        "title": _("企业直通车"),
        "photo.title": _("照片或材料"),
        "kind.title": _("需要办什么"),
        "send.organisation.missing": _("请写企业名称。"),
    }


def _shared() -> dict[str, str]:
    return {
        **{f"state.{state.value}": str(state.label) for state in IncidentState},
        **{f"kind.{kind.value}": str(kind.label) for kind in Kind},
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
        "retry": _("重试"),
        "copy": _("复制编号"),
        "copied": _("已复制"),
    }


def _steps() -> dict[str, str]:
    return {
        "title": _("上报诉求"),
        "step": _("第 {n} 步，共 {of} 步"),
        "photo.title": _("先拍照"),
        "place.title": _("在哪里"),
        "kind.title": _("是什么事"),
        "send.title": _("核对并发送"),
        "outcome.title": _("发送"),
        "photo.none": _("没有照片"),
        "photo.count": _("照片 {n} 张"),
        "place.none": _("还没有位置"),
        "kind.none": _("还没有选"),
    }


def _photos() -> dict[str, str]:
    return {
        "photo.named": _("照片 {n}"),
        "photo.remove": _("移除照片 {n}"),
        "photo.removed": _("已移除照片 {n}。"),
        "photo.shrinking": _("正在压缩"),
        "photo.waiting": _("等待上传"),
        "photo.up": _("上传 {n}%"),
        "photo.done": _("已上传"),
        "photo.later": _("有网后上传"),
        "photo.unreadable": _("手机读不出这张照片，请换一张，或重拍。"),
        "photo.too_many": _("最多 {n} 张照片；多出的没有加入。"),
        "photo.wrong_left": _("有照片没有传上去，请移除它，或换一张。"),
        "photo.next": _("下一步"),
        "photo.skip": _("没有照片，继续"),
    }


def _place() -> dict[str, str]:
    return {
        "map.label": _("选择地点的地图。方向键移动，加减号缩放；针尖始终在地图中央。"),
        "grids.count": _("{n} 个网格"),
        "grid.number": _("{n} 网格"),
        "place.move": _("移动地图，把针尖对准地点"),
        "place.closer": _("再放大一些，才指得准"),
        "place.zoom": _("放大地图"),
        "place.use": _("用这里"),
        "place.asking": _("正在查网格…"),
        "place.outside": _("这里不在任何网格内"),
        "place.outside.text": _("仍可上报，由工作人员核定归属。"),
        "place.unasked": _("暂时查不到网格；不影响上报。"),
        "place.several": _("定位圈跨 {n} 个网格，不必选，由工作人员核定"),
        "place.pinned": _("图上所指的地点"),
        "place.words": _("按地址：{address}"),
        "place.both": _("{address}（{grid}）"),
        "address.asking": _("正在查地址…"),
        "address.empty": _("请写出地址，例如小区、楼号或附近的地名。"),
        "address.sure": _("读作“{name}”，把握 {n}%"),
        "address.unsure": _("可能是“{name}”，把握 {n}%，发送后由工作人员核定。"),
        "address.unknown": _("没有认出这个地址；仍可上报，由工作人员核定。"),
        "address.failed": _("暂时查不到地址；不影响上报，可以继续。"),
        "address.all": _("不限"),
    }


def _position() -> dict[str, str]:
    return {
        "fix.asking": _("正在定位…"),
        "fix.good": _("定位精度 ±{n} 米"),
        "fix.weak": _("定位弱，精度 ±{n} 米。请在图上挪准，或补充地址。"),
        "fix.denied": _("手机没有允许定位。可在浏览器设置里打开，或直接在图上指。"),
        "fix.failed": _("没有定到位置，请在图上指，或写地址。"),
        "fix.insecure": _("这个网址不能定位，请在图上指，或写地址。"),
    }


def _kinds() -> dict[str, str]:
    return {
        "kind.about.livelihood": _("路灯、垃圾、供暖、邻里"),
        "kind.about.enforcement": _("占道、违建、噪声、停车"),
        "kind.about.development": _("企业办事、用工、配套"),
        "kind.other": _("其他，说不清"),
        "kind.none_found": _("没有“{text}”，可选“其他”，再写明是什么事。"),
        "kind.found": _("找到 {n} 类"),
        "kind.failed": _("事由没有取到。可以先选大类，再写明是什么事。"),
    }


def _similar() -> dict[str, str]:
    return {
        "similar.title": _("附近 {m} 米内有人报过{name}"),
        "similar.here": _("就在这里"),
        "similar.far": _("约 {n} 米外"),
        "similar.today": _("今天"),
        "similar.days": _("{n} 天前"),
        "similar.reports": _("{n} 人报过"),
        "similar.same": _("就是这件"),
        "similar.known": _("这件事已经有人报过"),
        "similar.known.text": _("{name}，{where}，{age}报的，现在：{state}。不必再报。"),
        "similar.close": _("不报了"),
        "similar.still": _("仍要上报"),
    }


def _sending() -> dict[str, str]:
    return {
        "send.place.missing": _("请先选地点"),
        "send.kind.missing": _("请先选事由"),
        "send.words.missing": _("选了“其他”，请用一句话写明是什么事。"),
        "send.words.optional": _("（可不填，将以“{name}”上报）"),
        "send.words.needed": _("（请写明是什么事）"),
        "send.go": _("发送"),
        "send.offline": _("现在没有网络。点“发送”后会存在手机里，有网自动发出。"),
        "sending.photos": _("正在上传照片 {n} / {of}"),
        "sending.report": _("正在发送"),
        "sending.safe": _("内容已存在这部手机里，关掉页面也不会丢。"),
        "offline.title": _("没有网络，已存好"),
        "offline.text": _("内容存在这部手机里，有网后打开本页会自动发出，不会重复。"),
        "failed.title": _("还没有收到回答"),
        "failed.text": _(
            "可能是网络不稳，也可能是服务繁忙。内容存在这部手机里；再发不会变成两件。"
        ),
        "failed.next": _("{n} 秒后自动再试"),
        "wait.title": _("发得太频繁"),
        "wait.text": _("同一网络里上报的人多，稍等会自动再发，不会丢。"),
        "failed.drop": _("不再发送"),
        "failed.drop.text": _("上一次发送可能已经收到。不再发送，并清除手机里的内容？"),
        "failed.drop.sure": _("清除"),
        "failed.keep": _("留着"),
        "refused": _("没有发送，请改正："),
    }


def _outcome() -> dict[str, str]:
    return {
        "sent.title": _("已收到"),
        "sent.number": _("您的编号"),
        "sent.grid": _("归{grid}办理"),
        "sent.unplaced": _("地点由工作人员核定后，转到所在网格。"),
        "sent.keep.phone": _("凭编号和手机号后四位，随时查进度。"),
        "sent.keep.plain": _("没有留电话：凭编号可看进度。请把编号记下来。"),
        "sent.follow": _("查进度"),
        "sent.again": _("再报一件"),
    }
