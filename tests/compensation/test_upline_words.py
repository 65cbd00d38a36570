"""The guide of pay by rank up the line: its plans are plans, its worked figures come out, every key is in it."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from compensation import compute, load_plan, parse_plan
from compensation.components import FAMILIES
from compensation.components.contract import Component
from compensation.components.unilevel import LevelCommission
from genealogy.network import Network

FAMILIES_OF_THE_PAGE = ("differential", "generation", "infinity", "matching", "given", "monoline")


@pytest.fixture
def guide(repository: Path) -> str:
    return (repository / "docs" / "plans" / "ranks-and-matching.md").read_text(encoding="utf-8")


def test_its_plans_are_plans_and_read_aloud_in_both_languages(guide: str) -> None:
    blocks = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    whole = [text for text in blocks if text.startswith("id:")]
    assert len(whole) == 5
    for text in whole:
        words = parse_plan(text).describe()
        assert words.en
        assert re.search("[\u0600-\u06ff]", words.ar)


def test_the_part_of_a_published_plan_is_that_plans(guide: str, repository: Path) -> None:
    part = guide.split("```yaml\n  - id: indirect")[1].split("```")[0]
    text = "id: t\ntitle: {en: T, ar: ت}\ncurrency: PV\ndecimals: 2\ncomponents:\n"
    text += "  - {id: direct, family: own_rate, base: {measure: volume}, rate_from: rate}\n  - id: indirect" + part
    published = load_plan(repository / "tests/reference/examples/generation-tiens-leadership.plan.yaml")
    assert parse_plan(text).component("indirect") == published.component("indirect")


@pytest.mark.parametrize("family", FAMILIES_OF_THE_PAGE)
def test_every_key_of_a_family_is_in_the_guide(guide: str, family: str) -> None:
    known = set(Component.model_fields) | set(LevelCommission.model_fields if family == "monoline" else ()) | {"family"}
    for key in set(FAMILIES[family].model_fields) - known:
        assert f"`{key}`" in guide, key


def test_the_two_infinity_bonuses_are_paid_as_the_company_says(guide: str) -> None:
    plan = parse_plan(next(text for text in guide.split("```yaml\n") if text.startswith("id: two-inf")).split("```")[0])
    line = [f"p{i}" for i in range(16)]
    ranks = ["Blue Diamond", "Member", "Member", "Green Diamond", *["Member"] * 12]
    people = Network.from_table(pl.DataFrame({"id": line, "sponsor_id": [None, *line[:-1]], "rank": ranks}))
    for buyer, expected in (("p8", {}), ("p9", {"green": "p0"}), ("p11", {"green": "p0", "blue": "p0"}),
                            ("p12", {"green": "p3", "blue": "p0"})):  # fmt: skip
        table = pl.DataFrame({"id": ["o"], "buyer_id": [buyer], "amount": [0], "volume": [100_000], "period": ["1"]})
        lines = compute(plan, people, table).lines
        assert dict(lines.select("component", "participant_id").rows()) == expected
        assert set(lines["amount"]) <= {200}
