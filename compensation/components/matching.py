"""Matching bonus (check match): a percentage of the commissions of the people sponsored, level by level.

What is matched are the awards of other components of the plan, summed per person and period; the plan computes those
first and refuses a match on itself, directly or in a circle. The sponsor of whoever earned them stands at level 1.
Levels may be opened by rank; what somebody is not qualified for is lost, or passes up to the next above who is.
Instead of levels, generations may be counted: then only leaders are met.

Reference: https://www.globalmlmsolution.com/blog/mlm-matching-bonus-guide;
quevittechnology/matrix, SPONSOR_COMMISSION_QUALIFICATION.md (lost where the sponsor lacks the rank).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component, Id
from compensation.components.unilevel import Rates
from compensation.frame import OrderFilter
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class Matching(Component):
    """A matching bonus."""

    definition: ClassVar[Text] = Text(
        en="A percentage of the commissions of the people sponsored, by sponsor level or generation.",
        ar="نسبة من عمولات من في الشبكة التابعة، بحسب المستوى أو الجيل في شجرة الرعاية.",
    )
    reference: ClassVar[str] = "https://www.globalmlmsolution.com/blog/mlm-matching-bonus-guide"

    family: Literal["matching"]
    of: Annotated[tuple[Id, ...], Field(min_length=1)]
    """The components whose awards are matched, all in one currency."""
    rates: Rates | None = None
    """Share of the commission for level (or generation) 1, 2, ...; the same for everybody."""
    rates_by_rank: dict[str, Rates] | None = None
    """The same by the earner's rank; a rank is paid as many levels as it has rates."""
    min_rank_by_level: list[str | None] | None = None
    """The least rank for level 1, 2, ...; nothing = any."""
    by: Literal["level", "generation"] = "level"
    """What is counted upwards: everybody, or only leaders."""
    boundary_rank: str | None = None
    """For generations: who holds this rank or a higher one is a leader."""
    leader_from: str | None = None
    """Instead: the name of a fact that says who is a leader in the period."""
    inactive_leader: Literal["boundary", "invisible"] = "boundary"
    """For generations: a leader who cannot earn uses up a number, or is passed over."""
    compression: Literal["none", "skip_ineligible", "dynamic"] = "none"
    """For levels: who cannot earn keeps the level; is left out when levels are counted; or each level goes to the next
    person above who is qualified for it, and the count goes on from there."""
    unqualified: Literal["forfeit", "pass_up"] = "forfeit"
    """What somebody who keeps a level cannot earn, or lacks the rank for, is lost; or goes to the next person above who
    is qualified for this level, besides what that person gets for his own."""
    reckoned: Literal["after_limits", "before_limits"] = "after_limits"
    """Whether caps and pools of the plan are taken off the matched commissions first."""

    @model_validator(mode="after")
    def _consistent(self) -> Matching:
        if (self.rates is None) == (self.rates_by_rank is None):
            raise Mistaken(
                Text(en="give exactly one of rates, rates_by_rank", ar="يُذكر واحد فقط من ⁨rates⁩ و⁨rates_by_rank⁩")
            )
        if self.min_rank_by_level is not None and len(self.min_rank_by_level) != self.levels:
            raise Mistaken(
                say(
                    "min_rank_by_level needs one entry for each of the {levels} levels",
                    "تحتاج ⁨min_rank_by_level⁩ إلى قيمة لكل مستوى من المستويات وعددها {levels}",
                    levels=self.levels,
                )
            )
        if self.orders != OrderFilter() or self.in_force is not None:
            raise Mistaken(
                Text(
                    en="commissions are matched, not orders; orders and in_force have no meaning here",
                    ar="تُطابَق العمولات لا الطلبات، فلا معنى هنا لـ ⁨orders⁩ و⁨in_force⁩",
                )
            )
        leaders = [name for name in ("boundary_rank", "leader_from") if getattr(self, name) is not None]
        if self.by == "generation":
            if len(leaders) != 1:
                raise Mistaken(
                    Text(
                        en="by: generation needs exactly one of boundary_rank, leader_from",
                        ar="تحتاج ⁨by: generation⁩ إلى واحد فقط من ⁨boundary_rank⁩ و⁨leader_from⁩",
                    )
                )
            if self.compression != "none":
                raise Mistaken(
                    Text(
                        en="compression counts levels; for generations use inactive_leader: invisible",
                        ar="يعدّ ⁨compression⁩ المستويات؛ وللأجيال يُستعمل ⁨inactive_leader: invisible⁩",
                    )
                )
        elif leaders or self.inactive_leader != "boundary":
            raise Mistaken(
                Text(
                    en="boundary_rank, leader_from and inactive_leader have a meaning only with by: generation",
                    ar="لا معنى لـ ⁨boundary_rank⁩ و⁨leader_from⁩ و⁨inactive_leader⁩ إلا مع ⁨by: generation⁩",
                )
            )
        if self.compression == "dynamic" and self.unqualified == "pass_up":
            raise Mistaken(
                Text(
                    en="with compression: dynamic every level finds somebody qualified; pass_up has no meaning",
                    ar="مع ⁨compression: dynamic⁩ يجد كل مستوى مؤهَّلًا، فلا معنى لـ ⁨pass_up⁩",
                )
            )
        return self

    @property
    def levels(self) -> int:
        """Levels of the longest row of rates."""
        return max(len(row) for _, row in self.table())

    def table(self) -> Iterator[tuple[str | None, list[Fraction]]]:
        """Rows of rates: rank (None = everybody) and one rate per level."""
        if self.rates is not None:
            yield None, self.rates
            return
        yield from (self.rates_by_rank or {}).items()

    def highest(self) -> list[Fraction]:
        """The highest rate of each level."""
        rows = [row for _, row in self.table()]
        return [max(row[level] for row in rows if level < len(row)) for level in range(self.levels)]

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path."""
        yield from super().ranks_named()
        for rank in self.rates_by_rank or {}:
            yield ("rates_by_rank", rank), rank
        for index, name in enumerate(self.min_rank_by_level or []):
            if name is not None:
                yield ("min_rank_by_level", index), name
        if self.boundary_rank is not None:
            yield ("boundary_rank",), self.boundary_rank

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """The components that are matched."""
        for index, name in enumerate(self.of):
            yield ("of", index), name

    def reads_lines(self) -> bool:
        """What a limit cut is kept line by line."""
        return self.reckoned == "before_limits"

    def levels_above(self) -> int | None:
        """As many as there are rates; generations are no levels, and what passes up has no limit."""
        return None if self.by == "generation" or self.unqualified == "pass_up" else self.levels

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per period, matched earner and level that somebody above is paid for."""
        from compensation.awarding import matching as matching_awards

        return matching_awards.award(self, evaluation)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """Whose commission was matched, who stands in between, and the arithmetic."""
        from compensation.wording import matching as matching_words

        return matching_words.account(self, evaluation, awards, index)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import matching as matching_words

        return matching_words.describe(self)

    def promise(self) -> Promise:
        """The highest rates of all levels together, of what the matched components pay."""
        from compensation.components.worst_case import Promise

        return Promise("awards", sum(self.highest(), Fraction(0)))
