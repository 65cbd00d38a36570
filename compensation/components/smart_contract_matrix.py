"""Smart-contract matrix: X3 and X4, in which every purchase of a level pays its whole price to one earlier participant.

X3 has three places: two pay the holder, the third restarts the matrix and the price goes on to the matrix of his own
referrer. X4 has two places in its first line, which pass to the matrix above, and four in its second, of which three
pay the holder and the fourth restarts the matrix. Levels double in price; a matrix that restarts while its holder
lacks the next level is blocked, and money due to him goes past him until he buys it. The contract keeps nothing.

References: Kell et al., arXiv 2105.04380; tandil-dev/forsage-audit, contracts/SmartMatrixForsage.sol.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.components.worst_case import Promise
from compensation.quantities import Money, decimal_text
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step


class SmartContractMatrix(Component):
    """One type of matrix, X3 or X4, with all its levels."""

    definition: ClassVar[Text] = Text(
        en="A matrix kept by a program on a blockchain: the whole price of each place goes at once to an earlier "
        "participant, found strictly in the order of purchases.",
        ar="مصفوفة يديرها برنامج على سلسلة كتل: يذهب ثمن كل موضع كاملًا وفورًا إلى مشارك سابق، "
        "يُحدَّد بترتيب عمليات الشراء.",
    )
    reference: ClassVar[str] = "https://arxiv.org/abs/2105.04380"
    pays_for_joining: ClassVar[bool] = True

    family: Literal["smart_contract_matrix"]
    matrix: Literal["X3", "X4"]
    prices: Annotated[list[Money], Field(min_length=1, max_length=64)]
    """Price of level 1, 2, ...; a purchase pays the price of its level, whatever else its order contains."""
    product: str | None = None
    """How the orders name a level: a product that contains this text, with `{level}` for the number, in capitals or
    not. By default the name of the matrix, `level` and the number, as in `x3 level {level}`."""
    blocking: bool = True
    """Whether a matrix that restarts while its holder lacks the next level is blocked until he buys it."""
    reversals: Literal["claw_back", "recompute", "ignore"] = "ignore"
    """A contract takes nothing back: only `ignore` has a meaning."""

    @model_validator(mode="after")
    def _contract(self) -> SmartContractMatrix:
        if self.reversals != "ignore":
            raise Mistaken(
                Text(
                    en="a smart contract takes nothing back; say reversals: ignore, or leave it out",
                    ar="العقد الذكي لا يسترد شيئًا. تُكتب ⁨reversals: ignore⁩ أو تُحذف",
                )
            )
        if self.product is not None and self.product.count("{level}") != 1:
            raise Mistaken(
                Text(
                    en="product needs {level} once, where the number of the level stands",
                    ar="يحتاج ⁨product⁩ إلى {level} مرة واحدة، في مكان رقم المستوى",
                )
            )
        if any(price == 0 for price in self.prices):
            raise Mistaken(
                Text(
                    en="a level costs something; leave out levels that cannot be bought",
                    ar="لكل مستوى سعر. تُحذف المستويات التي لا تُشترى",
                )
            )
        return self

    @property
    def pattern(self) -> str:
        """Regular expression that finds the level in the name of a product."""
        before, after = (self.product or f"{self.matrix} level {{level}}").split("{level}")
        return f"(?i){re.escape(before)}([0-9]+){re.escape(after)}"

    def award(self, evaluation: Evaluation) -> Awards:
        """One award per purchase, to whoever the contract pays."""
        from compensation.awarding import smart_contract_matrix as smart_contract_matrix_awards

        return smart_contract_matrix_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Where one purchase was placed, what restarted, whom the price went past, and who got it."""
        from compensation.wording import smart_contract_matrix as smart_contract_matrix_words

        return smart_contract_matrix_words.tell(self, evaluation, awards, order)

    def levels_above(self) -> int | None:
        """Without limit: the price of a purchase travels up until somebody keeps it."""
        return None

    def promise(self) -> Promise:
        """The whole price of every place."""
        why = Text(
            en="the whole price of every purchase is paid to earlier participants",
            ar="يُدفع ثمن كل عملية شراء كاملًا إلى مشاركين سابقين",
        )
        return Promise("event", Fraction(1), why)

    def describe(self) -> Text:
        """The component in plain words."""
        en_prices = ", ".join(decimal_text(price) for price in self.prices)
        ar_prices = "، ".join(decimal_text(price) for price in self.prices)
        if self.matrix == "X3":
            en = "Matrix X3, three places per level: places 1 and 2 pay the holder; place 3 restarts the matrix, and the "
            en += "price goes on to the matrix of his own referrer."
            ar = "المصفوفة X3، ثلاثة مواضع لكل مستوى: الموضعان 1 و2 لصاحب المصفوفة، والموضع 3 يعيد بدءها "
            ar += "ويذهب ثمنه إلى مصفوفة راعيه."
        else:
            en = "Matrix X4, two places in the first line and four in the second: the first line goes to the matrix above, "
            en += "the second pays the holder, except its fourth place, which restarts the matrix and goes on above."
            ar = "المصفوفة X4، موضعان في الصف الأول وأربعة في الثاني: ثمن الصف الأول للمصفوفة الأعلى، وثمن الثاني "
            ar += "لصاحب المصفوفة عدا الموضع الرابع، فهو يعيد بدءها ويذهب ثمنه إلى أعلى."
        en += f" Price by level: {en_prices}. Who has not bought a level is passed over at that level."
        ar += f" الثمن بحسب المستوى: {ar_prices}. ومن لم يشترِ مستوى يُتخطّى فيه."
        if self.blocking:
            en += " A matrix that restarts while its holder lacks the next level is blocked until he buys it."
            ar += " وتُحجب المصفوفة التي يُعاد بدؤها إذا لم يكن صاحبها قد اشترى المستوى التالي، إلى أن يشتريه."
        en += " The first participant holds every level from the start."
        ar += " ولأول مشارك كل المستويات منذ البداية."
        return Text(en=en, ar=ar)
