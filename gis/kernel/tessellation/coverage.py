"""What can be wrong with polygons that are meant to tile the ground together.

Everything here is in metres (a projected CRS) and takes valid, two-dimensional areas.
`shapely.coverage_is_valid` alone passes a missing cell and, without a gap width, a narrow gap; the
union's holes and parts and the outline are therefore looked at as well.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon, STRtree
from shapely.geometry.base import BaseGeometry

from gis.kernel.tessellation.problems import Problem, Severity
from gis.kernel.tessellation.width import NOISE_M, polygons_of, width_of, widths_of

__all__ = ["check_mismatch", "check_outline", "check_overlaps", "check_spaces", "ground_of"]

Areas = NDArray[np.object_]


def ground_of(areas: Areas) -> BaseGeometry:
    """The ground that `areas` hold together; fast where they already match edge to edge."""
    if shapely.coverage_is_valid(areas):
        return shapely.coverage_union_all(areas)
    return shapely.union_all(areas)


def check_overlaps(codes: Sequence[str], areas: Areas) -> Iterator[Problem]:
    """Each piece of ground that two areas both claim, wider than `NOISE_M`."""
    suspects = np.flatnonzero(~shapely.is_empty(shapely.coverage_invalid_edges(areas)))
    if not suspects.size:
        return
    left, right = STRtree(areas).query(areas[suspects], predicate="intersects")
    left = suspects[left]
    pairs = np.unique(np.sort(np.column_stack([left, right])[left != right], axis=1), axis=0)
    shared = shapely.intersection(areas[pairs[:, 0]], areas[pairs[:, 1]])
    found = [
        (one, other, piece)
        for (one, other), common in zip(pairs, shared, strict=True)
        for piece in polygons_of(common)
    ]
    widths = widths_of([piece for _one, _other, piece in found])
    for (one, other, piece), width in zip(found, widths.tolist(), strict=True):
        if width > NOISE_M:
            yield Problem(
                "overlap",
                f"两个面重叠，宽 {width:.3f} 米，面积 {piece.area:.1f} 平方米",
                f"overlap {width:.3f} m wide, {piece.area:.1f} m²",
                features=(codes[one], codes[other]),
                geometry=piece,
                width_m=width,
                area_m2=piece.area,
            )


def check_spaces(codes: Sequence[str], areas: Areas, *, narrow_m: float) -> Iterator[Problem]:
    """Ground between the areas: gaps up to `narrow_m` wide are errors, wider ones are told.

    A gap may be enclosed, or open to the outside between two areas (a strip, a notch).
    """
    ground = ground_of(areas)
    tree = STRtree(areas)
    holes = holes_of(ground)
    for hole, width in zip(holes, widths_of(holes).tolist(), strict=True):
        if width > NOISE_M:
            yield _space("hole", hole, width, narrow_m, _beside(codes, tree, hole))
    if narrow_m <= 0:
        yield from _parts(codes, areas, ground)
        return
    strips = open_strips(ground, areas, tree, narrow_m)
    for strip in strips:
        yield _space("gap", strip, width_of(strip), narrow_m, _beside(codes, tree, strip))
    joined = shapely.union_all([ground, *(s.buffer(NOISE_M) for s in strips)]) if strips else ground
    yield from _parts(codes, areas, joined)


def holes_of(ground: BaseGeometry) -> list[Polygon]:
    """The holes of `ground`, as polygons without what lies inside them."""
    filled = [Polygon(ring) for part in polygons_of(ground) for ring in part.interiors]
    if not filled:
        return []
    return polygons_of(shapely.difference(shapely.union_all(filled), ground))


def open_strips(
    ground: BaseGeometry, areas: Areas, tree: STRtree, narrow_m: float
) -> list[Polygon]:
    """Strips narrower than `narrow_m` between two areas that are open to the outside.

    Growing and shrinking the ground by half the width fills exactly those; a mitred join leaves the
    corners of a single area alone.
    """
    outer = shapely.union_all([Polygon(part.exterior) for part in polygons_of(ground)])
    half = narrow_m / 2.0
    closed = outer.buffer(half, join_style="mitre", mitre_limit=20).buffer(
        -half, join_style="mitre", mitre_limit=20
    )
    found = []
    for strip in polygons_of(shapely.difference(closed, outer)):
        if strip.area > NOISE_M and width_of(strip) > NOISE_M:
            beside = tree.query(strip, predicate="dwithin", distance=NOISE_M)
            if len(beside) > 1 and _runs_between(strip, areas[beside]):
                found.append(strip)
    return found


def _runs_between(strip: Polygon, beside: Areas) -> bool:
    """Whether at least two of `beside` border the strip along a length, and not at a corner."""
    rim = strip.buffer(NOISE_M)
    lengths = shapely.length(shapely.intersection(shapely.boundary(beside), rim))
    return int((lengths > 10 * NOISE_M).sum()) > 1


def _space(
    wide_kind: str, piece: Polygon, width: float, narrow_m: float, beside: tuple[str, ...]
) -> Problem:
    narrow = width <= narrow_m
    return Problem(
        "gap" if narrow else wide_kind,
        f"{'缝隙' if narrow else '空洞'}，宽 {width:.3f} 米，面积 {piece.area:.1f} 平方米",
        f"{'gap' if narrow else 'hole'} {width:.3f} m wide, {piece.area:.1f} m²",
        severity=Severity.ERROR if narrow else Severity.WARNING,
        features=beside,
        geometry=piece,
        width_m=width,
        area_m2=piece.area,
    )


def _parts(codes: Sequence[str], areas: Areas, ground: BaseGeometry) -> Iterator[Problem]:
    """Parts of the whole that lie apart from the largest one."""
    parts = polygons_of(ground)
    if len(parts) < 2:
        return
    largest = max(parts, key=lambda part: float(part.area))
    inside, whole = STRtree(shapely.point_on_surface(areas)), STRtree(areas)
    for part in parts:
        if part is largest:
            continue
        held = set(inside.query(part, predicate="intersects").tolist())
        held.update(whole.query(part.representative_point(), predicate="intersects").tolist())
        members = sorted(codes[at] for at in held)
        away = float(shapely.distance(part, largest))
        yield Problem(
            "separate_part",
            f"与主体分离的部分，距主体 {away:.1f} 米，面积 {part.area:.1f} 平方米",
            f"a part {away:.1f} m away from the main body, {part.area:.1f} m²",
            severity=Severity.WARNING,
            features=tuple(members[:8]),
            geometry=part,
            area_m2=part.area,
        )


def check_outline(codes: Sequence[str], areas: Areas, outline: BaseGeometry) -> Iterator[Problem]:
    """Where the areas do not cover `outline` exactly: ground left over, ground outside."""
    ground = ground_of(areas)
    tree = STRtree(areas)
    sides = (
        ("uncovered", "外围边界内未被覆盖", "inside the outline but in no area", outline, ground),
        ("outside_outline", "超出外围边界", "outside the outline", ground, outline),
    )
    for kind, zh, en, one, other in sides:
        for piece in polygons_of(shapely.difference(one, other)):
            width = width_of(piece)
            if width > NOISE_M:
                yield Problem(
                    kind,
                    f"{zh}，宽 {width:.3f} 米，面积 {piece.area:.1f} 平方米",
                    f"{en}, {width:.3f} m wide, {piece.area:.1f} m²",
                    features=_beside(codes, tree, piece),
                    geometry=piece,
                    width_m=width,
                    area_m2=piece.area,
                )


def check_mismatch(codes: Sequence[str], areas: Areas) -> Iterator[Problem]:
    """Neighbours whose common border has other vertices, though nothing measurable is wrong.

    Nothing is measured: `areas` may be in degrees as well.
    """
    edges = shapely.coverage_invalid_edges(areas)
    for at in np.flatnonzero(~shapely.is_empty(edges)).tolist():
        yield Problem(
            "edge_mismatch",
            "与相邻面的公共边顶点不一致，可加 --tolerance-m 0.01 自动对齐",
            "its border has other vertices than its neighbour's; --tolerance-m 0.01 aligns them",
            features=(codes[at],),
            geometry=edges[at],
        )


def _beside(codes: Sequence[str], tree: STRtree, piece: Polygon) -> tuple[str, ...]:
    near = tree.query(piece, predicate="dwithin", distance=NOISE_M)
    return tuple(sorted({codes[at] for at in near}))[:8]
