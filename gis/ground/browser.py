"""Chromium and a Chinese font for the browser tests; the product itself needs neither."""

import os
import shutil
import subprocess
from pathlib import Path

from gis.ground import packages, paths, say

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FONT_PACKAGE = "fonts-wqy-microhei"
WRAPPER = """#!/bin/sh
export LD_LIBRARY_PATH={libraries}
export FONTCONFIG_FILE={fonts}
exec {program} "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{folder}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def find() -> Path | None:
    """A Chromium that starts: `CHROMIUM`, the system's, or the private one."""
    named = os.environ.get("CHROMIUM")
    system = [] if packages.private_wanted() else [shutil.which(name) for name in NAMES]
    private = paths.prefix() / "chromium.sh"
    for candidate in (named, *system, str(private)):
        if candidate and Path(candidate).exists() and _starts(candidate):
            return Path(candidate)
    return None


def _starts(program: str) -> bool:
    """Ubuntu's `chromium-browser` is a stub that only names a snap, hence the trial."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def ensure() -> Path:
    """Chromium and a Chinese font, fetched where absent.

    Raises `GroundError` that says how to get them when neither apt nor unpacking helps.
    """
    missing = [] if find() else ["chromium"]
    if not _has_chinese_font():
        missing.append(FONT_PACKAGE)
    if missing:
        packages.install("Chromium", missing, group="chromium")
        if packages.private_wanted() or os.geteuid() != 0:
            _wrap()
    found = find()
    if found is None:
        raise say.GroundError(
            "浏览器测试需要 Chromium：请安装 chromium（Debian）或 Google Chrome，"
            "或用 CHROMIUM=/路径 指明。\n"
            "    (The browser tests need Chromium: install it, or name it with CHROMIUM=/path.)"
        )
    return found


def _has_chinese_font() -> bool:
    if (paths.prefix() / "fonts.conf").exists():
        return True
    if packages.private_wanted() or shutil.which("fc-list") is None:
        return False
    done = subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False)
    return bool(done.stdout.strip())


def _wrap() -> None:
    prefix = paths.prefix()
    fonts = prefix / "fonts.conf"
    text = FONTS.format(folder=prefix / "usr/share/fonts", cache=paths.state() / "fontcache")
    fonts.write_text(text)
    program = prefix / "usr/lib/chromium/chromium"
    if program.exists():
        libraries = packages.environment().get("LD_LIBRARY_PATH", "")
        wrapper = prefix / "chromium.sh"
        wrapper.write_text(WRAPPER.format(libraries=libraries, fonts=fonts, program=program))
        wrapper.chmod(0o755)
