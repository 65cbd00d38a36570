"""Forced matrix: a tree at most w wide, paid by depth down to d levels, whoever sponsored whom.

The records may hold the matrix (`tree: matrix` or `placement`), or the component computes it (`place`): each newcomer
gets the first free place under his sponsor, breadth first and left to right, the one in the weaker leg, or the one that
the sponsor chose; who does not fit beside his sponsor spills over below. Commissions follow the matrix. A full matrix
takes nobody at a paid depth any more: newcomers stand below, or its owner enters again with a new place.

References: mheuss/mlmforge, content/guides/matrix.md; https://cryptmyne.com/what-is-the-crypto-app.html for sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import polars as pl
from pydantic import Field, model_validator

from compensation.components.unilevel import MOST_LEVELS, LevelCommission
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards, Int32s, Int64s
    from compensation.evaluation import Evaluation, Walk
    from compensation.steps import Step

Automatic = Literal["breadth_first", "weaker_leg"]


class HoldingTank(Frozen):
    """Newcomers wait for the place that their sponsor chooses."""

    days: Annotated[int, Field(ge=1)]
    """So many times 24 hours from joining; who has no place by then gets one by the rule."""
    orders_count: Literal["from_placement", "from_order"] = "from_placement"
    """Orders while waiting: not paid up the matrix, or paid in their own period where the place is found within it."""


class Placing(Frozen):
    """How the component finds everybody's place itself."""

    rule: Literal["breadth_first", "weaker_leg", "sponsors_choice"] = "breadth_first"
    """`breadth_first`: the nearest free place below, leftmost first. `weaker_leg`: down into the leg with the fewest
    people, leftmost of equals, until a place is free. `sponsors_choice`: where the records put him, otherwise by
    `otherwise`."""
    otherwise: Automatic = "breadth_first"
    """For `sponsors_choice`: where the sponsor chose no place, or one that is taken."""
    chosen_in: Literal["placement", "matrix"] = "placement"
    """Tree of the records that holds the sponsor's choice; dated moves in it are choices made at that time."""
    under: Literal["sponsor", "top"] = "sponsor"
    """Below the nearest sponsor with a place, or below the first participant: one matrix for the whole company."""
    joins: Literal["date", "listed", "first_order"] = "date"
    """In order of joining (whoever has no date before the others, nobody before his sponsor); of the participants
    table; or with the first order that passes `orders`."""
    holding_tank: HoldingTank | None = None
    re_place_days: Annotated[int, Field(ge=1)] | None = None
    """A sponsor may change his choice within so many days of joining; the person moves with everybody below."""
    full: Literal["place_below", "re_enter"] = "place_below"
    """Once all places down to `depth` are taken: newcomers stand below without pay, or the owner enters again under his
    sponsor, and what he buys and whom he brings from then on belong to his new place."""
    max_entries: Annotated[int, Field(ge=1)] | None = None
    """With `re_enter`: places of one person at most."""

    @model_validator(mode="after")
    def _fits(self) -> Placing:
        if self.re_place_days is not None and self.rule != "sponsors_choice":
            raise Mistaken(
                Text(
                    en="re_place_days has a meaning only with rule: sponsors_choice",
                    ar="لا معنى لـ ⁨re_place_days⁩ إلا مع ⁨rule: sponsors_choice⁩",
                )
            )
        if self.max_entries is not None and self.full != "re_enter":
            raise Mistaken(
                Text(
                    en="max_entries has a meaning only with full: re_enter",
                    ar="لا معنى لـ ⁨max_entries⁩ إلا مع ⁨full: re_enter⁩",
                )
            )
        if self.re_place_days is not None and self.full == "re_enter":
            raise Mistaken(
                Text(
                    en="who enters again has several places, of which none can be chosen anew; drop re_place_days",
                    ar="لمن يدخل من جديد مواضع عدة لا يُختار أيّ منها من جديد. يُرجى حذف ⁨re_place_days⁩",
                )
            )
        if self.joins == "first_order" and (self.holding_tank is not None or self.re_place_days is not None):
            raise Mistaken(
                Text(
                    en="days of waiting count from the date of joining; say joins: date",
                    ar="تُعدّ أيام الانتظار من تاريخ الانضمام. تُكتب ⁨joins: date⁩",
                )
            )
        return self


