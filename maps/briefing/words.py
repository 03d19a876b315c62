"""What a briefing says, in both languages, and how it writes numbers and days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from maps.briefing.figures import Compared
from maps.briefing.frozen import Named
from maps.briefing.period import Period, Span


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DAYS_EN = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_DAYS_ZH = "一二三四五六日"

WORDS: dict[str, tuple[str, str]] = {
    "html_lang": ("zh-CN", "en"),
    "title_week": ("社会治理一张网周报", "grid governance weekly"),
    "title_month": ("社会治理一张网月报", "grid governance monthly"),
    "edition": ("区划", "Edition"),
    "grids_in_all": ("个网格", "grids"),
    "made_at": ("生成于", "Made"),
    "received": ("受理诉求", "Reports received"),
    "busiest": ("单日最多", "Busiest day"),
    "concerned": ("涉及网格", "Grids concerned"),
    "rate": ("每千人诉求", "Reports per 1,000 people"),
    "unit_reports": ("件", "reports"),
    "unit_grids": ("个", "grids"),
    "unit_rate": ("件/千人", "per 1,000"),
    "none_before": ("此前无记录", "none before"),
    "map": ("一张图", "The map"),
    "scenes": ("图层", "Layers"),
    "density": ("密度", "Density"),
    "days": ("逐日热力", "Heat by day"),
    "cases": ("网格件数", "Reports by grid"),
    "rates": ("网格每千人件数", "Rate by grid"),
    "stations": ("党群服务站点", "Party service stations"),
    "previous_day": ("前一日", "Previous day"),
    "next_day": ("后一日", "Next day"),
    "play": ("播放或暂停", "Play / pause"),
    "zoom_in": ("放大", "Zoom in"),
    "zoom_out": ("缩小", "Zoom out"),
    "grid": ("网格", "Grid"),
    "grid_code": ("代码", "Code"),
    "community": ("社区", "Community"),
    "people": ("人口", "People"),
    "now": ("本期", "This period"),
    "now_week": ("本周", "This week"),
    "now_month": ("本月", "This month"),
    "before": ("上期", "Period before"),
    "before_week": ("上周", "Week before"),
    "before_month": ("上月", "Month before"),
    "same_day_week": ("上周同日", "same day, week before"),
    "same_day_month": ("上月同日", "same day, month before"),
    "change": ("增减", "Change"),
    "share": ("占比", "Share"),
    "none": ("无", "none"),
    "no_rate": ("人口不足 100 或未知", "under 100 people, or unknown"),
    "general": ("一、总体情况", "1. Overview"),
    "by_day": ("每日受理（件）", "Received each day (reports)"),
    "by_kind": ("（一）分类型", "1.1 By kind"),
    "by_channel": ("（三）分渠道", "1.3 By channel"),
    "by_subdistrict": ("（二）分街道", "1.2 By subdistrict"),
    "where": ("二、类别与网格", "2. Categories and grids"),
    "top_categories": ("（一）件数最多的类别", "2.1 Categories with most reports"),
    "top_grids": ("（二）件数最多的网格", "2.2 Grids with most reports"),
    "kind": ("类型", "Kind"),
    "channel": ("渠道", "Channel"),
    "subdistrict": ("街道", "Subdistrict"),
    "category": ("类别", "Category"),
    "total": ("合计", "Total"),
    "unplaced": ("未落入网格", "In no grid"),
    "notes": ("说明", "Notes"),
    "livelihood": ("民生", "Livelihood"),
    "enforcement": ("执法", "Enforcement"),
    "development": ("发展", "Development"),
    "nothing": (
        "本期没有收到诉求；下列各数为零，图上只有区划与站点。",
        "No report came in this period; the figures are zero and the map shows the division only.",
    ),
    "digest": ("数据摘要", "Digest of the data"),
}


@dataclass(frozen=True)
class Words:
    """The words of one language for one span: `words["received"]`, `words.received` in a page."""

    language: Language
    span: Span

    def __getitem__(self, key: str) -> str:
        texts = WORDS.get(f"{key}_{self.span}") or WORDS[key]
        return texts[self.language is Language.EN]

    def name(self, named: Named) -> str:
        return named.en if self.language is Language.EN else named.zh

    def number(self, value: float, places: int = 0) -> str:
        if self.language is Language.EN:
            return f"{value:,.{places}f}"
        return f"{value:.{places}f}"

    def day(self, day: date) -> str:
        if self.language is Language.EN:
            return f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
        return f"{day.month} 月 {day.day} 日（周{_DAYS_ZH[day.weekday()]}）"

    def weekday(self, day: date) -> str:
        if self.span is Span.MONTH:
            return str(day.day)
        if self.language is Language.EN:
            return _DAYS_EN[day.weekday()]
        return f"周{_DAYS_ZH[day.weekday()]}"

    def date(self, day: date) -> str:
        if self.language is Language.EN:
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        return f"{day.year} 年 {day.month} 月 {day.day} 日"

    def instant(self, at: datetime) -> str:
        return f"{self.date(at.date())} {at:%H:%M}"

    def period(self, period: Period) -> str:
        """`2022 年第 44 周（10 月 31 日至 11 月 6 日）`."""
        first, last = period.days[0], period.days[-1]
        if period.span is Span.MONTH:
            if self.language is Language.EN:
                return f"{_MONTHS[first.month - 1]} {first.year}"
            return f"{first.year} 年 {first.month} 月"
        year, week, _ = first.isocalendar()
        if self.language is Language.EN:
            return f"Week {week}, {year} ({self.day(first)} to {self.day(last)})"
        return (
            f"{year} 年第 {week} 周（{first.month} 月 {first.day} 日至"
            f" {last.month} 月 {last.day} 日）"
        )

    def signed(self, change: int) -> str:
        """`+144`, `−5`, `0`."""
        return f"{'+' if change > 0 else '−' if change < 0 else ''}{self.number(abs(change))}"

    def compared(self, one: Compared, unit: str = "unit_reports") -> str:
        """`上周 1468 件，增 9.8%`."""
        if self.language is Language.EN:
            said = f"{self['before'].lower()} {self.number(one.before)}"
            return said + (f", {self._percent(one)}" if one.before else "")
        said = f"{self['before']} {self.number(one.before)} {self[unit]}"
        return said + (f"，{self._percent(one)}" if one.before else "")

    def _percent(self, one: Compared) -> str:
        percent = 100.0 * one.change / one.before
        if one.change == 0:
            return "unchanged" if self.language is Language.EN else "持平"
        if self.language is Language.EN:
            return f"{'+' if percent > 0 else '−'}{abs(percent):.1f}%"
        return f"{'增' if percent > 0 else '减'} {abs(percent):.1f}%"

    def more_or_less(self, one: Compared) -> str:
        """`比上周多 144 件`."""
        if self.language is Language.EN:
            if one.change == 0:
                return f"as many as the {self['before'].lower()}"
            word = "more" if one.change > 0 else "fewer"
            return f"{self.number(abs(one.change))} {word} than the {self['before'].lower()}"
        if one.change == 0:
            return f"与{self['before']}持平"
        word = "多" if one.change > 0 else "少"
        return f"比{self['before']}{word} {self.number(abs(one.change))} 件"
