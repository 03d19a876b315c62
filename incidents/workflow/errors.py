"""Why something cannot be done to a case, in both languages."""

from gis.kernel.errors import WanggeError

__all__ = ["MissingInput", "NotAllowed", "StateMoved"]


class StateMoved(WanggeError):
    """The case is no longer where this could be done."""


class NotAllowed(WanggeError):
    """Who asks is not who may do this to the case."""


class MissingInput(WanggeError):
    """Something that must be given is missing or wrong. `reasons` holds (field, code, zh, en)."""

    def __init__(self, reasons: list[tuple[str, str, str, str]]) -> None:
        self.reasons = reasons
        zh = "；".join(f"{field}：{text}" for field, _code, text, _en in reasons)
        super().__init__(zh, field=reasons[0][0] if reasons else None)
