"""Published constants to hold a figure against: data with sources, in benchmarks.yaml.

Four things make such figures hard to compare, and each entry says what it counts: everyone ever enrolled, the active or
the ranked; gross or net of purchases; with or without retail profit, which companies rarely see; and who says it, a
court, a company, a survey or an advocate.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

from compliance.models.quantities import Count, Result, Whole
from compliance.models.registry import Refused, at_most, model
from intake.closest import closest
from intake.text import Text, say

DATA = Path(__file__).with_name("benchmarks.yaml")


class Published(BaseModel):
    """One published figure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str
    """What it says, in the words by which it is asked for."""
    value: int | float
    bound: str = "exact"
    """exact, lower (at least), upper (at most) or about."""
    unit: str
    counts: str
    """Whom or what it counts."""
    source: str
    mark: str
    """One of `compliance.models.registry.MARKS`."""


class Tables(BaseModel):
    """The file of constants."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    published: tuple[Published, ...]
    forsage: dict[str, Published]


@cache
def tables() -> Tables:
    """Every published figure, read once."""
    found: Any = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return Tables.model_validate(found)


def _folded(case: str) -> str:
    return " ".join("".join(letter if letter.isalnum() else " " for letter in case.casefold()).split())


def _not_published(near: list[str]) -> Text:
    if not near:
        return say(
            "is no published case; they are in {page}",
            "ليست من الحالات المنشورة؛ وهي مذكورة في {page}",
            page="docs/models.md",
        )
    return say(
        "is no published case; did you mean {near}?",
        "ليست من الحالات المنشورة؛ هل المقصود {near}؟",
        near=" / ".join(map(repr, near)),
    )


@model("benchmark.published", source="each entry of benchmarks.yaml names its own", mark="V")
def published(case: str) -> int | float:
    """The published figure of a case, by its name or by words that single it out; letter case does not matter.

    Args:
        case: such as `FTC v. BurnLounge, Moguls failing to recoup`, or `BurnLounge moguls`.
    """
    known = {_folded(each.case): each for each in tables().published}
    words = set(_folded(case).split())
    meant = [each for name, each in known.items() if words and words <= set(name.split())]
    found = known.get(_folded(case)) or (meant[0] if len(meant) == 1 else None)
    if found is None:
        near = [each.case for each in meant] or [known[name].case for name in [closest(_folded(case), known)] if name]
        raise Refused("case", case, _not_published(near[:3]))
    return found.value


@model(
    "benchmark.forsage",
    source="initc3/forsage, notebook 5_1_scheme_stats; loss share: abstract of arXiv 2105.04380",
    mark="R",
)
def forsage() -> dict[str, Result]:
    """Successful transactions, ETH and USD paid in, and the share of users with a net loss, as published."""
    return {name: each.value for name, each in tables().forsage.items()}


@model("benchmark.forsage_event_log", source="ingo-weber/dapp-data, 02-forsage.Rmd: 5,448 of 42,738", mark="R")
def forsage_event_log(unique_user_ids: Count, reached_break_even: Whole) -> dict[str, Result]:
    """share_break_even = users who reached break-even by referrals / all users."""
    if reached_break_even > unique_user_ids:
        raise Refused("reached_break_even", reached_break_even, at_most("unique_user_ids", unique_user_ids))
    return {"share_break_even": Fraction(reached_break_even, unique_user_ids)}
