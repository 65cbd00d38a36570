"""A rule of law as data: what an instrument says, how a figure is held against it, and how far we trust our
copy.

A `Rule` never contains code and an indicator never contains law; the judge brings the two together. `means`
says what a comparison that comes out true stands for: `compliant` (the rule asks for it), `flag` (it is a
warning sign), `gate` (it decides whether other rules apply), `reference` (something to compare with; with
no threshold, the value alone is shown). A rule with a `question` is answered by a person. A rule whose
source was not seen is `enabled=False` and says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, computed_field, model_validator

from compliance.measurement import MAIN, Unit
from intake.frozen import Frozen
from intake.mistakes import Mistaken
from intake.text import LANGUAGES, Text, say

Comparator = Literal[">=", ">", "<=", "<", "=="]
Means = Literal["compliant", "flag", "gate", "reference"]
Severity = Literal["critical", "high", "medium", "low", "info"]
LegalForce = Literal[
    "statute-or-regulation",
    "case-law",
    "case-fact",
    "order-on-one-company",
    "guidance",
    "proposal",
    "self-regulation",
    "religious",
    "regulator-practice",
    "not-found",
    "indicator",
]
AnswerKind = Literal["yes-no", "number", "text"]
VerifiedBasis = Literal["primary", "secondary", "none"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Gravest first. The scale is this project's, not the law's."""

Decimal_ = Annotated[str, Field(pattern=r"^-?[0-9]+(\.[0-9]+)?$", max_length=40)]


def _equal(text: Text) -> Text:
    """A text that says something in both languages or in none."""
    return _worded(text) if (text.en + text.ar).strip() else text


def _worded(text: Text) -> Text:
    """A text that says something in both languages."""
    for language in LANGUAGES:
        if not text.in_language(language).strip():
            raise Mistaken(
                say(
                    "the text is empty in the language {language}; write it in both, {{en: ..., ar: ...}}",
                    "النص فارغ باللغة {language}. يُكتب باللغتين، ⁨{{en: ..., ar: ...}}⁩",
                    language=language,
                )
            )
    return text


Worded = Annotated[Text, AfterValidator(_worded)]
Remark = Annotated[Text, AfterValidator(_equal)]
Name = Annotated[str, Field(min_length=1)]

UNVERIFIED = Text(
    en="Switched off: the wording of this rule was not checked against a source.",
    ar="القاعدة معطَّلة: لم يُتحقق من نصها في مصدر.",
)


class InForce(Frozen):
    """From when to when the rule applied, both days included; null where the source gives no date."""

    from_: date | None = Field(default=None, alias="from")
    to: date | None = None

    model_config = ConfigDict(populate_by_name=True, serialize_by_alias=True)

    @model_validator(mode="after")
    def _in_order(self) -> InForce:
        if self.from_ is not None and self.to is not None and self.to < self.from_:
            raise Mistaken(
                say(
                    "the last day, {last}, lies before the first, {first}",
                    "آخر يوم، {last}، قبل أول يوم، {first}",
                    last=self.to,
                    first=self.from_,
                )
            )
        return self