class Matrix(LevelCommission):
    """A level commission over a matrix of limited width."""

    definition: ClassVar[Text] = Text(
        en="A tree of limited width and depth: who does not fit beside the sponsor is placed further below, and "
        "commissions follow the places.",
        ar="شجرة محدودة العرض والعمق: من لا يتسع له موضع تحت راعيه يُدرج أسفل منه، والعمولات تتبع المواضع.",
    )
    reference: ClassVar[str] = "mheuss/mlmforge, content/guides/matrix.md"

    family: Literal["matrix"]
    width: Annotated[int, Field(ge=1, le=1000)]
    depth: Annotated[int, Field(ge=1, le=MOST_LEVELS)]
    """Levels of a matrix; none below is paid. A level may have rate 0: a gap, into which nobody moves up."""
    place: Placing | None = None
    """How places are found; nothing where `tree` names the matrix that the records hold."""

    @model_validator(mode="after")
    def _fits(self) -> Matrix:
        if self.place is None and self.tree == "sponsor":
            raise Mistaken(
                Text(
                    en="say where the matrix is: tree: matrix or tree: placement where the records hold it, or "
                    "place: to find the places",
                    ar="يُرجى بيان مكان المصفوفة: ⁨tree: matrix⁩ أو ⁨tree: placement⁩ حيث تحملها السجلات، أو "
                    "⁨place⁩ لإيجاد المواضع",
                )
            )
        if self.place is not None and self.tree != "sponsor":
            raise Mistaken(
                Text(
                    en="with place the matrix is computed, by sponsors; drop tree, or drop place",
                    ar="مع ⁨place⁩ تُحسب المصفوفة من الرعاة. يُرجى حذف ⁨tree⁩ أو ⁨place⁩",
                )
            )
        if self.levels > self.depth:
            raise Mistaken(
                say(
                    "{levels} levels are paid in a matrix {depth} deep; raise depth or cut the table",
                    "المستويات المدفوعة {levels} في مصفوفة عمقها {depth}. يُرجى رفع ⁨depth⁩ أو تقصير الجدول",
                    levels=self.levels,
                    depth=self.depth,
                )
            )
        if self.place is not None and self.place.full == "re_enter" and self.width == 1:
            raise Mistaken(
                Text(
                    en="in a matrix one wide every new place would fill another matrix, without end; drop re_enter",
                    ar="في مصفوفة عرضها واحد يملأ كل موضع جديد مصفوفة أخرى بلا نهاية. يُرجى حذف ⁨re_enter⁩",
                )
            )
        return self

    @property
    def capacity(self) -> int:
        """Places of a full matrix, its owner's own left out."""
        return sum(self.width**level for level in range(1, self.depth + 1))

    def walks(self, evaluation: Evaluation, base: Int64s) -> Iterator[Walk]:
        """The orders with a base, each with the matrix up which it is paid."""
        if self.place is None:
            return super().walks(evaluation, base)
        from compensation.awarding import matrix_places

        return matrix_places.walks(self, evaluation, base)

    def starts(self, evaluation: Evaluation, walked: Walk, orders: Int32s) -> Int32s:
        """The position of level 1 for each order, or why there is none."""
        if self.place is None:
            return super().starts(evaluation, walked, orders)
        from compensation.awarding import matrix_places

        return matrix_places.starts(self, evaluation, walked, orders)

    def placement(self, evaluation: Evaluation) -> pl.DataFrame:
        """Where the component puts everybody: participant_id, parent_id, slot (from 1)."""
        if self.place is None:
            return super().placement(evaluation)
        from compensation.awarding import matrix_places

        return matrix_places.table(self, evaluation)

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per order and level, and the places as state."""
        awards = super().award(evaluation)
        if self.place is not None:
            from compensation.awarding import matrix_places

            awards.state = matrix_places.saved(self, evaluation)
        return awards

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Where the buyer stands, and the walk up from there."""
        from compensation.wording import matrix as matrix_words

        return [*matrix_words.standing(self, evaluation, order), *super().trace(evaluation, awards, order)]

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import matrix as matrix_words

        return matrix_words.describe(self)
