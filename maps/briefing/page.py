"""The page of a briefing: figures, map and tables in one file."""

from __future__ import annotations

import re
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from grids.models import Edition, Place
from maps.briefing import offline
from maps.briefing.figures import Compared, Figures, figures_of
from maps.briefing.frozen import Frozen, freeze
from maps.briefing.layers import STAR, Drawing, draw
from maps.briefing.period import Period, Span
from maps.briefing.sentences import Sentences
from maps.briefing.words import Language

BANDWIDTH_M = 300.0
# Folium's own would forbid enlarging the page with two fingers.
_VIEWPORT = re.compile(r'<meta name="viewport"[^>]*/>')


def make_page(
    *,
    place: Place,
    edition: Edition,
    period: Period,
    language: Language,
    now: datetime,
    bandwidth_m: float = BANDWIDTH_M,
) -> str:
    """Return the page of `period` as one HTML text that fetches nothing.

    Raises `InvalidInput` for an edition without grids, `NotOffline` where a file is missing.
    """
    frozen = freeze(place, edition, period)
    return render(frozen, language=language, now=now, bandwidth_m=bandwidth_m)


def render(frozen: Frozen, *, language: Language, now: datetime, bandwidth_m: float) -> str:
    """Return the page of inputs that were read before."""
    words = Sentences(language, frozen.period.span)
    figures = figures_of(frozen)
    drawing = draw(frozen, figures, words, bandwidth_m)
    text = render_to_string(
        "maps/briefing.html",
        {
            "words": words,
            "frozen": frozen,
            "title": _title(frozen, words),
            "period": words.period(frozen.period),
            "made_at": words.instant(now.astimezone(frozen.period.zone)),
            "lead": words.lead(frozen, figures),
            "four": _four(figures, words),
            "bars": _bars(figures, words),
            "tables": _tables(frozen, figures, words),
            "notes": words.notes(frozen, figures),
            "first": drawing.scenes[0].key,
            "grids_in_all": words.number(len(frozen.grids)),
            "stations": words.number(len(frozen.stations)),
            "star": mark_safe(STAR),  # noqa: S308 - a constant
            "said": _said(frozen, words),
            "face": mark_safe(offline.face()),  # noqa: S308 - base64
            **_parts(drawing),
        },
    )
    return offline.check_alone(text)


def _title(frozen: Frozen, words: Sentences) -> str:
    kind = words["title_week" if frozen.period.span is Span.WEEK else "title_month"]
    if words.language is Language.EN:
        return f"{frozen.place.name_en or frozen.place.name}: {kind}"
    return f"{frozen.place.name}{kind}"


def _parts(drawing: Drawing) -> dict[str, Any]:
    """Folium's head, body and script, without the addresses of its files."""
    figure: Any = drawing.map.get_root()
    assets = offline.take_assets(figure)
    figure.render()
    head = _VIEWPORT.sub("", figure.header.render())
    return {
        "drawing": drawing,
        "scripts": [mark_safe(text) for text in assets.scripts],  # noqa: S308 - from the lock file
        "styles": [mark_safe(text) for text in assets.styles],  # noqa: S308 - from the lock file
        "head": mark_safe(head),  # noqa: S308 - folium escapes data as JSON
        "body": mark_safe(figure.html.render()),  # noqa: S308
        "script": mark_safe(figure.script.render()),  # noqa: S308
        "config": {
            "map": drawing.map.get_name(),
            "scenes": {scene.key: scene.layer for scene in drawing.scenes},
            "stations": drawing.stations,
        },
    }


def _said(frozen: Frozen, words: Sentences) -> dict[str, str]:
    """What the script of the page puts on its controls."""
    keys = {"previous": "previous_day", "next": "next_day", "play": "play"}
    keys |= {"zoomIn": "zoom_in", "zoomOut": "zoom_out"}
    attribution = frozen.place.attribution or frozen.place.name
    return {name: words[key] for name, key in keys.items()} | {"attribution": escape(attribution)}


def _four(figures: Figures, words: Sentences) -> list[dict[str, str]]:
    """The figures of the first page: name, number, unit, comparison."""
    busiest_day = words.day(figures.busiest_day) if figures.busiest_day else words["none"]
    return [
        {
            "key": "received",
            "name": words["received"],
            "value": words.number(figures.received.now),
            "unit": words["unit_reports"],
            "compared": words.compared(figures.received),
        },
        {
            "key": "rate",
            "name": words["rate"],
            "value": "–" if figures.rate is None else words.number(figures.rate, 2),
            "unit": words["unit_rate"],
            "compared": words.rate_compared(figures.rate, figures.rate_before),
        },
        {
            "key": "concerned",
            "name": words["concerned"],
            "value": words.number(figures.grids_concerned.now),
            "unit": f"/ {words.number(len(figures.per_grid))} {words['unit_grids']}",
            "compared": words.compared(figures.grids_concerned, "unit_grids"),
        },
        {
            "key": "busiest",
            "name": f"{words['busiest']} · {busiest_day}",
            "value": words.number(figures.busiest.now),
            "unit": words["unit_reports"],
            "compared": words.compared(figures.busiest),
        },
    ]


def _bars(figures: Figures, words: Sentences) -> list[dict[str, Any]]:
    """One column a day, and a line where the same day of the period before stood."""
    top = max([1, *(day.now for day in figures.days), *(day.before or 0 for day in figures.days)])
    return [
        {
            "name": words.weekday(day.day),
            "said": words.day_said(day.day, day.now),
            "now": words.number(day.now),
            "height": f"{100.0 * day.now / top:.2f}",
            "before": None if day.before is None else f"{100.0 * day.before / top:.2f}",
        }
        for day in figures.days
    ]


def _tables(frozen: Frozen, figures: Figures, words: Sentences) -> dict[str, list[dict[str, str]]]:
    def row(name: str, one: Compared, **more: str) -> dict[str, str]:
        share = 100.0 * one.now / figures.received.now if figures.received.now else 0.0
        return {
            "code": one.code,
            "name": name,
            "now": words.number(one.now),
            "before": words.number(one.before),
            "change": words.signed(one.change),
            "share": f"{share:.1f}%",
            **more,
        }

    def named(kind: str, one: Compared) -> str:
        return words.name(frozen.names[f"{kind}:{one.code}"])

    def grid(one: Compared) -> dict[str, str]:
        known = frozen.grids[one.code]
        rate = figures.rate_of(one.code, known.people)
        return row(
            known.name,
            one,
            community=known.community,
            rate="–" if rate is None else words.number(rate, 1),
        )

    return {
        "kinds": [row(words[one.code], one) for one in figures.kinds],
        "channels": [row(named("channel", one), one) for one in figures.channels],
        "categories": [row(named("category", one), one) for one in figures.categories],
        "subdistricts": [row(frozen.subdistricts[one.code], one) for one in figures.subdistricts],
        "grids": [grid(one) for one in figures.grids],
        "total": [row(words["total"], figures.received)],
        "unplaced": [row(words["unplaced"], figures.unplaced)],
    }


def file_name(frozen_place: Place, period: Period, language: Language) -> str:
    """`briefing-370212-2022-W44-zh.html`."""
    return f"briefing-{frozen_place.code}-{period.code}-{language}.html"


def write(page: str, target: Path) -> None:
    """Write the whole file or none: beside it first, then moved into its place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.part")
    try:
        draft.write_text(page, encoding="utf-8")
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
