"""What the maps can refuse, beside bad input."""

from gis.kernel.errors import WanggeError


class NotHere(WanggeError):  # noqa: N818 - named for what it says
    """There is no such thing, or it is not for the one who asks; which of the two is not told."""
