"""One error root: rooms below the API raise its subclasses, `gis.api` maps them to HTTP."""

__all__ = ["InvalidCoordinate", "InvalidInput", "InvalidTerritory", "UnknownDatum", "WanggeError"]


class WanggeError(Exception):
    """What went wrong, in words for a person, and the field (row, feature) it is about if any."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message, field)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


class InvalidInput(WanggeError):
    """A value that cannot be used; the caller can correct it."""


class InvalidCoordinate(InvalidInput):
    """A longitude or latitude that is not a finite number of degrees in range."""


class UnknownDatum(InvalidInput):
    """A datum other than wgs84, cgcs2000, gcj02 and bd09."""


class InvalidTerritory(InvalidInput):
    """Polygons that cannot be a division of the ground."""
