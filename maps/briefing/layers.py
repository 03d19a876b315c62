"""The map of a briefing as folium layers: the ground, four scenes of which one shows, stations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import Any

import folium
import numpy as np
import shapely
from folium.plugins import HeatMapWithTime
from folium.raster_layers import ImageOverlay
from shapely.geometry.base import BaseGeometry

from maps.briefing.figures import Figures
from maps.briefing.frozen import Frozen
from maps.briefing.offline import walk
from maps.briefing.sentences import Sentences
from maps.briefing.surface import counted_cells, middles, surface_of
from maps.classes import Classes, spread

SEA, LAND, GRID, BORDER, SHORE = "#E4EBF2", "#FAFAF8", "#C3CBD7", "#56657B", "#7C93B0"
NOTHING, UNKNOWN = LAND, "#E9ECF1"
RAMP = ["#EFE2A0", "#CFC17C", "#9C977A", "#636979", "#27375F"]
PARTY = "#D7263D"
STAR = (
    '<svg viewBox="0 0 24 24" width="16" height="16" aria-hidden="true">'
    f'<circle cx="12" cy="12" r="11" fill="{PARTY}" stroke="#fff" stroke-width="1.6"/>'
    '<path fill="#fff" d="M12 5l1.7 4.8 5.1.1-4.1 3.1 1.5 4.9L12 15l-4.2 2.9 1.5-4.9-4.1-3.1'
    ' 5.1-.1z"/></svg>'
)
# About 10 m on the ground: a pixel of the map at its usual zoom is 50 m.
SIMPLER_DEG = 1e-4
REACH_BANDWIDTHS = 3.0
EQUATOR_M_PER_PX = 156543.03392
FULL_STRENGTH = 4.0  # reports in a square at which a point of the daily heat is drawn in full


@dataclass(frozen=True)
class Legend:
    colour: str
    text: str
    count: str


@dataclass(frozen=True)
class Scene:
    """One thing to look at: a layer, and the legend that goes with it."""

    key: str
    name: str
    layer: str
    legend: list[Legend]
    note: str


@dataclass(frozen=True)
class Drawing:
    map: folium.Map
    scenes: list[Scene]
    stations: str


@dataclass(frozen=True)
class Ground:
    """Grids with simpler borders that still meet, and the subdistricts that they make."""

    grids: dict[str, BaseGeometry]
    subdistricts: dict[str, BaseGeometry]
    land: BaseGeometry

    @property
    def box(self) -> tuple[float, float, float, float]:
        west, south, east, north = self.land.bounds
        return west, south, east, north


def draw(frozen: Frozen, figures: Figures, words: Sentences, bandwidth_m: float) -> Drawing:
    """Build the map. The names of layers do not depend on chance: same rows, same bytes."""
    ground = _ground(frozen)
    west, south, east, north = ground.box
    drawn = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        scroll_wheel_zoom=False,
        zoom_snap=0.25,
        min_zoom=8,
        max_zoom=16,
        font_size="13px",
    )
    for name, level in (("land", 300), ("sea", 420), ("borders", 450)):
        folium.map.CustomPane(name, z_index=level, pointer_events=False).add_to(drawn)
    _add_ground(drawn, ground, frozen)
    made = [
        _density(drawn, frozen, ground, words, bandwidth_m),
        _days(drawn, frozen, figures, words, bandwidth_m),
        *_by_grid(drawn, frozen, figures, ground, words),
    ]
    stations = _stations(drawn, frozen)
    drawn.fit_bounds([[south, west], [north, east]], padding=(16, 16))
    _name_in_order(drawn)
    scenes = [
        Scene(scene.key, scene.name, layer.get_name() if layer else "", scene.legend, scene.note)
        for scene, layer in made
    ]
    return Drawing(drawn, scenes, stations.get_name() if stations else "")


def _name_in_order(drawn: folium.Map) -> None:
    """Folium names everything at random; here the names count up."""
    for number, element in enumerate(walk(drawn.get_root())):
        element._id = f"{number:04d}"
        if isinstance(element, HeatMapWithTime):
            element._control_name = f"{element.get_name()}_control"


def _ground(frozen: Frozen) -> Ground:
    codes = list(frozen.grids)
    shapes = shapely.coverage_simplify([frozen.grids[code].shape for code in codes], SIMPLER_DEG)
    grids = dict(zip(codes, shapes, strict=True))
    groups: dict[str, list[BaseGeometry]] = {}
    for code, shape in grids.items():
        groups.setdefault(frozen.grids[code].subdistrict, []).append(shape)
    # A division may overlap within its tolerance, so this is a union, not that of a coverage.
    joined = {code: shapely.union_all(parts) for code, parts in sorted(groups.items())}
    return Ground(grids, joined, shapely.union_all(list(joined.values())))


def _feature(shape: BaseGeometry, properties: dict[str, str] | None = None) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties or {},
        "geometry": shapely.geometry.mapping(shapely.transform(shape, lambda at: at.round(5))),
    }


def _collection(features: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


def _styled(colour: str, **style: object) -> Callable[[Any], dict[str, object]]:
    return lambda _: {"fillColor": colour, "fillOpacity": 1, "stroke": False, **style}


def _add_ground(drawn: folium.Map, ground: Ground, frozen: Frozen) -> None:
    west, south, east, north = ground.box
    sea = shapely.box(west - 3, south - 3, east + 3, north + 3).difference(ground.land)
    kept: dict[str, Any] = {"control": False, "interactive": False}
    folium.GeoJson(_feature(ground.land), style_function=_styled(LAND), pane="land", **kept).add_to(
        drawn
    )
    folium.GeoJson(_feature(sea), style_function=_styled(SEA), pane="sea", **kept).add_to(drawn)
    for shapes, colour, weight in (
        (list(ground.subdistricts.values()), BORDER, 1.4),
        ([ground.land], SHORE, 1.6),
    ):
        line = _styled(colour, fill=False, stroke=True, color=colour, weight=weight)
        folium.GeoJson(
            _collection([_feature(shape) for shape in shapes]),
            style_function=line,
            pane="borders",
            **kept,
        ).add_to(drawn)
    for code, shape in ground.subdistricts.items():
        if code not in frozen.subdistricts:
            continue
        # One layer each: layers of one group would share a single label.
        folium.GeoJson(
            _collection([_feature(_inside(shape), {"text": escape(frozen.subdistricts[code])})]),
            marker=folium.CircleMarker(radius=0, stroke=False, fill=False),
            tooltip=folium.GeoJsonTooltip(
                ["text"],
                labels=False,
                class_name="name",
                sticky=False,
                permanent=True,
                direction="center",
            ),
            **kept,
        ).add_to(drawn)


def _inside(shape: BaseGeometry) -> BaseGeometry:
    """A point well inside the largest part."""
    largest: BaseGeometry = max(shapely.get_parts(shape), key=lambda part: part.area)
    return largest.representative_point()


Made = tuple[Scene, Any]


def _density(
    drawn: folium.Map, frozen: Frozen, ground: Ground, words: Sentences, bandwidth_m: float
) -> Made:
    surface = surface_of(
        frozen.rows, ground.box, srid_m=frozen.place.srid_m, bandwidth_m=bandwidth_m
    )
    note = words.density_note(bandwidth_m)
    if surface is None:
        return Scene("density", words["density"], "", [], note), None
    colours = spread(RAMP, len(surface.edges))
    table = np.zeros((len(surface.edges) + 1, 4), np.uint8)
    for place, colour in enumerate(colours, 1):
        table[place] = [*bytes.fromhex(colour[1:]), 225]
    west, south, east, north = surface.box
    layer = ImageOverlay(
        table[surface.classes],
        [[south, west], [north, east]],
        pixelated=False,
        control=False,
        show=False,
        alt=words["density"],
    ).add_to(drawn)
    edges = [f"{edge:g}" for edge in surface.edges]
    ranges = [f"{a} – {b}" for a, b in pairwise(edges)] + [f"≥ {edges[-1]}"]
    legend = [Legend(colour, text, "") for colour, text in zip(colours, ranges, strict=True)]
    return Scene("density", words["density"], "", legend[::-1], note), layer


def _days(
    drawn: folium.Map, frozen: Frozen, figures: Figures, words: Sentences, bandwidth_m: float
) -> Made:
    data: list[list[list[float]]] = []
    for day in figures.days:
        cells = counted_cells([row for row in frozen.rows if row.day == day.day])
        places = middles(list(cells), frozen.place.srid_m)
        data.append(
            [
                [lat, lon, round(min(1.0, count / FULL_STRENGTH), 2)]
                for (lon, lat), count in zip(places, cells.values(), strict=True)
            ]
        )
    middle = np.cos(np.radians(drawn.location[0]))
    reach_m = REACH_BANDWIDTHS * bandwidth_m
    layer = HeatMapWithTime(  # type: ignore[no-untyped-call]
        data,
        index=[words.day_said(day.day, day.now) for day in figures.days],
        radius=round(float(reach_m / (EQUATOR_M_PER_PX * middle)), 6),
        scale_radius=True,
        blur=1,
        min_opacity=0,
        max_opacity=0.9,
        gradient={round(0.2 * (i + 1), 1): colour for i, colour in enumerate(RAMP)},
        min_speed=1,
        max_speed=2,
        control=False,
        show=False,
    )
    layer.play_reverse_button = layer.loop_button = layer.speed_slider = layer.limit_sliders = (
        "false"
    )
    layer.add_to(drawn)
    steps = ["20%", "40%", "60%", "80%", "100%"]
    legend = [Legend(colour, text, "") for colour, text in zip(RAMP, steps, strict=True)]
    return Scene("days", words["days"], "", legend[::-1], words.days_note(reach_m)), layer


def _by_grid(
    drawn: folium.Map, frozen: Frozen, figures: Figures, ground: Ground, words: Sentences
) -> list[Made]:
    """Two scenes on one layer: a grid's outline is in the file once, with a colour for each."""
    rates = {code: figures.rate_of(code, row.people) for code, row in frozen.grids.items()}
    cases: dict[str, float | None] = {code: figures.per_grid[code].now for code in frozen.grids}
    classes = {
        "cases": Classes.of(cases.values(), RAMP, places=0),
        "rates": Classes.of(rates.values(), RAMP, places=1),
    }
    features = []
    for code, row in frozen.grids.items():
        told = words.grid_said(row, figures.per_grid[code], words.rate_said(rates[code]))
        colours = {
            "cases": _colour(classes["cases"], cases[code]),
            "rates": _colour(classes["rates"], rates[code]),
        }
        features.append(_feature(ground.grids[code], {"code": code, "text": told, **colours}))
    layer = folium.GeoJson(
        _collection(features),
        style_function=_styled(NOTHING, stroke=True, color=GRID, weight=0.6),
        tooltip=folium.GeoJsonTooltip(["text"], labels=False, class_name="told"),
        control=False,
        show=False,
        smooth_factor=0,
    ).add_to(drawn)
    return [
        (_grid_scene("cases", classes["cases"], list(cases.values()), words), layer),
        (_grid_scene("rates", classes["rates"], list(rates.values()), words), layer),
    ]


