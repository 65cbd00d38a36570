"""What a component is to the engine: its parameters, what it says of itself, and how it computes.

A component is one file of this folder: a frozen model whose `family` names it, with its definition and source in
the docstring. The engine hands it an `Evaluation` (the records, laid out as arrays) and gets `Awards` back.
Nothing in a component reads a file or knows of another component.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from compensation.frame import Eligibility, OrderFilter, Recorded
from intake.frozen import Frozen
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
TreeName = Literal["sponsor", "placement", "matrix"]


class Component(Frozen):
    """The parameters every family has."""

    definition: ClassVar[Text]
    """What the family is, in one sentence."""
    reference: ClassVar[str]
    """Where the definition was read."""

    id: Id
    """Name of the component in this plan; payout lines and recorded payouts carry it."""
    title: Text | None = None
    tree: TreeName = "sponsor"
    orders: OrderFilter = OrderFilter()
    eligibility: Eligibility = Eligibility()
    recorded: Recorded | None = None
    """How the company's records carry the component, where not simply under its id."""
    currency: str | None = None
    """Currency of the awards, where it is not the plan's: for example points that are no money."""

    def ranks_named(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Every rank the component names, with its path inside the component; the plan checks that it exists."""
        if self.eligibility.min_rank is not None:
            yield ("eligibility", "min_rank"), self.eligibility.min_rank

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

    @abstractmethod
    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """How one order (by its index in the evaluation) was paid out, step by step; empty where it pays nothing."""
