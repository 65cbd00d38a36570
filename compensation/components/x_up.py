"""X-up (Australian plan): the first x sales of each recruiter pass up to his sponsor; from the next one on he keeps them.

A sale is an order with a base; its recruiter is the sponsor of the buyer, or the seller of an outside customer. Sales
are counted strictly in order of time. What passes is the commission, or the person with his whole future line; who is
not qualified cannot keep or receive, and the sale goes on up. What passes up may also go to the company.

Reference: the two-up of successunforgettable/Source-impact-mlm, docs/TEST-2UP-E2E.md; what passes, which sales and how they
are counted are our definition, docs/plans/matrices.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field, model_validator

from compensation.components.contract import Component
from compensation.components.worst_case import Promise
from compensation.frame import Base
from compensation.quantities import Money, Rate
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import Text

if TYPE_CHECKING:
    from compensation.awards import Awards
    from compensation.evaluation import Evaluation
    from compensation.steps import Step

Numbers = Annotated[list[Annotated[int, Field(ge=1, le=10_000)]], Field(min_length=1)]


class Split(Frozen):
    """Who gets how much of a sale."""

    recruiter: Rate = Fraction(0)
    """Of a passed sale: whoever made it. Of a kept one: whoever keeps it."""
    receiver: Rate = Fraction(0)
    """Of a passed sale: whoever it passes to. Of a kept one: the next qualified person above."""
    company: Rate = Fraction(0)
    """The company: the participant of that kind, and nobody where there is none."""


class AmountSplit(Frozen):
    """The same in fixed amounts per sale."""

    recruiter: Money = Fraction(0)
    receiver: Money = Fraction(0)
    company: Money = Fraction(0)


class XUp(Component):
    """Sales that pass up."""

    definition: ClassVar[Text] = Text(
        en="Each recruiter's first few sales pass up to his sponsor or to the company; later ones he keeps.",
        ar="تذهب أول مبيعات كل مشارك إلى راعيه أو إلى الشركة، ويحتفظ هو بما بعدها.",
    )
    reference: ClassVar[str] = "successunforgettable/Source-impact-mlm, docs/TEST-2UP-E2E.md"

    family: Literal["x_up"]
    base: Base = Base()
    x: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """The first so many sales pass up; give this or `passed_sales`."""
    passed_sales: Numbers | None = None
    """Numbers of the sales that pass up, such as 2 and 4."""
    then_every: Annotated[int, Field(ge=1)] | None = None
    """After the last of these every so manieth sale passes up, too."""
    passed: Split | None = None
    """Shares of the base of a sale that passes up."""
    kept: Split | None = None
    """Shares of the base of a sale that the recruiter keeps."""
    passed_amounts: AmountSplit | None = None
    """Fixed amounts per sale, instead of `passed` and `kept`."""
    kept_amounts: AmountSplit | None = None
    passed_to: Literal["sponsor", "company"] = "sponsor"
    what: Literal["commission", "person"] = "commission"
    """What passes: the commission of the sale, or the buyer himself, who from then on stands in the receiver's line, so
    that what he passes up goes there."""
    count_per: tuple[Literal["period", "product"], ...] = ()
    """Sales are counted anew in each period, for each product, or both; otherwise once and for ever."""
    received_count: bool = False
    """A sale that passes up to somebody counts among his own, and so may pass up again."""
    unqualified: Literal["passes_on", "breakage"] = "passes_on"
    """Whoever cannot earn in the period: what he would keep or receive goes on up, or nobody gets it."""

    @model_validator(mode="after")
    def _complete(self) -> XUp:
        if (self.x is None) == (self.passed_sales is None):
            raise Mistaken(Text(en="give exactly one of x, passed_sales", ar="يُذكر واحد فقط من ⁨x⁩ و⁨passed_sales⁩"))
        if (self.kept is None) == (self.kept_amounts is None):
            raise Mistaken(
                Text(
                    en="give exactly one of kept, kept_amounts: who gets how much of a sale that is not passed up",
                    ar="يُذكر واحد فقط من ⁨kept⁩ و⁨kept_amounts⁩: لمن يذهب البيع الذي لا يُرحَّل إلى أعلى وكم منه",
                )
            )
        if (self.passed is None) != (self.kept is None) or (self.passed_amounts is None) != (self.kept_amounts is None):
            raise Mistaken(
                Text(
                    en="give passed with kept, or passed_amounts with kept_amounts",
                    ar="تُذكر ⁨passed⁩ مع ⁨kept⁩، أو ⁨passed_amounts⁩ مع ⁨kept_amounts⁩",
                )
            )
        if self.fixed and self.base.share != 1:
            raise Mistaken(
                Text(en="base.share has no meaning for fixed amounts", ar="لا معنى لـ ⁨base.share⁩ مع المبالغ الثابتة")
            )
        if self.what == "person" and self.passed_to == "company":
            raise Mistaken(
                Text(
                    en="a person passes up to the sponsor; say passed_to: sponsor, or what: commission",
                    ar="ينتقل الشخص إلى الراعي. تُكتب ⁨passed_to: sponsor⁩ أو ⁨what: commission⁩",
                )
            )
        return self

    @property
    def fixed(self) -> bool:
        """Whether fixed amounts are paid instead of rates."""
        return self.kept_amounts is not None

    @property
    def numbers(self) -> list[int]:
        """Numbers of the sales that pass up."""
        return sorted(set(self.passed_sales or range(1, (self.x or 0) + 1)))

    def splits(self) -> Iterator[Split | AmountSplit]:
        """Of a passed sale, and of a kept one."""
        for split in (self.passed or self.passed_amounts, self.kept or self.kept_amounts):
            assert split is not None
            yield split

    def pays_in_its_base_currency(self) -> bool:
        """Whether awards are shares of the orders' money."""
        return not self.fixed and self.base.money

    def award(self, evaluation: Evaluation) -> Awards:
        """Up to three awards per sale: recruiter, receiver, company."""
        from compensation.awarding import x_up as x_up_awards

        return x_up_awards.award(self, evaluation)

    def trace(self, evaluation: Evaluation, awards: Awards, order: int) -> list[Step]:
        """Whose sale it was, which number, and whether and where it passed up."""
        from compensation.wording import x_up as x_up_words

        return x_up_words.tell(self, evaluation, awards, order)

    def levels_above(self) -> int | None:
        """One where sales pass to the company; else without limit, since a sale may pass up again."""
        _, kept = self.splits()
        stays = self.passed_to == "company" and self.unqualified == "breakage" and not kept.receiver
        return 1 if stays else None

    def promise(self) -> Promise:
        """The larger of what a passed and a kept sale pay."""
        totals = [split.recruiter + split.receiver + split.company for split in self.splits()]
        why = Text(
            en="the larger of what a passed and a kept sale pay together",
            ar="الأكبر مما يُدفع عن بيع محوَّل أو بيع محتفَظ به",
        )
        measure = self.base.measure
        if self.fixed or measure == "orders" or measure == "pieces":
            return Promise("event", None, why)
        return Promise(measure, max(totals) * self.base.share * self.base.per_point, why)

    def describe(self) -> Text:
        """The component in plain words."""
        from compensation.wording import x_up as x_up_words

        return x_up_words.describe(self)