def _colour(classes: Classes, value: float | None) -> str:
    return UNKNOWN if value is None else classes.colour(value) or NOTHING


def _grid_scene(key: str, classes: Classes, values: list[float | None], words: Sentences) -> Scene:
    legend = [
        Legend(one.colour, words.range(one.low, one.high, one.places), words.grids(one.count))
        for one in classes.steps[::-1]
    ]
    legend.append(Legend(NOTHING, "0", words.grids(sum(value == 0 for value in values))))
    if unknown := sum(value is None for value in values):
        legend.append(Legend(UNKNOWN, words["no_rate"], words.grids(unknown)))
    return Scene(key, words[key], "", legend, words.grid_note(key == "rates"))


def _stations(drawn: folium.Map, frozen: Frozen) -> Any:
    if not frozen.stations:
        return None
    features = [
        {
            "type": "Feature",
            "properties": {"text": f"{escape(row.name)}<br>{escape(row.level)}"},
            "geometry": {"type": "Point", "coordinates": [round(row.lon, 5), round(row.lat, 5)]},
        }
        for row in frozen.stations
    ]
    icon = folium.DivIcon(html=STAR, class_name="station", icon_size=(16, 16), icon_anchor=(8, 8))
    return folium.GeoJson(
        _collection(features),
        marker=folium.Marker(icon=icon),
        tooltip=folium.GeoJsonTooltip(["text"], labels=False, class_name="told"),
        control=False,
        show=False,
    ).add_to(drawn)
