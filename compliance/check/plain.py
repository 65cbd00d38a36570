"""The check as lines of text for a tired person: a heading, then short lines, one idea each."""

from __future__ import annotations

from collections.abc import Iterator

from compliance.check.amounts import formula
from compliance.check.model import CompanyCheck, Figure
from compliance.figures import foreign
from compliance.findings import FindingGroup
from compliance.rules.model import Rule
from compliance.sentences import fill
from intake.text import Language, Text

HEADINGS = {
    "signs": Text(en="Warning signs and rules", ar="علامات التحذير والقواعد"),
    "no_signs": Text(
        en="No warning sign of these rules could be told from what was given. That is not a pass.",
        ar="لم تظهر من المعطيات علامة تحذير في هذه القواعد، ولا يعني ذلك سلامة العرض.",
    ),
    "context": Text(en="For comparison", ar="للمقارنة"),
    "hides": Text(en="What the income table does not show", ar="ما لا يبيّنه جدول الدخل"),
    "people": Text(en="New members needed to cover the cost", ar="المنضمون الجدد اللازمون لتغطية التكلفة"),
    "questions": Text(en="Questions for the sponsor", ar="أسئلة للراعي"),
    "notes": Text(en="How the table was read", ar="طريقة قراءة الجدول"),
    "job": Text(en="A job, or only a commission?", ar="وظيفة أم عمولة فقط؟"),
    "among": Text(en="Among the published tables of other companies", ar="بين الجداول المنشورة لشركات أخرى"),
}
"""What stands above each part of the answer."""
_RECORDS = Text(en="Checks that need the company's records: {n}.", ar="فحوص تحتاج إلى سجلات الشركة: {n}.")
_MORE = Text(en="Further questions of these rules: {n}.", ar="أسئلة أخرى في هذه القواعد: {n}.")
_RULES = Text(en="Rules used: {packs}.", ar="القواعد المستخدمة: {packs}.")
_ROW = Text(
    en="{company} {year} ({market}): received nothing {nothing}",
    ar="{company} {year} ({market}): لم يحصلوا على شيء {nothing}",
)
_MARKETS = {
    "US": Text(en="United States", ar="الولايات المتحدة"),
    "CA": Text(en="Canada", ar="كندا"),
    "worldwide": Text(en="worldwide", ar="العالم"),
    "not stated": Text(en="country not stated", ar="بلد غير مذكور"),
}
"""Where the real tables are from."""

_INSTRUMENT = Text(en="{instrument}", ar="{instrument}")
_WITH_ARTICLE = Text(en="{instrument}, {article}", ar="{instrument}، {article}")
_APART: dict[str, Text] = {
    "religious": Text(en="{source} (a religious opinion, not law)", ar="{source} (حكم شرعي، وليس قانونًا)"),
    "order-on-one-company": Text(en="{source} (binds that company only)", ar="{source} (أمر يُلزم تلك الشركة وحدها)"),
}
_NOTHING, _NO_ARTICLE = Text(en="", ar=""), ("", "—", "-")


def check_lines(check: CompanyCheck, language: Language) -> list[str]:
    """The whole check as lines."""
    return [text.in_language(language) if isinstance(text, Text) else text for text in _lines(check)]


def _lines(check: CompanyCheck) -> Iterator[Text | str]:
    for figure in check.figures:
        yield from _figure(figure)
    needed = check.people_needed
    if needed is not None:
        yield HEADINGS["people"]
        yield from map(_indented, (formula(f"{needed.needed:,}"), *needed.sums, *needed.says))
        yield ""
    if check.claim is not None:
        yield from _figure(check.claim)
    yield from _signs(check)
    yield HEADINGS["job"]
    yield _indented(check.job.says)
    for point in check.job.points:
        yield _bullet(point.question)
        yield _indented(_indented(point.says))
    yield ""
    if check.hides:
        yield HEADINGS["hides"]
        for remark in check.hides:
            yield _bullet(remark.text)
            yield _indented(_indented(remark.why))
        yield ""
    yield from _compared(check)
    if check.notes:
        yield HEADINGS["notes"]
        yield from map(_bullet, check.notes)
        yield ""
    if check.questions or check.asks:
        yield HEADINGS["questions"]
        yield from map(_bullet, (*check.asks, *(question.text for question in check.questions)))
        if check.questions_left:
            yield _indented(fill(_MORE, n=formula(str(check.questions_left))))
        yield ""
    yield check.disclaimer


def market(name: str) -> Text:
    """Where a real table is from, in words."""
    return _MARKETS[name]


def _compared(check: CompanyCheck) -> Iterator[Text | str]:
    """The standings, then what like tables tell, then the caveats."""
    found = check.comparison
    yield HEADINGS["among"]
    yield from (_indented(one.says) for one in found.standings)
    if found.why_none is not None:
        yield _indented(found.why_none)
    shown = [one for one in found.tables if one.nothing is not None and (one.like or not found.standings)]
    for one in shown:
        assert one.nothing is not None
        company, year = (Text(en=text, ar=foreign(text)) for text in (one.company, one.year))
        yield _bullet(fill(_ROW, company=company, year=year, market=market(one.market), nothing=one.nothing.shown))
    yield from map(_indented, found.caveats)
    yield ""


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
    yield HEADINGS["signs"]
    yield _indented(fill(_RULES, packs=formula(", ".join(check.packs))))
    yield from map(_indented, check.law_notes)
    if not any(group.state == "breached" for group in pressing):
        yield _indented(HEADINGS["no_signs"])
    for group in pressing:
        yield from _group(group)
    if context:
        yield _indented(HEADINGS["context"])
        for group in context:
            yield from _group(group)
    if check.needs_records:
        yield _indented(fill(_RECORDS, n=formula(str(check.needs_records))))
    yield ""


def _group(group: FindingGroup) -> Iterator[Text]:
    yield _bullet(source_of(group.lead.rule))
    yield _indented(_indented(group.lead.sentence))


def source_of(rule: Rule) -> Text:
    """Instrument and article of a rule; what is no law for everybody is called so."""
    article = None if rule.article.en.strip() in _NO_ARTICLE else rule.article
    template = _WITH_ARTICLE if article else _INSTRUMENT
    source = fill(template, instrument=rule.instrument, article=article or _NOTHING)
    apart = _APART.get(rule.legal_force)
    return source if apart is None else fill(apart, source=source)


def _indented(text: Text) -> Text:
    return Text(en=f"  {text.en}", ar=f"  {text.ar}")


def _bullet(text: Text) -> Text:
    return Text(en=f"  - {text.en}", ar=f"  - {text.ar}")
