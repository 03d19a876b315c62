"""The words that the phone says; they go into the page as JSON, in the language of the request."""

from django.utils.translation import gettext as _


def patrol_words() -> dict[str, str]:
    """Every message of `/patrol/`; `{name}` stands for a value that the script fills in."""
    return {
        **_shared(),
        **_place(),
        **_about(),
        **_tasks(),
        **_spots(),
        **_stale(),
        **_next(),
        **_report(),
        **_queue(),
        **_shift(),
    }


def _shared() -> dict[str, str]:
    return {
        "back": _("返回"),
        "loading": _("正在载入"),
        "m": _("{n} 米"),
        "km": _("{n} 公里"),
        "minutes": _("{n} 分钟"),
        "hours": _("{n} 小时"),
        "hours_minutes": _("{h} 小时 {m} 分"),
        "days": _("{n} 天"),
        "kind.livelihood": _("民生"),
        "kind.enforcement": _("执法"),
        "kind.development": _("发展"),
        "photo.named": _("照片 {n}"),
        "photo.unreadable": _("这张照片读不出来，请再拍一张。"),
        "photo.more": _("再拍一张"),
        "photo.off": _("去掉照片 {n}"),
        "sheet.half": _("展开一半"),
        "sheet.full": _("全部展开"),
        "clock.slow": _("本机时钟慢 {n}，发送时已按服务的时间校正。"),
        "clock.fast": _("本机时钟快 {n}，发送时已按服务的时间校正。"),
        "map.label": _("本网格地图。方向键移动，加减号缩放。"),
        "listed": _("这个浏览器画不了地图，改用清单。"),
        "no_store": _("这个浏览器不能在本机保存，离线的内容会丢。请退出无痕模式，或换一个浏览器。"),
    }


def _place() -> dict[str, str]:
    return {
        "who": _("{name}，{place}"),
        "review": _("审图号：{number}"),
        "fix.waiting": _("正在定位"),
        "fix.denied": _("浏览器不许定位：请在设置里允许本页使用位置。"),
        "fix.none": _("暂时定不了位，到空旷处再试。"),
        "fix.insecure": _("这个地址不能定位：请用 https 打开。"),
        "in.mine": _("在本网格内，误差约 {about}"),
        "in.unsure": _("在网格边界附近，误差约 {about}：{shares}"),
        "in.beyond": _("网格以外"),
        "and": _("、"),
        "in.other": _("已离开本网格 {away}，现在在 {grid}"),
        "in.none": _("已离开本网格 {away}"),
        "place.here": _("当前位置"),
    }


def _about() -> dict[str, str]:
    return {
        "about.out_of_grid": _("系统收到的定位：{time} 起在本人网格外，最近一次离网格 {m}。"),
        "about.no_signal": _("系统没有收到定位：最近一次 {time}。原因可能是锁屏、切走或没有网络。"),
        "about.never": _("系统没有收到定位：上岗后还没有。原因可能是锁屏、不许定位或没有网络。"),
        "about.late_start": _("系统没有收到上岗：应于 {time}。已经上岗的，请看“待发”是否发出。"),
    }


def _tasks() -> dict[str, str]:
    return {
        "tasks.count": _("待办 {n} 件"),
        "tasks.none": _("没有待办。"),
        "tasks.unknown": _("任务要联网后才能看到。"),
        "task.title": _("案件"),
        "task.do": _("办理"),
        "task.open": _("办理：{title}"),
        "task.waits": _("已办，等待发送"),
        "task.nothing": _("现在没有您可办的。"),
        "task.offline": _("这一件没有存在手机里，联网后再看。"),
        "left.left": _("剩余"),
        "left.over": _("超时"),
        "left.none": _("不限时"),
        "needed": _("还缺：{what}"),
        "queued": _("已存好，正在发送。"),
        "queued.offline": _("已存好，有网自动发送。"),
    }


def _spots() -> dict[str, str]:
    return {
        "spots.count": _("到期 {n} 处，共 {all} 处"),
        "spots.none": _("今天没有到期的。"),
        "spots.more": _("还有 {n} 处到期。"),
        "spots.unknown": _("联网后才能看到。"),
        "spot.do": _("签到"),
        "spot.open": _("签到：{title}"),
        "spot.waits": _("已签到，等待发送"),
        "spot.overdue": _("逾期"),
        "spot.due": _("今天"),
        "spot.never": _("未记录"),
        "spot.ok": _("已记录"),
        "spot.every": _("每 {n} 天一次"),
        "spot.last": _("上次记录：{when}"),
        "spot.no_last": _("还没有走访记录。"),
        "spot.here": _("距点位约 {n}"),
        "spot.away": _("距点位约 {n}，不在现场"),
        "spot.note": _("说明（可不填）"),
        "spot.why": _("不在现场，请写明原因"),
        "spot.must_say": _("不在现场签到，要写明原因。"),
        "spot.no_fix": _("没有定位，还不能签到。"),
        "spot.photo": _("拍照（可不拍）"),
        "spot.past": _("以往走访"),
        "visit.here": _("在现场"),
        "visit.away": _("不在现场，距 {n}"),
        "visit.dwell": _("记录停留 {n}"),
        "route.count": _("{n}/{all}"),
        "route.done": _("{name}：已走 {n} 处，共 {all} 处"),
        "route.about": _("已走 {n} 处，共 {all} 处，每 {days} 天一次"),
        "route.ok": _("已走完"),
        "route.due": _("今天要走"),
        "route.overdue": _("逾期"),
        "route.never": _("未记录"),
    }


