"""Commands that ask what would be: `what-if` on a case's records, `game` on a plan alone."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import CaseFolder, Json, Lang, Language
from cli.output import print_json, print_lines, print_table, progress_bar
from cli.records import last_analysis

if TYPE_CHECKING:
    from compensation.gaming import Gaming, Tested
    from compensation.what_if import Change, WhatIf

SHOWN = 5
"""Tries of a test that `game` prints, the most profitable first."""


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command(name="what-if")(what_if)
    app.command()(game)


def what_if(
    case: CaseFolder,
    other_plan: Annotated[Path | None, typer.Option("--other-plan", help="Pay by this plan (YAML) instead.")] = None,
    retail_only: Annotated[bool, typer.Option("--retail-only", help="Count orders of outside customers only.")] = False,
    without_fees: Annotated[
        bool, typer.Option("--without-fees", help="Leave out kits, fees, training, sales tools and deposits.")
    ] = False,
    without_category: Annotated[
        list[str] | None, typer.Option("--without-category", help="Leave out orders of this category; repeatable.")
    ] = None,
    customer_limit: Annotated[
        str | None,
        typer.Option("--customer-limit", help="Own orders count only as far as customers make up this share (50%)."),
    ] = None,
    customer_gate: Annotated[
        str | None,
        typer.Option("--customer-gate", help="Pay only whose group's purchases are customers' to this share (50%)."),
    ] = None,
    recruiting_stops: Annotated[
        str | None, typer.Option("--recruiting-stops", help="Nobody joins after this day (YYYY-MM-DD).")
    ] = None,
    without_component: Annotated[
        list[str] | None, typer.Option("--without-component", help="The plan without this component; repeatable.")
    ] = None,
    without_top: Annotated[
        int | None, typer.Option("--without-top", min=1, help="Take out so many who were paid most.")
    ] = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """The same records under other terms: who would be paid what, by component and by tenth of participants."""
    from cli.errors import NoPlan, WrongOption
    from compensation import load_plan
    from compensation import what_if as asked
    from intake.text import say

    changes: list[Change] = []
    if other_plan is not None:
        changes.append(asked.OtherPlan(plan=load_plan(other_plan)))
    if retail_only:
        changes.append(asked.RetailOnly())
    if without_fees:
        changes.append(asked.WithoutCategories())
    if without_category:
        changes.append(asked.WithoutCategories(categories=tuple(without_category)))
    if customer_limit is not None:
        changes.append(asked.CustomerLimit(share=_share(customer_limit, "--customer-limit")))
    if customer_gate is not None:
        changes.append(asked.CustomerGate(share=_share(customer_gate, "--customer-gate")))
    if recruiting_stops is not None:
        changes.append(asked.RecruitingStops(last_day=_day(recruiting_stops)))
    if without_component:
        changes.append(asked.WithoutComponents(components=tuple(without_component)))
    if without_top is not None:
        changes.append(asked.WithoutTop(count=without_top))
    if not changes:
        options = (
            "--other-plan, --retail-only, --without-fees, --without-category, --customer-limit, --customer-gate, "
            "--recruiting-stops, --without-component, --without-top"
        )
        raise WrongOption(
            say("say what is to be changed: {options}", "يُرجى ذكر ما يُراد تغييره: {options}", options=options)
        )
    with progress_bar(quiet=json) as progress:
        before = last_analysis(case).recompute(progress=progress)
        if before is None:
            raise NoPlan(case)
        found = asked.what_if(before.plan, before.evaluation.books, *changes, before=before, progress=progress)
    if json:
        print_json(_as_json(found))
    else:
        _show(found, lang)


def _share(text: str, option: str) -> Any:
    from cli.errors import WrongOption
    from compensation.quantities import parse_share
    from intake.mistakes import Mistaken
    from intake.text import Text, say

    try:
        share = parse_share(text)
    except Mistaken as error:
        problem = say(
            "{text!r} is not a share; write 50%, 0.5 or 1/2",
            "{text!r} ليست نسبة. تُكتب ⁦50%⁩ أو ⁦0.5⁩ أو ⁦1/2⁩",
            text=text,
        )
        raise WrongOption(problem, option) from error
    if not share:
        nothing = Text(
            en="a share of 0 asks for nothing; write for example 50%", ar="النسبة 0 لا تغيّر شيئًا. تُكتب مثلًا ⁦50%⁩"
        )
        raise WrongOption(nothing, option)
    return share


def _day(text: str) -> date:
    from cli.errors import WrongOption

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise WrongOption.no_day(text, "--recruiting-stops") from None


def _as_json(found: WhatIf) -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "changes": [change.model_dump(mode="json") for change in found.changes],
        "currency": found.currency,
        "scale": found.scale,
        "totals": asdict(found.totals) | {"difference": found.totals.difference},
        "by_component": found.by_component.to_dicts(),
        "by_decile": found.by_decile.to_dicts(),
        "summary": found.summary.model_dump(mode="json"),
    }


def _show(found: WhatIf, lang: Language) -> None:
    from compensation.what_if.words import money

    def amounts(row: dict[str, Any], currency: str) -> list[str]:
        scale = found.scale if currency == found.currency else found.before.evaluation.scale_of(currency)
        return [money(row[name], scale, currency) for name in ("before", "after", "difference")]

    print_lines(found.summary.in_language(lang.value), "")
    print_table(
        _words(lang, "component", *_COMPARED),
        [(row["component"], *amounts(row, row["currency"])) for row in found.by_component.iter_rows(named=True)],
        numbers=(1, 2, 3),
        lang=lang,
    )
    print_lines("")
    print_table(
        _words(lang, "tenth", "people", *_COMPARED, "more", "less", "same", "tied"),
        [
            (
                row["decile"],
                f"{row['participants']:,}",
                *amounts(row, found.currency),
                *(f"{row[name]:,}" for name in ("gain", "lose", "unchanged", "tied")),
            )
            for row in found.by_decile.iter_rows(named=True)
        ],
        numbers=tuple(range(9)),
        lang=lang,
    )


def game(
    file: Annotated[Path, typer.Argument(help="A compensation plan (YAML or JSON).", metavar="PLAN")],
    joining: Annotated[
        str, typer.Option("--joining", help="What a new position costs, beside what the plan asks.")
    ] = "0",
    order: Annotated[str, typer.Option("--order", help="Price of an order, unless the plan asks for more.")] = "100",
    points: Annotated[str, typer.Option("--points", help="Points of an order for each unit of its price.")] = "1",
    price: Annotated[
        list[str] | None, typer.Option("--price", help="Price of a product or bought rank, NAME=AMOUNT; repeatable.")
    ] = None,
    positions: Annotated[int, typer.Option("--positions", min=2, max=64, help="Most false positions tried.")] = 8,
    growth: Annotated[str, typer.Option("--growth", help="New participants per period, as a share.")] = "20%",
    start: Annotated[int, typer.Option("--start", min=1, max=1000, help="Participants in the first period.")] = 50,
    periods: Annotated[int, typer.Option("--periods", min=1, max=60, help="Periods of growth.")] = 12,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=50, help="How often growth is drawn.")] = 5,
    every: Annotated[bool, typer.Option("--all", help="Print everything that was tried, not the best of it.")] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """What a plan pays to those who work it rather than sell: false positions, own purchases, recruits, returns."""
    from pydantic import ValidationError

    from cli.errors import WrongOption
    from compensation import load_plan
    from compensation.gaming import Terms, play
    from intake.mistakes import mistake_of
    from intake.text import say

    plan = load_plan(file)
    given = [each.rpartition("=") for each in price or []]
    for name, _, amount in given:
        if not name or not amount:
            example = "'Level 2=150'"
            raise WrongOption(
                say("write NAME=AMOUNT, such as {it}", "تُكتب ⁨NAME=AMOUNT⁩ مثل {it}", it=example), "--price"
            )
    try:
        terms = Terms.model_validate(
            {
                "joining": joining,
                "order": order,
                "points_per_unit": points,
                "prices": {name: amount for name, _, amount in given},
                "most_positions": positions,
                "growth": growth,
                "start": start,
                "periods": periods,
                "seeds": seeds,
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = _OPTIONS.get(str(first["loc"][0]), str(first["loc"][0]))
        hint = getattr(first.get("ctx", {}).get("error"), "nearest", None)
        problem = say("{it!r}: {why}", "{it!r}: {why}", it=first["input"], why=mistake_of(first))
        if hint is not None:
            problem = say("{problem}; {hint}", "{problem}؛ {hint}", problem=problem, hint=hint)
        raise WrongOption(problem, f"--{name}") from error
    with progress_bar(quiet=json) as progress:
        found = play(plan, terms, progress=progress)
    if json:
        print_json(found)
    else:
        _show_game(found, lang, every=every)


_COMPARED = ("before", "after", "difference")
_OPTIONS = {"points_per_unit": "points", "prices": "price"}
_WORDS = {
    "tried": ("tried", "ما جُرّب"),
    "cost": ("cost", "التكلفة"),
    "paid": ("paid", "المدفوع"),
    "profit": ("profit", "الفرق"),
    "before": ("before", "قبل التغيير"),
    "after": ("after", "بعده"),
    "difference": ("difference", "الفرق"),
    "more": ("more", "يزيد"),
    "less": ("less", "ينقص"),
    "same": ("same", "لا يتغير"),
    "tied": ("tied", "متساوون"),
    "component": ("component", "المكوّن"),
    "tenth": ("tenth", "العُشر"),
    "people": ("people", "المشاركون"),
    "assumed": ("Taken for granted:", "افتراضات:"),
    "why": ("Why:", "السبب:"),
}
"""Headings in English and Arabic; plain, so that `--help` does not wait for anything."""


def _words(lang: Language, *names: str) -> tuple[str, ...]:
    return tuple(_WORDS[name][lang is Language.AR] for name in names)


def _show_game(found: Gaming, lang: Language, *, every: bool) -> None:
    print_lines(found.title.in_language(lang.value), "", *_words(lang, "assumed"))
    print_lines(*(f"- {text.in_language(lang.value)}" for text in found.assumptions))
    for test in found.tests:
        print_lines("", test.title.in_language(lang.value).upper())
        print_lines(test.found.in_language(lang.value))
        if test.because is not None:
            print_lines(f"{_words(lang, 'why')[0]} {test.because.in_language(lang.value)}")
        if test.not_run is None:
            print_lines(test.asked.in_language(lang.value))
        _show_tries(found, test, lang, every=every)


def _show_tries(found: Gaming, test: Tested, lang: Language, *, every: bool) -> None:
    from compensation.what_if.words import money

    tries = test.tries if every else sorted(test.tries, key=lambda each: -each.profit)[:SHOWN]
    if not tries:
        return
    print_table(
        _words(lang, "tried", "cost", "paid", "profit"),
        [
            (
                each.what.in_language(lang.value),
                *(money(minor, found.scale, found.currency) for minor in (each.cost, each.pay, each.profit)),
            )
            for each in tries
        ],
        numbers=(1, 2, 3),
        lang=lang,
    )
