"""The docs say what the program does: generated pages are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from cli.main import app
from compensation.components import FAMILIES
from compliance import catalogue
from tests.docs.published import published


@pytest.mark.parametrize("path", published())
def test_generated_pages_are_current(repository: Path, path: str) -> None:
    """`make docs` writes them anew."""
    assert (repository / "docs" / path).read_text(encoding="utf-8") == published()[path]


def test_every_link_inside_the_project_leads_somewhere(repository: Path) -> None:
    for page in [*repository.glob("*.md"), *repository.glob("docs/**/*.md"), *repository.glob("datasets/*/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.relative_to(repository)} links to {target}"


def test_commands_in_the_docs_exist(repository: Path) -> None:
    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    for page in [*repository.glob("*.md"), *repository.glob("docs/*.md")]:
        for command in re.findall(r"(?m)^(?:\$ )?downline ([a-z-]+)", page.read_text(encoding="utf-8")):
            assert command in known, f"{page.name} speaks of `downline {command}`"


def test_every_family_of_the_plan_language_is_documented(repository: Path) -> None:
    text = (repository / "docs" / "plans.md").read_text(encoding="utf-8")
    for family in FAMILIES:
        assert f"`{family}`" in text


def test_every_indicator_documents_itself() -> None:
    for each in catalogue():
        assert each.definition.en
        assert each.definition.ar
        assert each.source
        assert each.false_positives.en
