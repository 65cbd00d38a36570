"""The answer as one HTML page in both languages, to keep or to send on: no script, nothing fetched, nothing stored.

The reader's language comes first, the other after it. Every value is escaped here.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from compliance.check.model import CompanyCheck, Compared, Figure
from compliance.check.plain import HEADINGS, market, source_of
from compliance.findings import FindingGroup
from intake.text import Language, Text

_STYLE = """
:root{--ink:#17212b;--muted:#5a6672;--line:#d8dee4;--warn:#9b2c1f}
body{font:17px/1.65 "IBM Plex Sans","IBM Plex Sans Arabic","Noto Sans Arabic",system-ui,sans-serif;color:var(--ink);
max-width:44rem;margin:0 auto;padding:1rem;overflow-wrap:anywhere}
[lang=ar]{line-height:1.85;letter-spacing:0}h1{font-size:1.35rem;line-height:1.4}h2{font-size:1.15rem;margin:1.6rem 0 .3rem}
.figure{border:1px solid var(--line);border-block-start:4px solid var(--ink);padding:.5rem .9rem;margin:.6rem 0}
.figure b{display:block;font-size:1.6rem;line-height:1.35}.muted,li small{color:var(--muted);font-size:.92rem}
ul{padding-inline-start:1.2rem}table{border-collapse:collapse;width:100%}td,th{text-align:start;vertical-align:top;
padding:.25rem .4rem;border-block-end:1px solid var(--line);font-size:.92rem}
.breached{border-inline-start:4px solid var(--warn);padding-inline-start:.6rem}
section+section{border-block-start:3px solid var(--ink);margin-block-start:3rem;padding-block-start:1rem}
a{color:inherit}summary{cursor:pointer}
@media (max-width:40rem){thead{display:none}tr,td{display:block}tr{border-block-end:1px solid var(--line);padding:.4rem 0}
td{border:0;padding:.1rem 0}td[data-of]::before{content:attr(data-of) ": ";color:var(--muted)}}
"""
_TITLE = Text(en="Check of an offer", ar="فحص عرض")
_LINK = Text(en="In English", ar="بالعربية")
_TABLES = Text(en="Each real table, with its source", ar="كل جدول حقيقي مع مصدره")
_DASH = Text(en="–", ar="–")
_COLUMNS = (
    Text(en="Company and year", ar="الشركة والسنة"),
    Text(en="Received nothing", ar="لم يحصلوا على شيء"),
    Text(en="No more than the cost", ar="لم يزد على التكلفة"),
    Text(en="Whom it counts", ar="من يشملهم"),
)


def check_page(check: CompanyCheck, first: Language) -> str:
    """The whole check as a page; the language `first` comes first."""
    order: tuple[Language, Language] = ("ar", "en") if first == "ar" else ("en", "ar")
    body = "".join(_section(check, language) for language in order)
    direction = "rtl" if first == "ar" else "ltr"
    return (
        f'<!doctype html><html lang="{first}" dir="{direction}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{_html(_TITLE, first)}</title><style>{_STYLE}</style></head><body>{body}</body></html>\n"
    )


def _html(text: Text, language: Language) -> str:
    return escape(text.in_language(language))


def _section(check: CompanyCheck, language: Language) -> str:
    def say(text: Text) -> str:
        return _html(text, language)

    def heading(name: str) -> str:
        return f"<h2>{say(HEADINGS[name])}</h2>"

    other: Language = "en" if language == "ar" else "ar"
    figures = [*check.figures, *([] if check.claim is None else [check.claim])]
    parts = [
        f'<p class="muted"><a href="#{other}" lang="{other}">{_html(_LINK, other)}</a></p><h1>{say(_TITLE)}</h1>',
        *(_figure(figure, language) for figure in figures),
    ]
    if check.people_needed is not None:
        parts.append(heading("people") + _list((*check.people_needed.says, *check.people_needed.sums), language))
    parts.append(heading("signs") + _signs(check, language))
    parts.append(heading("job") + f"<p><strong>{say(check.job.says)}</strong></p>")
    parts.append(_pairs(((point.question, point.says) for point in check.job.points), language))
    if check.hides:
        parts.append(heading("hides") + _pairs(((one.text, one.why) for one in check.hides), language))
    parts.append(heading("among") + _comparison(check, language))
    if check.asks or check.questions:
        parts.append(heading("questions") + _list((*check.asks, *(one.text for one in check.questions)), language))
    if check.notes:
        parts.append(heading("notes") + _list(check.notes, language))
    parts.append(f'<p class="muted">{say(check.disclaimer)}</p>')
    direction = "rtl" if language == "ar" else "ltr"
    return f'<section id="{language}" lang="{language}" dir="{direction}">{"".join(parts)}</section>'


def _figure(figure: Figure, language: Language) -> str:
    lines = "".join(f"<br>{_html(text, language)}" for text in figure.sums)
    variants = "".join(f"<br>{_html(one.label, language)}: {_html(one.shown, language)}" for one in figure.variants)
    return (
        f'<div class="figure"><span class="muted">{_html(figure.title, language)}</span>'
        f"<b>{_html(figure.shown, language)}</b>{_list(figure.says, language)}"
        f'<p class="muted">{(lines + variants).removeprefix("<br>")}</p></div>'
    )


def _signs(check: CompanyCheck, language: Language) -> str:
    shown = [group for group in check.groups if group.state in ("breached", "borderline", "met")]
    notes = _list(check.law_notes, language)
    return (
        notes + "".join(_sign(group, language) for group in shown) or f"<p>{_html(HEADINGS['no_signs'], language)}</p>"
    )


def _sign(group: FindingGroup, language: Language) -> str:
    source = _html(source_of(group.lead.rule), language)
    return f'<p class="{group.state}"><strong>{source}</strong><br>{_html(group.lead.sentence, language)}</p>'


def _comparison(check: CompanyCheck, language: Language) -> str:
    found = check.comparison
    says = [one.says for one in found.standings] + ([found.why_none] if found.why_none is not None else [])
    rows = "".join(_real(one, language) for one in found.tables)
    head = "".join(f"<th>{_html(column, language)}</th>" for column in _COLUMNS)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    summary = f"<summary>{_html(_TABLES, language)}</summary>"
    return f"{_list(says, language)}<details>{summary}{table}{_list(found.caveats, language)}</details>"


def _real(one: Compared, language: Language) -> str:
    """A real table as a row, which a narrow page shows as lines."""
    cells = ""
    for span, column in ((one.nothing, _COLUMNS[1]), (one.below_cost, _COLUMNS[2])):
        shown = _DASH if span is None else span.shown
        cells += f'<td data-of="{_html(column, language)}">{_html(shown, language)}</td>'
    link = f'<a href="{escape(one.source, quote=True)}" rel="noopener noreferrer"><bdi>{escape(one.company)}</bdi></a>'
    place = f"<small>{_html(market(one.market), language)}</small>"
    return (
        f"<tr><td>{link} <bdi>{escape(one.year)}</bdi> {place}</td>{cells}<td>{_html(one.people, language)}</td></tr>"
    )


def _list(texts: Iterable[Text], language: Language) -> str:
    rows = "".join(f"<li>{_html(text, language)}</li>" for text in texts)
    return f"<ul>{rows}</ul>" if rows else ""


def _pairs(pairs: Iterable[tuple[Text, Text]], language: Language) -> str:
    rows = "".join(
        f"<li>{_html(one, language)}<br><small>{_html(other, language)}</small></li>" for one, other in pairs
    )
    return f"<ul>{rows}</ul>"
