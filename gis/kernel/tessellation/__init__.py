"""Checking and closing a division of the ground into areas that tile it."""

from gis.kernel.tessellation.closing import Closed, close
from gis.kernel.tessellation.coverage import (
    check_mismatch,
    check_outline,
    check_overlaps,
    check_spaces,
    ground_of,
)
from gis.kernel.tessellation.mending import untouched
from gis.kernel.tessellation.problems import Problem, Severity, errors, moved, warnings
from gis.kernel.tessellation.realigning import realigned
from gis.kernel.tessellation.shapes import check_shapes, check_slivers
from gis.kernel.tessellation.width import NOISE_M, thin, width_of

__all__ = [
    "NOISE_M",
    "Closed",
    "Problem",
    "Severity",
    "check_mismatch",
    "check_outline",
    "check_overlaps",
    "check_shapes",
    "check_slivers",
    "check_spaces",
    "close",
    "errors",
    "ground_of",
    "moved",
    "realigned",
    "thin",
    "untouched",
    "warnings",
    "width_of",
]
