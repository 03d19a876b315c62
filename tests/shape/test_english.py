"""The English catalogue: complete, the same in its two files, and with the same blanks to fill."""

import gettext
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "gis/locale/en/LC_MESSAGES/django.po"
APPS = ("gis", "grids", "patrols", "incidents", "maps")
ENTRY = re.compile(r'^msgid ((?:".*"\n?)+)msgstr ((?:".*"\n?)+)', re.MULTILINE)
CALLS = re.compile(r'\b(?:_|gettext|gettext_lazy)\(\s*((?:"(?:[^"\\]|\\.)*"\s*)+),?\s*\)')
TAGS = re.compile(r"""\{%\s*translate\s+(?:"([^"]+)"|'([^']+)')""")
BLANK = re.compile(r"\{\w+\}|%\(\w+\)s")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def joined(quoted: str) -> str:
    parts = re.findall(r'"((?:[^"\\]|\\.)*)"', quoted)
    return "".join(parts).replace('\\"', '"').replace("\\n", "\n").replace("\\\\", "\\")


def catalogue() -> dict[str, str]:
    found = ENTRY.findall(CATALOGUE.read_text(encoding="utf-8"))
    return {joined(source): joined(target) for source, target in found if joined(source)}


def said() -> set[str]:
    """Every Chinese message that the sources mark for translation."""
    messages = set()
    for app in APPS:
        for file in (ROOT / app).rglob("*.py"):
            for call in CALLS.findall(file.read_text(encoding="utf-8")):
                messages.add(joined(call))
        for file in (ROOT / app).rglob("*.html"):
            for double, single in TAGS.findall(file.read_text(encoding="utf-8")):
                messages.add(double or single)
    return {message for message in messages if CHINESE.search(message)}


def test_every_message_has_english() -> None:
    known = catalogue()
    assert len(said()) > 150
    assert said() - set(known) == set(), "translate these in gis/locale/en"
    assert [source for source, target in known.items() if not target] == []


def test_the_compiled_catalogue_is_the_one_that_people_read() -> None:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    known = catalogue()
    assert {source: compiled.gettext(source) for source in known} == known


def test_english_fills_the_same_blanks() -> None:
    for source, target in catalogue().items():
        assert sorted(BLANK.findall(source)) == sorted(BLANK.findall(target)), source
