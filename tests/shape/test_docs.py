"""The documents name what exists, and what exists is named."""

import re
from pathlib import Path

import pytest
from django.core.management import find_commands
from django.urls import URLPattern, URLResolver, get_resolver

from tests.shape.tree import ROOT, files, text

DOCS = [path for path in files(".md") if str(path).startswith("docs/") or path == Path("README.md")]
ENVIRONMENT = re.compile(r'"(WANGGE_[A-Z_]+|DATABASE_URL|REDIS_URL|PORT|HOST|CHROMIUM)"')
LINK = re.compile(r"\[[^\]]*\]\(([^)#]+)(?:#[^)]*)?\)")
CODE = re.compile(r"`([^`]+)`")
CELLS = re.compile(r"^\|(.+)\|$", re.MULTILINE)


def all_docs() -> str:
    return "\n".join(text(path) for path in DOCS)


def our_commands() -> list[str]:
    rooms = {path.parents[1] for path in files(".py") if path.parent.name == "commands"}
    return sorted(name for room in rooms for name in find_commands(str(ROOT / room)))


def our_routes(prefix: str) -> list[str]:
    """Every route below `prefix`, as it is written in the URL configuration."""

    def walk(resolver: URLResolver, before: str) -> list[str]:
        found = []
        for entry in resolver.url_patterns:
            here = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                found.append(here)
            else:
                found += walk(entry, here)
        return found

    return sorted(route for route in walk(get_resolver(), "/") if route.startswith(prefix))


def python_code() -> str:
    return "\n".join(text(p) for p in files(".py") if p.parts[0] not in {"tests", "docs"})


def test_every_command_is_told() -> None:
    told = all_docs()
    assert our_commands()
    missing = [name for name in our_commands() if not re.search(rf"\b{name}\b", told)]
    assert not missing


def test_every_command_that_is_told_exists() -> None:
    told = set(re.findall(r"manage\.py ([a-z_]+)", all_docs()))
    django = {"makemigrations", "migrate", "createsuperuser", "dbshell", "shell", "collectstatic"}
    assert told <= set(our_commands()) | django


def test_every_variable_is_in_the_installation_page() -> None:
    read = {
        name
        for path in [*files(".py", under="gis/config"), *files(".py", under="gis/ground")]
        for name in ENVIRONMENT.findall(text(path))
    }
    told = text("docs/install.md")
    assert "WANGGE_SECRET_KEY" in read
    assert not [name for name in sorted(read) if name not in told]


def test_every_variable_that_is_told_is_read() -> None:
    told = set(re.findall(r"\bWANGGE_[A-Z_]+\b", text("docs/install.md")))
    code = python_code()
    compose = text("docker-compose.yml")
    unknown = [n for n in told if n.removesuffix("_FILE") not in code and n not in compose]
    assert not unknown


def test_every_route_of_the_interface_is_told() -> None:
    told = text("docs/api.md")
    routes = [re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route) for route in our_routes("/api/")]
    assert len(routes) > 8
    assert not [route for route in routes if route not in told]


def test_every_decision_is_in_the_index() -> None:
    index = text("docs/adr/README.md")
    pages = [p for p in files(".md", under="docs/adr/") if p.name != "README.md"]
    for page in pages:
        title = text(page).splitlines()[0].removeprefix("# ").split(maxsplit=1)
        assert f"| [{title[0]}]({page.name}) | {title[1]} |" in index, page
        assert page.name.startswith(title[0])
        assert re.search(r"^Status: \w+", text(page), re.MULTILINE), page
    numbers = sorted(int(page.name[:4]) for page in pages)
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_term_of_the_glossary_exists_in_code() -> None:
    code = python_code()
    terms = 0
    for line in CELLS.findall(text("docs/glossary.md")):
        cells = [cell.strip() for cell in line.split("|")]
        for name in CODE.findall(cells[2]) if len(cells) == 4 else []:
            terms += 1
            assert re.search(rf"\b{re.escape(name)}\b", code), name
    assert terms > 25


def test_every_model_is_in_the_data_model() -> None:
    from django.apps import apps

    page = text("docs/data-model.md")
    for label in ("grids", "ledger", "incidents"):
        for model in apps.get_app_config(label).get_models():
            assert f"| `{model.__name__}` | `{model._meta.db_table}` |" in page, model


def test_the_two_commands_and_the_others_are_told() -> None:
    line = next(line for line in text("Makefile").splitlines() if line.startswith(".PHONY:"))
    targets = line.split(":")[1].split()
    assert {"run", "test", "help", "bench", "proof"} <= set(targets)
    readme, told = text("README.md"), all_docs()
    assert "make run" in readme
    assert "make test" in readme
    assert not [target for target in targets if f"make {target}" not in told]
    assert set(re.findall(r"`?make ([a-z]+)`", told)) <= set(targets)
    assert "make test" in text(".ci/run")


@pytest.mark.parametrize("page", DOCS, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(text(page)):
        if "://" not in target:
            assert (ROOT / page.parent / target).exists(), f"{page}: {target}"


def test_it_is_said_that_the_grids_are_a_demonstration() -> None:
    for page in ("README.md", "docs/README.md", "docs/guide/administrator.md"):
        assert "demonstration" in text(page), page
        assert "演示" in text(page), page
