"""Measured against planted: which warnings came where they should, which came where they should not.

Labels come from the scenarios; figures come from whoever measured; thresholds from `thresholds.yaml`, each with its
reason. Beside each indicator stand naive rules of thumb, judged on the same companies. A figure that could not be
measured raises no warning: on a planted company it counts as missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

import numpy as np
import polars as pl
from pydantic import Field, model_validator

from intake.frozen import Frozen
from intake.yaml_lines import read_yaml
from synthetic.scenario import FOLDER, MOST_BYTES, Scenario, exact, load_scenario


class Sign(Frozen):
    """An indicator (or `indicator.alternative`) and from which figure on it counts as a warning here."""

    id: str
    law: str | None = None
    """The warning sign of the reference that it measures."""
    at_least: str | None = None
    more_than: str | None = None
    at_most: str | None = None
    clearly: bool = False
    """Judged by that end of the figure's interval which is nearer to harmless: the warning must be beyond chance."""
    why: str
    inherent: str | None = None
    """Why it is wrong where it is wrong, and must be by its definition."""
    rows: str | None = None
    """Label of single rows that its evidence should list."""
    column: str | None = None
    """The column of the evidence that holds their ids."""

    @model_validator(mode="after")
    def _one_threshold(self) -> Sign:
        if sum(each is not None for each in (self.at_least, self.more_than, self.at_most)) != 1:
            raise ValueError(f"{self.id}: give exactly one of at_least, more_than, at_most")
        return self

    @property
    def indicator(self) -> str:
        """The indicator's id."""
        return self.id.partition(".")[0]

    @property
    def alternative(self) -> str | None:
        """The definition under which it is read; None is the headline."""
        return self.id.partition(".")[2] or None

    @property
    def threshold(self) -> str:
        """The threshold as read by people."""
        ways = (("at least", self.at_least), ("more than", self.more_than), ("at most", self.at_most))
        words, limit = next(way for way in ways if way[1] is not None)
        return f"{'clearly ' if self.clearly else ''}{words} {limit}"

    def warns(self, value: Fraction | None) -> bool:
        """Whether a figure is a warning; what could not be measured is none."""
        if value is None:
            return False
        if self.more_than is not None:
            return value > Fraction(self.more_than)
        return passes(value, self.at_least, self.at_most)

    def planted_in(self, scenario: Scenario) -> bool | None:
        """Whether a scenario must show it (True), must not (False), or says nothing."""
        planted = scenario.planted
        if self.id in planted.shows or self.id in planted.quiet:
            return self.id in planted.shows
        return planted.law.get(self.law) if self.law else None


class Baseline(Frozen):
    """A naive rule of thumb."""

    id: str
    at_least: str
    en: str
    ar: str


class Thresholds(Frozen):
    """What the evaluation goes by."""

    signs: tuple[Sign, ...]
    baselines: tuple[Baseline, ...]


class Breach(Frozen):
    """A rule whose limit was not kept, or whose warning sign was met."""

    rule: str
    pack: str
    severity: str
    indicator: str | None


class Examined(Frozen):
    """What was measured on one made-up company."""

    kind: str
    seed: int
    values: dict[str, str | None]
    """By sign, as fractions; None where it could not be measured."""
    naive: dict[str, str]
    figures: dict[str, str | None] = Field(default_factory=dict)
    """Of the figures that are planted: what was measured, as fractions."""
    breaches: tuple[Breach, ...] = ()
    rows: dict[str, tuple[int, int, int]] = Field(default_factory=dict)
    """By sign: rows planted, rows listed, rows both."""


class Score(Frozen):
    """How one rule, an indicator's or a naive one, did on the labelled companies."""

    planted: int
    found: int
    harmless: int
    alarms: int

    @property
    def recall(self) -> str:
        """Found of planted."""
        return f"{self.found}/{self.planted}" if self.planted else "-"

    @property
    def false_alarms(self) -> str:
        """Alarms of harmless."""
        return f"{self.alarms}/{self.harmless}" if self.harmless else "-"


class SignScore(Frozen):
    """One sign over all companies."""

    id: str
    law: str | None
    threshold: str
    why: str
    score: Score
    missed: tuple[str, ...]
    """Kinds in which it was planted and did not show at least once."""
    unmeasured: tuple[str, ...]
    """Of these, those where it could not be measured."""
    alarmed: tuple[str, ...]
    """Kinds in which it showed at least once and must not."""
    naive: dict[str, Score]
    inherent: str | None = None


class FigureScore(Frozen):
    """A planted figure and what was measured."""

    kind: str
    id: str
    planted: str
    within: str
    why: str
    measured: tuple[str | None, ...]
    """By seed, to four digits."""
    met: int


class RowScore(Frozen):
    """How well the rows behind a sign are those that were planted."""

    id: str
    label: str
    planted: int
    listed: int
    both: int


class Evaluation(Frozen):
    """The whole evaluation."""

    participants: int
    months: int
    seeds: tuple[int, ...]
    baselines: dict[str, str]
    """The naive rules by id, in words."""
    signs: tuple[SignScore, ...]
    figures: tuple[FigureScore, ...] = ()
    rows: tuple[RowScore, ...]
    verdict: dict[str, Score]
    """Naive rules as verdicts on whole companies."""
    breaches: dict[str, tuple[str, ...]]
    """By harmless kind: rules breached in it, of severity critical or high, as `pack: rule`."""


def passes(value: Fraction, at_least: str | None, at_most: str | None) -> bool:
    """Whether a value is on the warning side of a threshold, which itself counts."""
    if at_least is not None:
        return value >= Fraction(at_least)
    return at_most is not None and value <= Fraction(at_most)


