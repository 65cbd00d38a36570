"""Puts the check together: three figures, signs judged by the rules of a country, remarks, and questions to ask."""

from __future__ import annotations

from compliance.check import answering
from compliance.check.comparing import compare
from compliance.check.hidden import hidden
from compliance.check.job import job
from compliance.check.model import GENERAL, CheckInputs, CompanyCheck, Hidden
from compliance.check.one_style import in_one_style
from compliance.check.practices import practices
from compliance.check.reaching import claim, people_needed
from compliance.check.signs import bonus_of, told
from compliance.judge import judge
from compliance.questionnaire import Question, questions
from compliance.rules import SEVERITIES, Rule, load_pack, load_packs, pack_names
from intake.text import Text

MOST_QUESTIONS = 8

DISCLAIMER = Text(
    en="Downline measures what it was given and compares it with published rules. It does not decide whether a company "
    "is lawful and gives no legal advice. Missing or wrong figures change the result. Decisions belong to the "
    "competent authorities.",
    ar="يقيس Downline ما قُدّم إليه ويقارنه بقواعد منشورة. ولا يقرر مشروعية أي شركة، ولا يقدّم استشارة قانونية. وقد تتغير "
    "الأرقام إذا كانت المعطيات ناقصة أو خاطئة. والقرار للجهات المختصة.",
)


def packs_of(laws: tuple[str, ...]) -> tuple[str, ...]:
    """The packs of a country, those of a state (`us-ca`) after its federation's, the general warning signs last."""
    known = pack_names()
    federal = {law: law.partition("-")[0] for law in laws}
    return tuple(
        dict.fromkeys(
            [*(pack for law in laws for pack in (federal[law], law) if pack in known or pack == law), GENERAL]
        )
    )


def check_company(inputs: CheckInputs) -> CompanyCheck:
    """Check an offer by its costs, plan, published income table and answers alone.

    Raises:
        UnknownPack: a law has no rule pack.
    """
    packs = packs_of(inputs.laws)
    rules = load_packs(packs, on=inputs.on)
    bonus = inputs.recruit_bonus
    if bonus is None and inputs.plan is not None:
        bonus = bonus_of(inputs.plan, inputs.currency, inputs.scale)
    measurements = told(inputs, bonus)
    measured = {measurement.id for measurement in measurements}
    findings = judge(rules, measurements, inputs.answers)
    judged = tuple(
        in_one_style(finding, inputs.currency, inputs.scale)
        for finding in findings
        if finding.measurement in measured or (finding.answer is not None and finding.answer.value != "unknown")
    )
    remarks = hidden(inputs)
    asked = _to_ask(rules, {answer.rule for answer in inputs.answers if answer.value != "unknown"})
    return CompanyCheck(
        currency=inputs.currency,
        scale=inputs.scale,
        months=inputs.months,
        plan=None if inputs.plan is None else inputs.plan.title,
        packs=packs,
        law_notes=tuple(pack.about for pack in map(load_pack, packs) if not any(rule.enabled for rule in pack.rules)),
        cost=answering.cost(inputs),
        middle=answering.middle(inputs),
        chance=answering.chance(inputs),
        claim=claim(inputs),
        people_needed=people_needed(inputs, bonus),
        measurements=tuple(measurements),
        findings=judged,
        hides=remarks,
        practices=practices(inputs, remarks),
        comparison=compare(inputs),
        job=job(inputs),
        asks=_follow_up(inputs, remarks),
        questions=tuple(asked[:MOST_QUESTIONS]),
        questions_left=max(0, len(asked) - MOST_QUESTIONS),
        needs_records=sum(
            finding.state == "not_measurable" and finding.measurement not in measured for finding in findings
        ),
        notes=() if inputs.income is None else inputs.income.notes,
        disclaimer=DISCLAIMER,
    )


_FOR_TABLE = Text(
    en="May I have the company's own income disclosure for the last year, with everyone who joined in it?",
    ar="هل يمكن الحصول على بيان الإفصاح عن الدخل للسنة الأخيرة، شاملًا جميع من انضموا؟",
)


def _follow_up(inputs: CheckInputs, remarks: tuple[Hidden, ...]) -> tuple[Text, ...]:
    """Questions that follow from what the table does not show, each once; for the table itself where there is none."""
    if inputs.income is None:
        return (_FOR_TABLE,)
    return tuple({remark.ask.en: remark.ask for remark in remarks if remark.ask is not None}.values())


def _to_ask(rules: list[Rule], answered: set[str]) -> list[Question]:
    """Questions without an answer that a sponsor can say yes or no to, gravest first, each wording once."""
    open_ = [each for each in questions(rules) if each.rule not in answered and each.kind == "yes-no"]
    unique = {question.text.en: question for question in reversed(open_)}
    return sorted(
        unique.values(),
        key=lambda question: (SEVERITIES.index(question.severity), question.rule),
    )
