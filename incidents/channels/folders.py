"""The folders of a channel for files: `<DROP_FOLDER>/<channel>/{in,done,failed,out}`."""

from pathlib import Path

from django.conf import settings

__all__ = ["folder_of"]


def folder_of(channel: str, name: str, root: str = "") -> Path:
    """One of the folders of a channel."""
    return Path(root or settings.DROP_FOLDER) / channel / name
