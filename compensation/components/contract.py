"""What a component is to the engine: its parameters, what it says of itself, and how it computes.

A component is one file of this folder: a frozen model whose `family` names it, with its definition and source in
the docstring. The engine hands it an `Evaluation` (the records, laid out as arrays) and gets `Awards` back.
Nothing in a component reads a file; the awards of other components it finds in `Evaluation.awarded`, and names
those it reads in `reads`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import polars as pl
from pydantic import Field

from compensation.frame import Eligibility, InForce, OrderFilter, Recorded
from intake.frozen import Frozen
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.components.worst_case import Promise
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
CUSTOMER_KINDS = frozenset({"customer", "outside", "preferred_customer"})
"""Kinds of buyer that are not in the network."""
TreeName = Literal["sponsor", "placement", "matrix"]


class Component(Frozen):
    """The parameters every family has."""

    definition: ClassVar[Text]
    """What the family is, in one sentence."""
    reference: ClassVar[str]
    """Where the definition was read."""
    pays_for_joining: ClassVar[bool] = False
    """Whether it pays for somebody joining or buying a higher level, whatever is sold."""

    id: Id
    """Name of the component in this plan; payout lines and recorded payouts carry it."""
    title: Text | None = None
    tree: TreeName = "sponsor"
    orders: OrderFilter = OrderFilter()
    in_force: InForce | None = None
    """The days on which it pays; always, unless said."""
    eligibility: Eligibility = Eligibility()
    reversals: Literal["claw_back", "recompute", "ignore"] = "claw_back"
    """What takes an order back pays negative commissions in its own period: `claw_back` to those whom the order that it
    names paid, as they were paid; where it names none, and always with `recompute`, by the same rule as any order.
    `ignore`: nothing is taken back."""
    recorded: Recorded | None = None
    """How the company's records carry the component, where not simply under its id."""
    currency: str | None = None
    """Currency of the awards, where it is not the plan's: for example points that are no money."""

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path inside the component; the plan checks that it exists."""
        if self.eligibility.min_rank is not None:
            yield ("eligibility", "min_rank"), self.eligibility.min_rank
        if self.eligibility.requires is not None:
            for path, rank in self.eligibility.requires.ranks_named():
                yield ("eligibility", "requires", *path), rank

    def reads(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every component whose awards this one is reckoned on, with its path; the plan computes those first."""
        yield from ()

    def reads_lines(self) -> bool:
        """Whether it needs those awards one by one, and not only as totals."""
        return False

    @property
    def in_money(self) -> bool:
        """Whether its awards are money, and not goods, credits or points."""
        return True

    def needs_bought_ranks(self) -> bool:
        """Whether the component follows ranks from purchase to purchase."""
        return False

    def pays_in_its_base_currency(self) -> bool:
        """Whether awards are shares of the orders' money, and so in the same currency."""
        return False

    def recorded_name(self) -> str:
        """The component's name in the company's records."""
        return (self.recorded.component if self.recorded else None) or self.id

    @abstractmethod
    def award(self, evaluation: Evaluation) -> Awards:
        """Compute every award of the component."""

    @abstractmethod
    def describe(self) -> Text:
        """The component in plain words."""

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """How one order (by its index in the evaluation) was paid out, step by step; empty where it pays nothing."""
        from compensation.wording import arithmetic

        return arithmetic.of_order(self, evaluation, awards, order)

    def account(self, evaluation: Evaluation, awards: Awards, index: int) -> list[Step]:
        """The arithmetic of one award (by its index in the awards)."""
        from compensation.wording import arithmetic

        return arithmetic.of_award(self, evaluation, awards, index)

    def placement(self, evaluation: Evaluation) -> pl.DataFrame:  # noqa: ARG002 - families that place read it
        """Where the component itself puts people: participant_id, parent_id, slot (from 1); empty where it does not."""
        return pl.DataFrame(schema={"participant_id": pl.String, "parent_id": pl.String, "slot": pl.Int64})

    def levels_above(self) -> int | None:
        """How many levels above the buyer are paid on what others buy: 0 = own sales only, None = without limit."""
        return 0

    def promise(self) -> Promise:
        """The most that the component can pay on a unit of volume, for the plan's worst case."""
        from compensation.components.worst_case import Promise

        return Promise(None, Fraction(0))
