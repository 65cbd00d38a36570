"""Board, cycler: small matrices that pay their head when they are full, and then split.

A 2x2 board has a head, two people below and two below each: six places under the head. Entrants take the next free
place, line by line. When the last one is taken the head is paid and leaves, enters the stage again, or goes on to the
next stage; his level-1 people become heads of boards of their own and take their people along. With
`follow_the_sponsor` an entrant goes to the board of his sponsor, otherwise to the oldest board.

Reference: https://infinitemlmsoftware.com/board-plan.php; limit of cycles after mheuss/mlmforge.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.components.worst_case import Promise
from compensation.quantities import Money
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text, say

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

LARGEST = 100_000


class Stage(Frozen):
    """One stage of boards, and what becomes of a head who is done with it."""

    pay: Money
    """To the head when his board is full, before what his next entries cost."""
    price: Money = Fraction(0)
    """What a place of this stage costs a head who enters it from a board: withheld from his pay."""
    re_enters: bool = False
    """The head takes a new place in this stage, at the end of the line."""
    advances: bool = True
    """The head takes a place in the next stage, where there is one."""
    max_cycles: Annotated[int, Field(ge=1)] | None = None
    """Cycles of one person in this stage that are paid."""


class Board(Component):
    """A cycler with one stage or several."""

    definition: ClassVar[Text] = Text(
        en="Small boards fill with entrants in turn; when one is full its head is paid and it splits in two or more.",
        ar="لوحات صغيرة يملؤها المنضمون بالدور؛ فإذا امتلأت لوحة دُفع لصاحب رأسها وانقسمت إلى لوحات جديدة.",
    )
    reference: ClassVar[str] = "https://infinitemlmsoftware.com/board-plan.php"
    pays_for_joining: ClassVar[bool] = True

    family: Literal["board"]
    width: Annotated[int, Field(ge=1, le=100)] = 2
    depth: Annotated[int, Field(ge=1, le=16)] = 2
    """Lines below the head."""
    stages: Annotated[list[Stage], Field(min_length=1, max_length=30)] | None = None
    """Stages from the first; an entrant's order buys a place in the first one."""
    pay: Money | None = None
    """Pay per cycle, for a board of a single stage; instead of `stages`."""
    re_enters: bool = False
    """With `pay`: the head takes a new place at the end of the line."""
    max_cycles: Annotated[int, Field(ge=1)] | None = None
    """With `pay`: cycles of one person that are paid."""
    max_cycles_per: Literal["ever", "period"] = "ever"
    after_the_last: Literal["cycles_unpaid", "stays_out"] = "cycles_unpaid"
    """Whether a head who re-enters does so after his last paid cycle, too."""
    places_per: Literal["order", "piece"] = "order"
    """An order takes one place, or one for each piece."""
    follow_the_sponsor: bool = False
    """An entrant goes to the board of the nearest sponsor above who is on one of this stage, otherwise to the oldest."""
    cycles_from: str | None = None
    """Fact that states how many cycles each participant completed in the period, where the records hold no entries."""

    @model_validator(mode="after")
    def _fits(self) -> Board:
        if (self.pay is None) == (self.stages is None):
            raise Mistaken(Text(en="give exactly one of pay, stages", ar="يُذكر واحد فقط من ⁨pay⁩ و⁨stages⁩"))
        if self.stages is not None and (self.re_enters or self.max_cycles is not None):
            raise Mistaken(
                Text(
                    en="with stages, say re_enters and max_cycles in each stage",
                    ar="مع ⁨stages⁩ تُذكر ⁨re_enters⁩ و⁨max_cycles⁩ في كل مرحلة",
                )
            )
        places = sum(self.width**line for line in range(self.depth + 1))
        if places > LARGEST:
            raise Mistaken(
                say(
                    "a board of {places:,} places; at most {largest:,} can be kept, make it narrower",
                    "لوحة أماكنها {places:,}، ولا يُحفظ إلا {largest:,} على الأكثر. يُرجى تضييقها",
                    places=places,
                    largest=LARGEST,
                )
            )
        for number, stage in enumerate(self.line_of_stages, start=1):
            if stage.re_enters and self.width**self.depth < 2:
                raise Mistaken(
                    Text(
                        en="a board that a single entrant fills would fill itself for ever; drop re_enters",
                        ar="اللوحة التي يملؤها داخل واحد تملأ نفسها بلا نهاية. يُرجى حذف ⁨re_enters⁩",
                    )
                )
            if self.withheld(number - 1) > stage.pay:
                raise Mistaken(
                    say(
                        "stage {number} pays less than the entries it is to pay for; raise pay, or lower price",
                        "تدفع المرحلة {number} أقل من رسوم الدخول التي عليها. يُرجى رفع ⁨pay⁩ أو خفض ⁨price⁩",
                        number=number,
                    )
                )
        if self.max_cycles_per == "period" and self.after_the_last == "stays_out":
            raise Mistaken(
                Text(
                    en="after_the_last: stays_out needs a limit of cycles that does not start anew each period",
                    ar="تحتاج ⁨after_the_last: stays_out⁩ إلى حد للدورات لا يبدأ من جديد كل فترة",
                )
            )
        if self.cycles_from is not None and len(self.line_of_stages) > 1:
            raise Mistaken(
                Text(
                    en="cycles_from states cycles of a single stage; give pay instead of stages",
                    ar="تذكر ⁨cycles_from⁩ دورات مرحلة واحدة. تُكتب ⁨pay⁩ بدلًا من ⁨stages⁩",
                )
            )
        return self

    @property
    def line_of_stages(self) -> list[Stage]:
        """The stages, however they are written."""
        if self.stages is not None:
            return self.stages
        return [Stage(pay=self.pay, re_enters=self.re_enters, max_cycles=self.max_cycles)]

    def advances(self, stage: int) -> bool:
        """Whether a head goes on from a stage (from 0)."""
        stages = self.line_of_stages
        return stages[stage].advances and stage + 1 < len(stages)

    def withheld(self, stage: int) -> Fraction:
        """What is kept from the pay of a stage (from 0) for the head's next entries."""
        stages = self.line_of_stages
        again = stages[stage].price if stages[stage].re_enters else Fraction(0)
        return again + (stages[stage + 1].price if self.advances(stage) else 0)

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per board that is completed."""
        from compensation.awarding import board as board_awards

        return board_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Where one order's entrant was seated, and which boards that completed."""
        from compensation.wording import board as board_words

        return board_words.tell(self, evaluation, awards, order)

    def levels_above(self) -> int | None:
        """Without limit: whoever heads a board is paid for places that anybody takes."""
        return None

    def promise(self) -> Promise:
        """Pay per board over the places that fill it; without limit as a share of what is sold."""
        why = Text(
            en=f"a board is paid for every {self.width**self.depth} places taken, whatever they cost",
            ar=f"تُدفع مكافأة عن كل لوحة، عدد المواضع الجديدة فيها {self.width**self.depth}، مهما كان ثمنها",
        )
        return Promise("event", None, why)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import board as board_words

        return board_words.describe(self)
