"""Saying one of two languages: Chinese, or English where the request asks for it."""

from django.utils.translation import get_language

__all__ = ["halves", "in_language", "in_request_language"]


def in_language(chinese: str, english: str) -> str:
    """The English where it is asked for and there is one; else the Chinese."""
    return english if english and (get_language() or "").startswith("en") else chinese


def halves(text: str) -> tuple[str, str]:
    """The halves of `中文。 (English.)`, as errors say it; without English, the Chinese twice."""
    zh, _, en = text.partition(" (")
    return zh, en.removesuffix(")") or zh


def in_request_language(text: str) -> str:
    """The half of `中文。 (English.)` that the request asks for."""
    return in_language(*halves(text))