class Rule(Frozen):
    """One rule, warning sign or reference figure, with its source and its caveat."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)+$")
    pack: str
    line: int | None = None
    """Line of the pack's file on which the entry starts."""
    jurisdiction: str = Field(pattern=r"^([A-Z]{2}(-[A-Z]{2,3})?)$")
    instrument: Worded
    article: Remark
    year: int | None = Field(default=None, ge=1000, le=9999)
    in_force: InForce = InForce()
    legal_force: LegalForce
    severity: Severity
    statement: Worded

    means: Means
    group: Name
    """Rules of one group are hooks of one and the same measurement, which is scored once."""
    metric: Name
    """What is measured or asked, as the legal reference puts it (a formula in its symbols)."""
    indicator: str | None = None
    alternative: str | None = None
    """Which variant of the measurement to read; null reads the headline."""
    definitions: tuple[str, ...] | Literal["all"] = ()
    """Variants that are other readings of the same words: where they disagree, the result is borderline."""
    approximation: Worded | None = None
    """Where the indicator is not quite what the rule means: how it differs."""
    bound: Literal["exact", "upper", "lower"] = "exact"
    """What the indicator is for the figure that the rule means: `upper`, never below it (it counts some things
    that the rule does not); `lower`, never above it. Then a result is stated only on the sure side."""
    comparator: Comparator | None = None
    threshold: Decimal_ | None = None
    tolerance: Decimal_ = "0"
    """For `==` only: how far from the threshold still counts as equal."""
    near: Decimal_ = "0"
    """Nearer to the threshold than this is called borderline, in the unit of the threshold."""
    unit: str | None = None
    currency: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9]{1,11}$")
    """Currency of a threshold of money other than zero; other currencies cannot be held against it."""
    data_needed: tuple[str, ...] = ()
    needs: Worded | None = None
    """For a rule that no indicator measures yet: which data would be needed."""

    question: Worded | None = None
    answer: AnswerKind | None = None
    good_answer: Literal["yes", "no"] | None = None
    """Which answer is without concern; null where the answer is context."""

    reference: Worded | None = None
    """Published figures to compare with."""
    caveat: Remark
    source_url: str | None = Field(default=None, pattern=r"^https?://\S+$")
    verified: bool
    verified_basis: VerifiedBasis
    page_date: str | None = Field(default=None, pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")

    @model_validator(mode="after")
    def _consistent(self) -> Rule:
        for wrong, text in self._contradictions():
            if wrong:
                raise Mistaken(text)
        return self

    @computed_field  # type: ignore[prop-decorator]
    @property
    def enabled(self) -> bool:
        """Whether the judge uses the rule unless told otherwise: only where a source was seen."""
        return self.verified

    @computed_field  # type: ignore[prop-decorator]
    @property
    def disabled_because(self) -> Text | None:
        """Why the rule is switched off."""
        return None if self.verified else UNVERIFIED

    def _contradictions(self) -> Iterator[tuple[bool, Text]]:
        """What keys can get wrong together: whether it is so, and what is said of it."""
        asked = self.question is not None
        yield (
            (self.comparator is None) != (self.threshold is None),
            Text(
                en="comparator and threshold come together or not at all",
                ar="يُذكر ⁨comparator⁩ و⁨threshold⁩ معًا أو لا يُذكر أي منهما",
            ),
        )
        yield (
            not asked and self.indicator is None and self.needs is None,
            Text(
                en="a rule needs an indicator, or a question for a person, or needs that say what is missing",
                ar="تحتاج القاعدة إلى مؤشر (⁨indicator⁩)، أو سؤال للمراجِع (⁨question⁩)، أو بيان ما ينقص (⁨needs⁩)",
            ),
        )
        yield (
            asked and self.indicator is not None,
            Text(
                en="a rule is either measured by an indicator or answered by a person, not both",
                ar="القاعدة إما أن يقيسها مؤشر وإما أن يجيب عنها مراجِع، ولا يُجمع بينهما",
            ),
        )
        yield (
            asked == (self.answer is None),
            Text(
                en="a question comes with the kind of its answer: yes-no, number or text",
                ar="يُذكر مع السؤال نوع إجابته (⁨answer⁩): ⁨yes-no⁩ أو ⁨number⁩ أو ⁨text⁩",
            ),
        )
        yield (
            asked and self.comparator is not None and self.answer != "number",
            Text(
                en="a question with a threshold is answered by a number: answer number",
                ar="إجابة السؤال الذي له حد رقم: ⁨answer: number⁩",
            ),
        )
        yield (
            self.good_answer is not None and self.answer != "yes-no",
            Text(
                en="good_answer is for questions answered by yes or no",
                ar="المفتاح ⁨good_answer⁩ للأسئلة التي إجابتها نعم أو لا",
            ),
        )
        can_breach = asked and self.means in ("compliant", "flag")
        yield (
            can_breach and self.good_answer is None and self.comparator is None,
            Text(
                en="a question that can be breached says which answer is good: good_answer yes or no, or answer number "
                "with comparator and threshold",
                ar="السؤال الذي قد يُتجاوز حده يبيّن الإجابة المقبولة: ⁨good_answer⁩ بالقيمة ⁨yes⁩ أو ⁨no⁩، أو "
                "⁨answer: number⁩ مع ⁨comparator⁩ و⁨threshold⁩",
            ),
        )
        yield (
            not asked and self.means != "reference" and self.comparator is None,
            say(
                "means {means} needs a comparator and a threshold",
                "القيمة {means} في ⁨means⁩ تحتاج إلى ⁨comparator⁩ و⁨threshold⁩",
                means=self.means,
            ),
        )
        yield (
            self.bound != "exact" and (self.indicator is None or self.approximation is None),
            Text(
                en="bound belongs to an indicator, and approximation says why the figure is only a bound",
                ar="المفتاح ⁨bound⁩ يخص المؤشر، ويبيّن ⁨approximation⁩ سبب كون القيمة حدًا فقط",
            ),
        )
        yield (
            self.comparator != "==" and Fraction(self.tolerance) != 0,
            Text(
                en="tolerance is for the comparator == only",
                ar="المفتاح ⁨tolerance⁩ للمقارنة ⁨==⁩ وحدها",
            ),
        )
        yield (
            Fraction(self.tolerance) < 0 or Fraction(self.near) < 0,
            Text(en="tolerance and near cannot be negative", ar="لا تقل قيمة ⁨tolerance⁩ و⁨near⁩ عن صفر"),
        )
        yield (
            not self.verified and self.verified_basis != "none",
            Text(
                en="an unverified rule has verified_basis none",
                ar="القاعدة غير المتحقق منها قيمة ⁨verified_basis⁩ فيها ⁨none⁩",
            ),
        )

    @property
    def is_question(self) -> bool:
        """Whether a person must answer it."""
        return self.question is not None

    @property
    def limit(self) -> Fraction | None:
        """The threshold exactly."""
        return None if self.threshold is None else Fraction(self.threshold)

    @property
    def reads(self) -> str:
        """The variant of the measurement that is read first."""
        return self.alternative or MAIN

    @property
    def starts(self) -> date | None:
        """The first day on which the rule can have applied.

        Where the source gives no day, that is New Year's Day of the instrument's year; an indicator of ours
        has no beginning."""
        if self.in_force.from_ is not None:
            return self.in_force.from_
        if self.year is None or self.legal_force == "indicator":
            return None
        return date(self.year, 1, 1)

    def in_force_on(self, day: date) -> bool:
        """Whether the rule applied on a day, as far as its source tells."""
        return not (
            (self.starts is not None and day < self.starts) or (self.in_force.to is not None and day > self.in_force.to)
        )


def rule_schema() -> dict[str, Any]:
    """JSON Schema of one entry of a rule pack, for editors."""
    return Rule.model_json_schema(by_alias=True)


__all__ = [
    "SEVERITIES",
    "Comparator",
    "InForce",
    "LegalForce",
    "Means",
    "Rule",
    "Severity",
    "Unit",
    "rule_schema",
]
