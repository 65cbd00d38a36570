"""The command about rule packs: `packs` lists whose law there is, and shows the rules of one pack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Lang, Language
from cli.output import print_json, print_lines, print_table

if TYPE_CHECKING:
    from compliance.rules import Pack, Rule
    from intake.text import Language as Tongue

Search = Annotated[
    str | None, typer.Argument(help="Part of a name or title, in English or Arabic, such as gb or emirates.")
]
WORDS = {
    "none": {"en": "No rule pack is called that; `downline packs` lists them all.", "ar": "لا توجد حزمة بهذا الاسم."},
    "off": {"en": "switched off: no source was seen", "ar": "معطَّلة: لم يُتحقق من نصها في مصدر"},
    "asks": {"en": "asks a person", "ar": "سؤال للمراجِع"},
}
HEADINGS = {
    "en": ("pack", "title", "rules", "used", "questions"),
    "ar": ("الحزمة", "العنوان", "القواعد", "المستخدمة", "الأسئلة"),
}


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
    app.command()(packs)


def packs(search: Search = None, lang: Lang = Language.EN, json: Json = False) -> None:
    """List the rule packs by title; where one alone fits, its rules."""
    from compliance.rules import all_packs, pack_names
    from compliance.rules.load import load_pack

    found = [load_pack(search)] if search in pack_names() else all_packs(search or "")
    if json:
        print_json([pack.model_dump(mode="json") for pack in found])
        return
    if not found:
        print_lines(WORDS["none"][lang.value])
    elif len(found) == 1:
        print_lines(*_rules(found[0], lang.value))
    else:
        ordered = sorted(found, key=lambda pack: pack.title.in_language(lang.value))
        print_table(HEADINGS[lang.value], [_row(pack, lang.value) for pack in ordered], numbers=(2, 3, 4), lang=lang)


def _row(pack: Pack, lang: Tongue) -> tuple[str, ...]:
    used = [rule for rule in pack.rules if rule.enabled]
    asked = sum(rule.is_question for rule in used)
    return (pack.name, pack.title.in_language(lang), str(len(pack.rules)), str(len(used)), str(asked))


def _rules(pack: Pack, lang: Tongue) -> list[str]:
    lines = [f"{pack.title.in_language(lang)} ({pack.name})", pack.about.in_language(lang), ""]
    for rule in pack.rules:
        lines += [_heading(rule, lang), f"  {rule.statement.in_language(lang)}", f"  {rule.source_url}", ""]
    return lines


def _heading(rule: Rule, lang: Tongue) -> str:
    remarks = [WORDS["asks"][lang]] if rule.is_question else []
    remarks += [] if rule.enabled else [WORDS["off"][lang]]
    where = [rule.instrument.in_language(lang), rule.article.in_language(lang)]
    named = {"en": ", ", "ar": "، "}[lang].join(part for part in where if part != "—")
    return " · ".join(part for part in (rule.id, named, *remarks) if part)