def _stale() -> dict[str, str]:
    return {
        "stale.today": _("今天"),
        "stale.1-3": _("1–3 天"),
        "stale.4-7": _("4–7 天"),
        "stale.8-14": _("8–14 天"),
        "stale.not_recorded": _("没有记录"),
        "stale.short.today": _("今天"),
        "stale.short.1-3": "1–3",
        "stale.short.4-7": "4–7",
        "stale.short.8-14": "8–14",
        "stale.short.not_recorded": _("没有记录"),
        "stale.days": _("几天前有记录"),
        "stale.comma": _("，"),
        "stale.my_grid": _("本网格"),
        "stale.mine": _("{name}：{words}"),
        "stale.until": _("数据到 {time}。"),
        "stale.honest": _("没有记录指 14 天内；不等于没有去过。"),
        "stale.unknown": _("联网后才能看到。"),
    }


def _next() -> dict[str, str]:
    return {
        "next.how": _("点还有多少时间，按当前位置给几处建议。"),
        "next.off": _("上岗后才给建议。"),
        "next.offline": _("没有网络，算不了新的建议。"),
        "next.failed": _("没有算出来，请再点一次。"),
        "next.found": _("有 {n} 处建议"),
        "next.at": _("按 {time} 的位置，{n} 分钟内"),
        "next.at_used": _("按 {time} 的位置，{n} 分钟内，约用 {used} 分钟"),
        "next.kept": _("离线：按 {time} 的位置算的，{n} 分钟内"),
        "next.join": _("；"),
        "next.walk": _("直线 {away}，约 {n} 分钟后到"),
    }


def _report() -> dict[str, str]:
    return {
        "report.title": _("上报"),
        "report.mend": _("修改后再报"),
        "report.what": _("是什么事"),
        "report.more": _("其他事由"),
        "report.more_label": _("都不是？"),
        "report.words": _("说一句（可不填）"),
        "report.address": _("没有定位，请写地址"),
        "report.send": _("发送"),
        "report.leave": _("不报了，删掉"),
        "report.no_kind": _("请先点一类事由。"),
        "report.no_place": _("没有定位，请写地址。"),
    }


def _queue() -> dict[str, str]:
    return {
        "net.on": _("已联网"),
        "net.off": _("无网络"),
        "net.sending": _("发送中"),
        "waiting": _("待发 {n}"),
        "queue.title": _("待发 {n} 件"),
        "queue.safe": _("已存在手机里，关机也不丢，有网自动发送。"),
        "queue.none": _("没有待发的，写下的都已发出。"),
        "queue.failed": _("没发出"),
        "queue.waiting": _("等待发送"),
        "queue.sent": _("今天已发"),
        "waits.net": _("等待网络"),
        "waits.turn": _("按先后发送"),
        "waits.sign_in": _("等待登录"),
        "edit": _("修改"),
        "again": _("再发"),
        "discard": _("丢弃"),
        "discard.sure": _("确实丢弃"),
        "send_now": _("现在发送"),
        "refused": _("服务没有接受（{status}）。"),
        "after.failed": _("班次开始没有被接受，所以不能结束。"),
        "signed_out": _("登录已过期。待发的都在，请以 {name} 重新登录。"),
        "sign_in": _("登录"),
        "some_failed": _("有内容没发出，请点“待发”查看。"),
        "others": _("另有 {n} 件是别的账号的，等本人登录后发送。"),
    }


def _shift() -> dict[str, str]:
    return {
        "shift.off": _("未上岗"),
        "shift.on": _("在岗 {n}"),
        "shift.refused": _("上岗没被接受"),
        "shift.start": _("上岗"),
        "shift.end": _("下岗"),
        "shift.word": _(
            "上岗后记录轨迹。浏览器只在本页打开、屏幕亮着时记录；切走或锁屏的时间不会有轨迹。"
            "8 小时约用 3 MB 流量，照片另计。"
        ),
        "lock.on": _("已保持屏幕常亮。"),
        "lock.off": _("这个浏览器不能保持屏幕常亮，请自行设置。"),
        "track.waits": _("巡查轨迹 {n} 点"),
        "track.how": _("每 60 点一批发送"),
        "track.refused": _("轨迹中没有收下的点："),
        "fix.invalid": _("数值无效"),
        "fix.in_the_future": _("时间在将来"),
        "fix.stale": _("时间太早"),
        "fix.shift_unknown": _("不在任何班次内"),
    }
