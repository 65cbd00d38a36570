"""What an example expects against what the plan computes: awards, totals, the closing state, and placements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from compensation.computed import Computed
from compensation.computing import compute_on
from compensation.errors import BrokenExample
from compensation.examples.hints import hints
from compensation.examples.reading import books, read
from compensation.paying import STATEMENTS
from compensation.plan import Plan, load_plan
from compensation.quantities import decimal_text
from intake.text import say


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that does not come out."""

    what: str
    """`award`, `total`, `state`, `placement`, or `unexpected` for an award that the example does not list."""
    participant: str
    component: str
    period: str
    expected: str
    computed: str
    arithmetic: str = ""
    """How the source reckons it."""

    def __str__(self) -> str:
        where = " ".join(part for part in (self.participant, self.component, self.period) if part)
        sum_ = f" ({self.arithmetic})" if self.arithmetic else ""
        return f"{self.what}: {where}: expected {self.expected}{sum_}, computed {self.computed}"


@dataclass(frozen=True)
class Verdict:
    """What became of one example."""

    id: str
    family: str
    sources: tuple[str, ...]
    figures: int
    """Figures compared."""
    differences: tuple[Difference, ...]
    awards: tuple[tuple[str, str, str, str, str], ...]
    """Participant, component, period, expected and computed, for every award that the example lists."""
    hints: tuple[str, ...] = ()
    """What may keep the figures that differ from being computed; nothing where all agree."""

    @property
    def agrees(self) -> bool:
        """Whether every figure comes out to the cent."""
        return not self.differences


def verify(file: Path) -> Verdict:
    """Compute one example and compare every figure it states.

    Raises:
        BrokenExample: the example cannot be read, or has no plan beside it.
        PlanError: its plan has mistakes.
        CompensationError: plan and example do not fit together.
    """
    example = read(file)
    plan_file = file.with_suffix(".plan.yaml")
    if not plan_file.exists():
        raise BrokenExample(
            file,
            say(
                "has no plan beside it; write {plan_file}",
                "لا خطة بجانبه. يُرجى كتابة {plan_file}",
                plan_file=plan_file.name,
            ),
        )
    plan = load_plan(plan_file)
    return compare(example, plan, compute_on(plan, books(example, plan, file)), file)


_Key = tuple[str, str, str]


def compare(example: Mapping[str, Any], plan: Plan, computed: Computed, file: Path) -> Verdict:
    """Every figure that the example states, against what was computed."""
    differences: list[Difference] = []
    got = _computed_awards(plan, computed)
    expected: dict[_Key, Fraction] = defaultdict(Fraction)
    arithmetic: dict[_Key, str] = {}
    for one in example["expected"]:
        key = (one["participant"], one["component"], str(one.get("period") or "1"))
        expected[key] += Fraction(str(one["amount"]))
        arithmetic[key] = str(one.get("calc", ""))
    for key, amount in expected.items():
        if got.get(key, Fraction(0)) != amount:
            differences.append(_difference("award", key, amount, got.get(key, Fraction(0)), arithmetic[key]))
    listed = {key[1] for key in expected}
    if example.get("expected_scope") == "all":
        for key, amount in got.items():
            if amount and key not in expected and key[1] in listed:
                differences.append(_difference("unexpected", key, Fraction(0), amount, ""))
    totals = example.get("expected_totals") or {}
    for who, text in totals.items():
        mine = sum((amount for key, amount in got.items() if key[0] == who and key in expected), Fraction(0))
        if mine != Fraction(str(text)):
            differences.append(_difference("total", (who, "", ""), Fraction(str(text)), mine, ""))
    states = list(_states(example, computed))
    placements = list(_placements(example, plan, computed))
    differences += [each for each in (*states, *placements) if each.expected != each.computed]
    return Verdict(
        str(example.get("id", file.stem)),
        str(example.get("family", "")),
        tuple(_source(one) for one in example.get("source") or ()),
        len(expected) + len(totals) + len(states) + len(placements),
        tuple(differences),
        tuple(
            (*key, decimal_text(amount), decimal_text(got.get(key, Fraction(0)))) for key, amount in expected.items()
        ),
        hints(example, plan, computed, {each.component for each in differences}) if differences else (),
    )


def _difference(what: str, key: _Key, expected: Fraction, computed: Fraction, arithmetic: str) -> Difference:
    return Difference(what, *key, decimal_text(expected), decimal_text(computed), arithmetic)


def _source(one: Mapping[str, Any]) -> str:
    if one.get("url"):
        return str(one["url"])
    return " ".join(str(one[key]) for key in ("repo", "path") if one.get(key)) or "a public repository text"


def _computed_awards(plan: Plan, computed: Computed) -> dict[_Key, Fraction]:
    """Awards in major units; components that are booked under one name count together."""
    names = {component.id: component.recorded_name() for component in plan.components}
    got: dict[_Key, Fraction] = defaultdict(Fraction)
    for row in computed.totals.iter_rows(named=True):
        key = (row["participant_id"], names.get(row["component"], row["component"]), row["period"])
        got[key] += Fraction(row["amount"], 10 ** computed.scale_of(row["component"]))
    return got


def _states(example: Mapping[str, Any], computed: Computed) -> Iterator[Difference]:
    stated = example.get("expected_state") or []
    if not stated:
        return
    figures: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in computed.figures.iter_rows(named=True):
        figures[row["participant_id"], row["period"], row["name"]].append(row["value"])
    for who, period, name, value in _statement_figures(computed):
        figures[who, period, name].append(value)
    known = set(computed.figures["name"].unique()) | (set() if computed.statements is None else set(STATEMENTS))
    for one in stated:
        period = str(one.get("period") or "1")
        for name, value in one.items():
            if name in ("participant", "period", "component", "notes", "basis"):
                continue
            yes_or_no = isinstance(value, bool)
            expected = str(value).lower() if yes_or_no else decimal_text(Fraction(str(value)))
            # a figure of nobody's is nothing: carry 0, not qualified
            found = figures.get((one["participant"], period, name))
            unknown = f"(no such figure; there are: {', '.join(sorted(known)) or 'none'})"
            nothing = ("false" if yes_or_no else "0") if name in known else unknown
            shown = expected if found and expected in found else (found or [nothing])[0]
            yield Difference("state", one["participant"], name, period, expected, shown)


def _statement_figures(computed: Computed) -> Iterator[tuple[str, str, str, str]]:
    """What the plan's payment rule states: participant, period, name and major units."""
    if computed.statements is None:
        return
    unit = 10**computed.evaluation.scale
    for row in computed.statements.iter_rows(named=True):
        for name, value in row.items():
            if isinstance(value, int):
                yield row["participant_id"], row["period"], name, decimal_text(Fraction(value, unit))


def _placements(example: Mapping[str, Any], plan: Plan, computed: Computed) -> Iterator[Difference]:
    stated = example.get("expected_placement") or []
    if not stated:
        return
    places: dict[str, str] = {}
    for component in plan.components:
        for row in component.placement(computed.evaluation).iter_rows(named=True):
            places[row["participant_id"]] = f"{row['parent_id']} {row['slot']}"
    for one in stated:
        slot = one.get("slot", one.get("leg"))
        expected = f"{one['parent']} {slot}"
        yield Difference(
            "placement", one["participant"], "", "", expected, places.get(one["participant"], "(not placed)")
        )
