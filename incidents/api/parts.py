"""What several answers tell alike."""

from incidents.models import Incident, Report

__all__ = ["named", "position_of"]


def named(code: str, name: str) -> dict[str, str]:
    """Something that has a code, with its name."""
    return {"code": code, "name": name}


def position_of(row: Incident | Report) -> dict[str, float] | None:
    """Where it lies, WGS-84 degrees; None without a position."""
    return {"lon": row.position.x, "lat": row.position.y} if row.position else None
