"""The check as lines of text for a tired person: a heading, then short lines, one idea each."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.check.amounts import formula
from compliance.check.model import CompanyCheck, Figure
from compliance.findings import FindingGroup
from compliance.sentences import fill
from intake.text import Language, Text

_SIGNS = Text(en="Warning signs and rules", ar="علامات التحذير والقواعد")
_NO_SIGNS = Text(
    en="No warning sign of these rules could be told from what was given. That is not a pass.",
    ar="لم تظهر من المعطيات علامة تحذير في هذه القواعد، ولا يعني ذلك سلامة العرض.",
)
_CONTEXT = Text(en="For comparison", ar="للمقارنة")
_RECORDS = Text(en="Checks that need the company's records: {n}.", ar="فحوص تحتاج إلى سجلات الشركة: {n}.")
_HIDES = Text(en="What the income table does not show", ar="ما لا يبيّنه جدول الدخل")
_PEOPLE = Text(en="New members needed to cover the cost", ar="المنضمون الجدد اللازمون لتغطية التكلفة")
_QUESTIONS = Text(en="Questions for the sponsor", ar="أسئلة للراعي")
_MORE = Text(en="Further questions of these rules: {n}.", ar="أسئلة أخرى في هذه القواعد: {n}.")
_NOTES = Text(en="How the table was read", ar="طريقة قراءة الجدول")
_RULES = Text(en="Rules used: {packs}.", ar="القواعد المستخدمة: {packs}.")

_INSTRUMENT = Text(en="{instrument}", ar="{instrument}")
_WITH_ARTICLE = Text(en="{instrument}, {article}", ar="{instrument}، {article}")
_OPINION = Text(en="{source} (a religious opinion, not law)", ar="{source} (حكم شرعي، وليس قانونًا)")
_NOTHING, _NO_ARTICLE = Text(en="", ar=""), ("", "—", "-")


def check_lines(check: CompanyCheck, language: Language) -> list[str]:
    """The whole check as lines."""
    return [text.in_language(language) if isinstance(text, Text) else text for text in _lines(check)]


def _lines(check: CompanyCheck) -> Iterator[Text | str]:
    for figure in check.figures:
        yield from _figure(figure)
    needed = check.people_needed
    if needed is not None:
        yield _PEOPLE
        yield from map(_indented, (formula(f"{needed.needed:,}"), *needed.sums, *needed.says))
        yield ""
    yield from _signs(check)
    if check.hides:
        yield _HIDES
        for remark in check.hides:
            yield _bullet(remark.text)
            yield _indented(_indented(remark.why))
        yield ""
    if check.notes:
        yield _NOTES
        yield from map(_bullet, check.notes)
        yield ""
    if check.questions:
        yield _QUESTIONS
        yield from map(_bullet, (question.text for question in check.questions))
        if check.questions_left:
            yield _indented(fill(_MORE, n=formula(str(check.questions_left))))
        yield ""
    yield check.disclaimer


def _figure(figure: Figure) -> Iterator[Text | str]:
    yield fill(Text(en="{title}: {shown}", ar="{title}: {shown}"), title=figure.title, shown=figure.shown)
    yield from map(_indented, (*figure.sums, *figure.says))
    for variant in figure.variants:
        yield _indented(
            fill(
                Text(en="Counting {label}: {shown}.", ar="باحتساب {label}: {shown}."),
                label=variant.label,
                shown=variant.shown,
            )
        )
    yield ""


def _signs(check: CompanyCheck) -> Iterator[Text | str]:
    pressing = [group for group in check.groups if group.state in ("breached", "borderline", "met")]
    context = [group for group in check.groups if group.state in ("reference", "gate")]
    yield _SIGNS
    yield _indented(fill(_RULES, packs=formula(", ".join(check.packs))))
    if not any(group.state == "breached" for group in pressing):
        yield _indented(_NO_SIGNS)
    for group in pressing:
        yield from _group(group)
    if context:
        yield _indented(_CONTEXT)
        for group in context:
            yield from _group(group)
    if check.needs_records:
        yield _indented(fill(_RECORDS, n=formula(str(check.needs_records))))
    yield ""


def _group(group: FindingGroup) -> Iterator[Text]:
    rule = group.lead.rule
    article = None if rule.article.en.strip() in _NO_ARTICLE else rule.article
    template = _WITH_ARTICLE if article else _INSTRUMENT
    source = fill(template, instrument=rule.instrument, article=article or _NOTHING)
    if rule.legal_force == "religious":
        source = fill(_OPINION, source=source)
    yield _bullet(source)
    yield _indented(_indented(group.lead.sentence))


def _indented(text: Text) -> Text:
    return Text(en=f"  {text.en}", ar=f"  {text.ar}")


def _bullet(text: Text) -> Text:
    return Text(en=f"  - {text.en}", ar=f"  - {text.ar}")
