"""The sentences of a briefing: what its map, its first line and its notes say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from maps.briefing.figures import Compared, Figures
from maps.briefing.frozen import CELL_M, Frozen, GridRow
from maps.briefing.period import Period
from maps.briefing.words import Language, Words
from maps.counts import FEWEST_PEOPLE


@dataclass(frozen=True)
class Sentences(Words):
    """Words, and what is said with them."""

    def say(self, zh: str, en: str) -> str:
        return en if self.language is Language.EN else zh

    def lead(self, frozen: Frozen, figures: Figures) -> str:
        """The one sentence of a briefing."""
        if not figures.received.now:
            return self["nothing"]
        total = self.number(figures.received.now)
        zh = f"{self['now']}受理诉求 {total} 件，{self.more_or_less(figures.received)}"
        en = f"{total} reports were received, {self.more_or_less(figures.received)}"
        if figures.categories:
            top = figures.categories[0]
            name = self.name(frozen.names[f"category:{top.code}"])
            zh += f"；{name}最多，{self.number(top.now)} 件"
            en += f"; most about {name} ({self.number(top.now)})"
        if figures.grids:
            top = figures.grids[0]
            zh += f"；{frozen.grids[top.code].name} {self.number(top.now)} 件，居各网格之首"
            en += f"; most in grid {top.code} ({self.number(top.now)})"
        return self.say(zh + "。", en + ".")

    def rate_compared(self, rate: float | None, before: float | None) -> str:
        if rate is None or before is None:
            return self["none_before"]
        return f"{self['before']} {self.number(before, 2)} {self['unit_rate']}"

    def day_said(self, day: date, count: int) -> str:
        return f"{self.day(day)} {self.number(count)} {self['unit_reports']}"

    def grids(self, count: int) -> str:
        return f"{self.number(count)} {self['unit_grids']}"

    def range(self, low: float, high: float | None, places: int) -> str:
        """A class: `3 – 4` for whole numbers, `0.5 – 1.2` (up to, without) for others."""
        if high is None:
            return f"≥ {self.number(low, places)}"
        last = high - 1 if places == 0 else high
        if last <= low:
            return self.number(low, places)
        return f"{self.number(low, places)} – {self.number(last, places)}"

    def rate_said(self, rate: float | None) -> str:
        return self["no_rate"] if rate is None else f"{self.number(rate, 1)} {self['unit_rate']}"

    def grid_said(self, row: GridRow, count: Compared, rate: str) -> str:
        """What a grid tells under the pointer: markup, with everything from outside escaped."""
        lines = [f"<b>{escape(row.name)}</b>", f"<code>{escape(row.code)}</code>"]
        unit = self["unit_reports"]
        lines.append(f"{self['now']} {self.number(count.now)} {unit}")
        lines.append(f"{self['before']} {self.number(count.before)} {unit}")
        if rate:
            lines.append(rate)
            if row.people is not None:
                lines.append(f"{self['people']} {self.number(row.people)}")
        return "<br>".join(lines)

    def density_note(self, bandwidth_m: float) -> str:
        return self.say(
            f"件/平方千米，{self['now']}合计。高斯核，带宽（标准差）{bandwidth_m:g} 米；"
            "分级按诉求五等分：每级内约有五分之一的诉求。",
            "Reports per km² in all of the period. Gaussian kernel, bandwidth (standard "
            f"deviation) {bandwidth_m:g} m; about a fifth of the reports lie in each class.",
        )

    def days_note(self, reach_m: float) -> str:
        return self.say(
            f"逐日浓淡，占满色的比例，各日同一标尺；每处影响半径 {reach_m:g} 米，"
            "同一百米方格 4 件及以上为满色。件数写在时间轴上。",
            f"Strength of each day in per cent, on one scale; each place reaches {reach_m:g} m, "
            "four reports in one square of 100 m give full colour. The slider says the count.",
        )

    def grid_note(self, rates: bool) -> str:
        if rates:
            return self.say(
                f"件/千人，{self['now']}合计，常住人口为分母；分位数分级，含下限不含上限。",
                "Reports per 1,000 residents in all of the period; quantile classes, lower limit "
                "included.",
            )
        return self.say(
            f"件，{self['now']}合计；分位数分级（各级网格数相近，同值不拆分）。",
            "Reports in all of the period; quantile classes (about as many grids in each; equal "
            "values stay together).",
        )

    def notes(self, frozen: Frozen, figures: Figures) -> list[str]:
        """What a reader must know to question the figures."""
        here, before = frozen.period, frozen.period.before()
        located = sum(row.cell is not None for row in frozen.rows)
        told = [
            self.say(
                f"统计口径：按收到时间，{self._instants(here)}；{self['before']}为"
                f"{self._instants(before)}；时区 {here.zone.key}。",
                f"Counted by the time of receipt, {self._instants(here)}; the "
                f"{self['before'].lower()} is {self._instants(before)}; time zone {here.zone.key}.",
            ),
            self.say(
                f"归属按区划 {frozen.edition.name}（{self.number(len(frozen.grids))} 个网格）；"
                f"{self.number(figures.unplaced.now)} 件未落入网格，计入总数，不计入网格与街道。",
                f"Places are those of edition {frozen.edition.name} "
                f"({self.number(len(frozen.grids))} grids); {self.number(figures.unplaced.now)} "
                "reports lie in no grid: they count in totals, not in grids and subdistricts.",
            ),
            self.say(
                f"有位置的 {self.number(located)} 件入图。为不指向任何一户，位置先归入 {CELL_M} 米"
                f"方格再绘制；人口不足 {FEWEST_PEOPLE} 的网格不算每千人件数。",
                f"{self.number(located)} reports have a position and are on the map. So that no "
                f"home can be read, positions are first moved into squares of {CELL_M} m; "
                f"grids of under {FEWEST_PEOPLE} people have no rate.",
            ),
        ]
        first = frozen.earliest
        if first is not None and first > before.starts_at:
            day = self.date(first.astimezone(here.zone).date())
            told.append(
                self.say(
                    f"记录始于 {day}，{self['before']}不完整，增减仅供参考。",
                    f"Records begin on {day}: the {self['before'].lower()} is not complete, so "
                    "take changes with care.",
                )
            )
        place = frozen.place
        notice = self.say(place.notice, place.notice_en or place.notice)
        return [*told, *filter(None, [notice, place.attribution, place.review_number])]

    def _instants(self, period: Period) -> str:
        first, last = period.days[0], period.days[-1]
        return self.say(
            f"{self.date(first)} 0 时至 {self.date(last)} 24 时",
            f"{self.date(first)} 00:00 to {self.date(last)} 24:00",
        )
