"""Every published example in `examples/`, computed to the cent: awards, totals, closing state and placements.

Each example is a JSON file that nobody here wrote (its `source` says who did), with the same plan in our language
beside it. The plan files hold rules and no amount that the example expects.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from compensation import compute_on, examples, explain, load_plan
from compensation.notation import read_document

FOLDER = Path(__file__).with_name("examples")
FILES = examples.find(FOLDER)
ALL = [*FILES, *examples.find(Path(__file__).with_name("definitions"))]
"""Also those reckoned by hand from definitions; `test_definitions` holds their arithmetic."""


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_an_example_comes_out_to_the_cent(file: Path) -> None:
    verdict = examples.verify(file)
    assert verdict.figures > 0
    assert verdict.agrees, "\n".join([*verdict.sources, *map(str, verdict.differences)])


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_every_line_is_explained_and_every_component_ties(file: Path) -> None:
    example, plan = examples.read(file), load_plan(file.with_suffix(".plan.yaml"))
    computed = compute_on(plan, examples.books(example, plan, file), breakage_lines=True)
    assert all(awards.balance.ties for awards in computed.awards)
    for line in computed.lines["line"]:
        for language in ("en", "ar"):
            assert explain(computed, line=line).text(language)
    for order in computed.evaluation.orders["id"]:
        assert explain(computed, order=order).text("ar")


def test_the_examples_are_those_published_unchanged(shared_reference: Path) -> None:
    published = sorted((shared_reference / "plan-examples").glob("*.json"))
    assert [file.name for file in FILES] == [file.name for file in published]
    for ours, theirs in zip(FILES, published, strict=True):
        assert ours.read_bytes() == theirs.read_bytes(), ours.name


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.stem)
def test_no_plan_file_smuggles_in_who_gets_what(file: Path) -> None:
    """Rules name ranks, products and facts; a plan that names a participant or an order pays by name."""
    example = examples.read(file)
    plan = read_document(file.with_suffix(".plan.yaml")).content
    named = {one["id"] for one in (*example["participants"], *example.get("orders", []))}
    assert not named & set(scalars(plan))


def scalars(value: Any) -> Iterator[str]:
    """Every key and text of a plan but its titles and sources."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key not in ("title", "about", "source"):
                yield key
                yield from scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each)
    elif isinstance(value, str):
        yield value