def load_thresholds() -> Thresholds:
    """The evaluation's thresholds."""
    return Thresholds.model_validate(read_yaml(FOLDER / "thresholds.yaml", MOST_BYTES).content)


def naive_values(participants: pl.DataFrame, orders: pl.DataFrame, payouts: pl.DataFrame) -> dict[str, Fraction]:
    """What the rules of thumb look at, straight from the tables and without regard to anybody's kind.

    Args:
        participants: `id`, `sponsor_id`.
        orders: `buyer_id`, `amount`.
        payouts: `participant_id`, `amount`.
    """
    people = participants.select("id")
    number = max(len(people), 1)
    sponsors = participants.select("sponsor_id").drop_nulls().unique()
    recruiting = len(people.join(sponsors, left_on="id", right_on="sponsor_id", how="semi"))
    paid = payouts.group_by("participant_id").agg(pl.col("amount").sum())
    received = people.join(paid, left_on="id", right_on="participant_id", how="left")["amount"].fill_null(0)
    revenue = int(orders["amount"].sum())
    own = int(orders.join(people, left_on="buyer_id", right_on="id", how="semi")["amount"].sum())
    return {
        "gini": _gini(np.sort(received.to_numpy().astype(np.int64))),
        "no_recruits": Fraction(number - recruiting, number),
        "participants_revenue": Fraction(own, revenue) if revenue > 0 else Fraction(0),
    }


def _gini(ascending: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Fraction:
    """Gini of sums that are not negative: sum of (2i - n - 1) x_i over n times their sum."""
    number, total = len(ascending), int(ascending.sum())
    if not total:
        return Fraction(0)
    weighted = sum((2 * place - number - 1) * value for place, value in enumerate(ascending.tolist(), start=1) if value)
    return Fraction(weighted, number * total)


def evaluated(
    examined: Sequence[Examined], thresholds: Thresholds, *, participants: int, months: int, seeds: Iterable[int]
) -> Evaluation:
    """Every sign's and every naive rule's recall and false alarms."""
    scenarios = {kind: load_scenario(kind) for kind in dict.fromkeys(each.kind for each in examined)}
    return Evaluation(
        participants=participants,
        months=months,
        seeds=tuple(seeds),
        baselines={each.id: each.en for each in thresholds.baselines},
        signs=tuple(_sign_score(sign, examined, scenarios, thresholds.baselines) for sign in thresholds.signs),
        figures=tuple(_figure_scores(examined, scenarios)),
        rows=tuple(_row_scores(examined, thresholds.signs)),
        verdict={
            each.id: _score(examined, lambda one: scenarios[one.kind].planted.pattern, _naive(each))
            for each in thresholds.baselines
        },
        breaches={kind: _grave(kind, examined) for kind, scenario in scenarios.items() if not scenario.planted.pattern},
    )


def _score(
    examined: Sequence[Examined], label: Callable[[Examined], bool | None], warns: Callable[[Examined], bool]
) -> Score:
    planted = [each for each in examined if label(each) is True]
    harmless = [each for each in examined if label(each) is False]
    return Score(
        planted=len(planted),
        found=sum(map(warns, planted)),
        harmless=len(harmless),
        alarms=sum(map(warns, harmless)),
    )


def _naive(baseline: Baseline) -> Callable[[Examined], bool]:
    return lambda one: passes(Fraction(one.naive[baseline.id]), baseline.at_least, None)


def _sign_score(
    sign: Sign, examined: Sequence[Examined], scenarios: Mapping[str, Scenario], baselines: Sequence[Baseline]
) -> SignScore:
    def label(one: Examined) -> bool | None:
        return sign.planted_in(scenarios[one.kind])

    def value(one: Examined) -> Fraction | None:
        text = one.values.get(sign.id)
        return None if text is None else Fraction(text)

    def warns(one: Examined) -> bool:
        return sign.warns(value(one))

    missed = [one for one in examined if label(one) is True and not warns(one)]
    return SignScore(
        id=sign.id,
        law=sign.law,
        threshold=sign.threshold,
        why=sign.why,
        score=_score(examined, label, warns),
        missed=tuple(dict.fromkeys(one.kind for one in missed)),
        unmeasured=tuple(dict.fromkeys(one.kind for one in missed if value(one) is None)),
        alarmed=tuple(dict.fromkeys(one.kind for one in examined if label(one) is False and warns(one))),
        naive={each.id: _score(examined, label, _naive(each)) for each in baselines},
        inherent=sign.inherent,
    )


def _figure_scores(examined: Sequence[Examined], scenarios: Mapping[str, Scenario]) -> Iterable[FigureScore]:
    for kind, scenario in scenarios.items():
        for name, figure in scenario.planted.figures.items():
            found = [
                None if (text := one.figures.get(name)) is None else Fraction(text)
                for one in examined
                if one.kind == kind
            ]
            planted, within = exact(figure.value), exact(figure.within)
            yield FigureScore(
                kind=kind,
                id=name,
                planted=figure.value,
                within=figure.within,
                why=figure.why,
                measured=tuple(None if each is None else f"{float(each):.4f}" for each in found),
                met=sum(each is not None and abs(each - planted) <= within for each in found),
            )


def _row_scores(examined: Sequence[Examined], signs: Sequence[Sign]) -> Iterable[RowScore]:
    for sign in signs:
        found = [each.rows[sign.id] for each in examined if sign.id in each.rows]
        if sign.rows is not None and found:
            planted, listed, both = (sum(each[at] for each in found) for at in range(3))
            yield RowScore(id=sign.id, label=sign.rows, planted=planted, listed=listed, both=both)


def _grave(kind: str, examined: Sequence[Examined]) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                f"{breach.pack}: {breach.rule}"
                for each in examined
                if each.kind == kind
                for breach in each.breaches
                if breach.severity in ("critical", "high")
            }
        )
    )
