"""The reading of a plan: plain words in both languages, a worst case that no ledger exceeds, features by name."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from compensation import compute_on, examples, load_plan, parse_plan
from compensation.reading import Reading, read_aloud
from intake.text import Text

FOLDER = Path(__file__).parents[1] / "reference" / "examples"
FILES = examples.find(FOLDER)
HEAD = "id: p\ntitle: {en: Plan, ar: خطة}\ncurrency: USD\nranks: {order: [Silver, Gold]}\ncomponents:\n"
ARABIC = re.compile(r"[\u0621-\u064a]")


def reading(components: str, rest: str = "") -> Reading:
    return read_aloud(parse_plan(HEAD + components + rest))


def ratios(found: Reading) -> dict[str, Fraction]:
    return {ratio.of: Fraction(ratio.share) for ratio in found.ratios}


def codes(found: Reading) -> set[str]:
    return {feature.code for feature in found.features}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_published_example_is_paid_more_than_the_worst_case(file: Path) -> None:
    plan = load_plan(file.with_suffix(".plan.yaml"))
    found = read_aloud(plan)
    computed = compute_on(plan, examples.books(examples.read(file), plan, file))
    evaluation = computed.evaluation
    bounded = {part.id for part in found.parts if plan_promises(plan, part.id)}
    if found.unbounded:
        return  # the reading says that there is no bound, and then there is none to hold
    paid = sum(
        Fraction(row["amount"], 10**evaluation.scale)
        for row in computed.totals.iter_rows(named=True)
        if row["component"] in bounded and row["amount"] > 0
    )
    most = Fraction(0)
    for of, share in ratios(found).items():
        total = sum(value for value in evaluation.measure(of).tolist() if value > 0)
        most += share * Fraction(total, 10 ** evaluation.unit_of(of))
    assert paid <= most


def plan_promises(plan: object, identifier: str) -> bool:
    components = {component.id: component for component in plan.components}  # type: ignore[attr-defined]
    component = components.get(identifier)
    return component is not None and component.in_money and component.promise().of is not None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_word_is_there_in_both_languages(file: Path) -> None:
    found = read_aloud(load_plan(file.with_suffix(".plan.yaml")))
    texts: list[Text] = [*found.frame, *found.unbounded, *(each.text for each in (*found.ratios, *found.features))]
    for part in found.parts:
        texts += [part.words] + ([part.worst_case] if part.worst_case is not None else [])
    for text in texts:
        assert text.en.strip()
        assert not ARABIC.search(text.en), text.en
        assert ARABIC.search(text.ar), text.ar
    assert found.text("en") != found.text("ar")


def test_levels_and_ranks_add_up_to_the_worst_case() -> None:
    found = reading("  - {id: a, family: unilevel, rates_by_rank: {Silver: [10%], Gold: [8%, 7%]}}\n")
    assert ratios(found) == {"amount": Fraction(17, 100)}
    assert "promises-more-than-all" not in codes(found)


def test_more_than_everything_is_said() -> None:
    found = reading("  - {id: a, family: unilevel, rates: [60%, 30%]}\n  - {id: b, family: unilevel, rates: [20%]}\n")
    assert ratios(found) == {"amount": Fraction(11, 10)}
    assert found.ratios[0].above_all
    assert "promises-more-than-all" in codes(found)
    assert "This is more than all of it." in found.text("en")


def test_what_never_pays_on_the_same_order_is_not_added_up() -> None:
    versions = reading(
        "  - {id: old, family: unilevel, rates: [60%], in_force: {until: 2025-06-30}}\n"
        "  - {id: new, family: unilevel, rates: [50%], in_force: {since: 2025-07-01}}\n"
        "  - {id: always, family: unilevel, rates: [10%]}\n"
    )
    assert ratios(versions) == {"amount": Fraction(70, 100)}
    times = reading(
        "  - {id: first, family: unilevel, rates: [40%], orders: {since_joining: {days: 60}}}\n"
        "  - {id: later, family: unilevel, rates: [30%], orders: {after_joining: {days: 60}}}\n"
    )
    assert ratios(times) == {"amount": Fraction(40, 100)}
    overlapping = reading(
        "  - {id: a, family: unilevel, rates: [60%], in_force: {until: 2025-07-01}}\n"
        "  - {id: b, family: unilevel, rates: [50%], in_force: {since: 2025-07-01}}\n"
    )
    assert ratios(overlapping) == {"amount": Fraction(110, 100)}


def test_a_match_is_a_share_of_what_it_matches() -> None:
    found = reading(
        "  - {id: a, family: unilevel, rates: [20%, 10%]}\n  - {id: b, family: matching, of: [a], rates: [50%]}\n"
    )
    assert ratios(found) == {"amount": Fraction(45, 100)}


def test_a_binary_has_no_bound_but_that_of_its_pool() -> None:
    binary = "  - {id: b, family: binary, tree: placement, method: weaker_leg, rate: 10%}\n"
    assert reading(binary).unbounded
    pool = "limits: [{id: pool, components: [b], pool: {share: 17%, of: {measure: volume}}}]\n"
    bounded = reading(binary, pool)
    assert not bounded.unbounded
    assert ratios(bounded) == {"volume": Fraction(17, 100)}


def test_features_that_regulators_look_at_are_named() -> None:
    plan = load_plan(Path(__file__).parents[2] / "datasets" / "beehive" / "plan.yaml")
    assert codes(read_aloud(plan)) >= {"pays-for-joining", "ranks-are-bought", "pay-to-be-paid", "no-customer-gate"}
    honest = reading(
        "  - {id: a, family: unilevel, rates: [10%], orders: {buyer_kinds: [customer], "
        "except_categories: [starter_kit, fee, deposit]}}\n"
    )
    assert codes(honest).isdisjoint(
        {"pays-for-joining", "may-pay-on-kits", "pays-on-own-purchases", "no-customer-gate"}
    )
    gated = reading("  - {id: a, family: unilevel, rates: [10%], eligibility: {requires: {customers: {count: 10}}}}\n")
    assert "no-customer-gate" not in codes(gated)


@pytest.mark.parametrize(
    ("filter_", "en", "ar"),
    [
        ("{since_joining: {days: 60}}", "in the first 60 days from the buyer's joining", "عدد الأيام منذ انضمام المشتري لا يتجاوز 60"),
        ("{after_joining: {periods: 1}}", "after the first 1 period from the buyer's joining", "عدد الفترات منذ انضمام المشتري يتجاوز 1"),
        ("{categories: [kit, tea], which: first}", "category: kit, tea; each buyer's first", "الفئة: kit، tea"),
        ("{except_products: [fee], min_amount: '50'}", "any product but: fee; price of at least 50", "السعر لا يقل عن 50"),
        ("{buyer_kinds: [customer], min_volume: '9'}", "bought by: customer; volume of at least 9", "نوع المشتري: customer"),
        ("{credited_kinds: [affiliate], which: later}", "all but each buyer's first", "ما بعد أول طلب لكل مشترٍ"),
    ],
)  # fmt: skip
def test_the_orders_that_a_component_pays_on_are_told(filter_: str, en: str, ar: str) -> None:
    (part,) = reading(f"  - {{id: a, family: unilevel, rates: [10%], orders: {filter_}}}\n").parts
    assert en in part.words.en
    assert ar in part.words.ar


def test_the_days_on_which_a_component_pays_are_told() -> None:
    old, new, all_ = reading(
        "  - {id: a, family: unilevel, rates: [1%], in_force: {until: 2026-03-15}}\n"
        "  - {id: b, family: unilevel, rates: [1%], in_force: {since: 2026-03-16, until: 2026-12-31}}\n"
        "  - {id: c, family: unilevel, rates: [1%]}\n"
    ).parts
    assert old.words.en.endswith("In force until 2026-03-15.")
    assert "مدة السريان: من 2026-03-16 حتى 2026-12-31." in new.words.ar
    assert "In force" not in all_.words.en
    assert "Only on" not in all_.words.en
