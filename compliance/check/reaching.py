"""How many recruits would cover the cost, and who reached the income that somebody named."""

from __future__ import annotations

from fractions import Fraction

from compliance.check.amounts import digits, formula
from compliance.check.answering import assumptions, chance_shown, chance_sums, in_money, people, total_cost
from compliance.check.model import CheckInputs, Figure, PeopleNeeded
from compliance.measurement import decimal_string
from compliance.sentences import fill
from intake.text import Text


def people_needed(inputs: CheckInputs, bonus: int | None) -> PeopleNeeded | None:
    """How many recruits cover the cost at a bonus in minor units; None where there is no bonus or no cost."""
    total, scale = total_cost(inputs), inputs.scale
    if not bonus or not total:
        return None
    each = Fraction(bonus, 10**scale)
    exact = total / each
    needed = -(-exact.numerator // exact.denominator)
    levels = (needed, needed**2, needed**3)
    whole, point, rest = decimal_string(exact, 2).partition(".")
    quotient = f"{int(whole):,}{point}{rest}"
    sums = [formula(f"{digits(total, scale)} ÷ {digits(each, scale)} = {quotient}")]
    if exact != needed:
        sums = [
            fill(
                Text(en="{sum}, so {n} people", ar="{sum}، أي أن المطلوب: {n}"),
                sum=formula(f"{digits(total, scale)} ÷ {digits(each, scale)} ≈ {quotient}"),
                n=formula(f"{needed:,}"),
            )
        ]
    sums.append(formula(f"{needed:,} × {needed:,} × {needed:,} = {levels[2]:,}"))
    return PeopleNeeded(
        bonus=decimal_string(each),
        needed=needed,
        levels=levels,
        sums=tuple(sums),
        says=(
            fill(
                Text(
                    en="New members needed to cover {cost} at {bonus} each: {n}.",
                    ar="عدد المنضمين الجدد اللازم لتغطية {cost} بمكافأة {bonus} عن كل منضم: {n}.",
                ),
                cost=in_money(inputs, total),
                bonus=in_money(inputs, each),
                n=formula(f"{needed:,}"),
            ),
            fill(
                Text(
                    en="If each of them did the same, the third level would need: {n}.",
                    ar="ولو فعل كل منهم مثل ذلك لاحتاج المستوى الثالث إلى عدد من الأشخاص يبلغ: {n}.",
                ),
                n=formula(f"{levels[2]:,}"),
            ),
            *_too_many(levels[2]),
        ),
    )


WORLD, MARKET = 8_200_000_000, 100_000
"""People on Earth in 2024, by the United Nations' estimate; and how many a market rarely holds."""


def _too_many(people: int) -> list[Text]:
    """What a number of people on the third level means."""
    if people > WORLD:
        return [Text(en="More people than live on Earth.", ar="وهذا أكثر من سكان الأرض.")]
    return [Text(en="A market rarely holds that many.", ar="لا يتسع السوق لذلك عادةً.")] if people > MARKET else []


def claim(inputs: CheckInputs) -> Figure | None:
    """Who reached the income that was named, by the company's own table; None without a claim or a table."""
    groups = people(inputs)
    if groups is None or inputs.claimed is None:
        return None
    bar = Fraction(inputs.claimed * inputs.months)
    low, high = groups[0].above(bar - Fraction(1, 2))  # whoever received exactly the sum reached it
    named = in_money(inputs, Fraction(inputs.claimed, 10**inputs.scale))
    says = (
        fill(
            Text(
                en="Somebody named {sum} a month. By the table, this share of participants received as much over the "
                "whole time.",
                ar="ذُكر مبلغ {sum} في الشهر. وهذه نسبة من حصلوا على مثله طوال المدة بحسب الجدول.",
            ),
            sum=named,
        ),
        *assumptions(inputs),
    )
    return Figure(
        id="claim",
        title=Text(en="Who reached the income that was named", ar="من بلغوا الدخل المذكور"),
        unit="ratio",
        low=decimal_string(low),
        high=decimal_string(high),
        shown=chance_shown(low, high),
        sums=(
            formula(
                f"{inputs.months} × {digits(Fraction(inputs.claimed, 10**inputs.scale), inputs.scale)}"
                f" = {digits(bar / 10**inputs.scale, inputs.scale)}"
            ),
            *chance_sums(groups[0], bar - Fraction(1, 2)),
        ),
        says=says,
        basis="exact" if low == high else "range",
    )
