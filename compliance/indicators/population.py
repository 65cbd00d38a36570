"""How long a stated population would last: what has joined of it, at which pace the rest would be gone, and after how
many levels a regular tree would need more people than there are.

A population is only as good as its source, which is printed with every figure; a pace is that of the last months and no
forecast. Without a stated population nothing here has a value.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking, point, share
from compliance.indicators.saturation import complete_months, enrolments, undated
from compliance.measurement import Interval, Series, decimal_string
from compliance.statistics import Z95
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

MOST_LEVELS = 1_000


def population(records: Records) -> tuple[int, Text] | None:
    """How many people could join at all, and who says so: the analyst, or a fact that the records state."""
    chosen = records.assumptions
    if chosen.population is not None:
        where = chosen.population_source
        return chosen.population, Text(
            en=f"Population: {chosen.population:,}, an assumption"
            + (f" ({where})." if where else " without a source."),
            ar=f"عدد السكان: {phrases.isolate(f'{chosen.population:,}')}، وهو افتراض"
            + (f" ({phrases.isolate(where)})." if where else " بلا مصدر."),
        )
    found = records.all(
        "SELECT value, source_file, source_line FROM facts WHERE fact = 'population' AND participant_id IS NULL"
        " ORDER BY period NULLS FIRST, source_file, source_line"
    )
    for value, file, line in reversed(found):
        if value.isascii() and value.isdigit() and int(value) > 0:
            return int(value), Text(
                en=f"Population: {int(value):,}, as {file} states in line {line}.",
                ar=f"عدد السكان: {phrases.isolate(f'{int(value):,}')}، بحسب الملف {phrases.isolate(file)}، السطر "
                f"{phrases.isolate(line)}.",
            )
    return None


NO_POPULATION = phrases.needs(
    "assumptions",
    "population",
    "Needs a population: how many people could join at all, with the source of the number.",
    "يحتاج إلى عدد السكان: كم شخصًا يمكن أن ينضم أصلًا، مع مصدر الرقم.",
)
NOBODY_JOINS = phrases.needs(
    "participants",
    "joined",
    "Nobody joined in those months: at that pace the population is never reached.",
    "لم ينضم أحد في تلك الأشهر: وبهذه الوتيرة لا يُستنفد عدد السكان أبدًا.",
)


@indicator(
    id="population_share",
    title=Text(en="Ever enrolled, of the population", ar="من انضموا في أي وقت من السكان"),
    definition=Text(
        en="Everyone ever enrolled over a stated population. The population is an assumption or a stated fact, and is "
        "printed with its source.",
        ar="جميع من انضموا في أي وقت إلى عدد سكان مذكور. وعدد السكان افتراض أو واقعة مذكورة، ويُذكر مع مصدره.",
    ),
    formula="N / population",
    source="rule ind.saturation",
    unit="ratio",
    needs=("participants.id",),
    false_positives=Text(
        en="A population that is not the one that is recruited from: another country, an age, those with means.",
        ar="عدد سكان غير الذين يُستقطب منهم: بلد آخر أو عمر معيّن أو أصحاب الدخل فقط.",
    ),
)
def population_share(records: Records) -> Outcome:
    """How much of a stated population has joined, and how that grew."""
    stated = records.once(population)
    if stated is None:
        return Outcome(lacking(NO_POPULATION))
    people, source = stated
    everyone = int(records.row("SELECT count(*) FROM people WHERE is_participant")[0])
    months, joined = records.once(complete_months)
    running = records.once(undated) + np.cumsum(joined, dtype=np.int64)
    return Outcome(
        share(everyone, people),
        numerator_label=phrases.ALL_ENROLLED,
        denominator_label=Text(en="population", ar="عدد السكان"),
        series=(
            Series(
                id="by_month",
                label=Text(en="Enrolled so far, of the population", ar="المنضمون حتى حينه من السكان"),
                axis="period",
                unit="ratio",
                points=tuple(
                    point(month, share(int(count), people)) for month, count in zip(months, running, strict=True)
                ),
            ),
        ),
        evidence=records.once(enrolments),
        notes=(source,),
        period=records.joining_period,
    )


def months_left(records: Records, left: int, span: int) -> Value:
    """How long a rest of the population lasts at the pace of the last `span` complete months, with its interval.

    The pace is taken as a count with the spread that the months show, at least that of pure chance.
    """
    joined = records.once(complete_months)[1][-span:]
    total = sum(joined)
    if len(joined) < span:
        return lacking(
            phrases.needs(
                "participants",
                "joined",
                f"Needs {span} complete months with dates of joining.",
                f"يحتاج إلى أشهر مكتملة عددها {phrases.isolate(span)} فيها تواريخ انضمام.",
            )
        )
    if total == 0:
        return lacking(NOBODY_JOINS)
    mean = Fraction(total, span)
    spread = max(Fraction(1), sum(((count - mean) ** 2 for count in joined), Fraction(0)) / (span - 1) / mean)
    interval = None
    with localcontext() as context:
        context.prec = 40
        margin = Z95 * (Decimal((spread * total).numerator) / Decimal((spread * total).denominator)).sqrt()
        if margin < total:
            low, high = (left * span / (total + sign * margin) for sign in (1, -1))
            interval = Interval(low=decimal_string(low, 6), high=decimal_string(high, 6), method="quasi-poisson")
    return Value(Fraction(left * span, total), left * span, total, interval)


@indicator(
    id="months_to_exhaust",
    title=Text(en="Months until a stated population has joined", ar="الأشهر اللازمة حتى ينضم عدد السكان المذكور كله"),
    definition=Text(
        en="The population that has not joined yet, over the number who joined per month in the last 12 complete months. The "
        "alternatives take the last 3 months, and growth that goes on as in the last 12. A pace, no forecast.",
        ar="من لم ينضم بعد من السكان إلى عدد المنضمين في الشهر خلال آخر 12 شهرًا مكتملًا. وتأخذ التعريفات البديلة آخر 3 "
        "أشهر، ونموًا يستمر كما في آخر 12 شهرًا. وهي وتيرة وليست تنبؤًا.",
    ),
    formula="(population - N) / (joined in T months / T), T = 12, 3; growth: least t with N (1+g)^t >= population",
    source="models 6.1 and 6.5; rule ind.saturation",
    unit="number",
    needs=("participants.joined",),
    false_positives=Text(
        en="A wider population than the records reach; people who leave and come back; a pace that a season made.",
        ar="عدد سكان أوسع مما تبلغه السجلات، ومن يغادر ثم يعود، ووتيرة صنعها موسم.",
    ),
)
def months_to_exhaust(records: Records) -> Outcome:
    """Months that the rest of a population lasts at the pace of the last months, and if growth goes on."""
    stated = records.once(population)
    if stated is None:
        return Outcome(lacking(NO_POPULATION))
    people, source = stated
    everyone = int(records.row("SELECT count(*) FROM people WHERE is_participant")[0])
    left = max(0, people - everyone)
    return Outcome(
        months_left(records, left, 12),
        numerator_label=Text(en="population not enrolled, times 12", ar="من لم ينضم من السكان مضروبًا في 12"),
        denominator_label=Text(en="joined in the last 12 months", ar="انضموا في آخر 12 شهرًا"),
        headline_label=Text(en="at the pace of the last 12 complete months", ar="بوتيرة آخر 12 شهرًا مكتملًا"),
        alternatives=(
            alternative(
                "last_3_months",
                Text(en="at the pace of the last 3 complete months", ar="بوتيرة آخر 3 أشهر مكتملة"),
                months_left(records, left, 3),
            ),
            alternative(
                "growth_goes_on",
                Text(
                    en="if the network grows on at the monthly rate of the last 12 complete months",
                    ar="إذا استمرت الشبكة في النمو بالمعدّل الشهري لآخر 12 شهرًا مكتملًا",
                ),
                _growing(records, everyone, people),
            ),
        ),
        evidence=records.once(enrolments),
        notes=(source,),
        period=records.joining_period,
    )


def _growing(records: Records, everyone: int, people: int) -> Value:
    """Months until growth at the mean rate of the last 12 complete months reaches the population."""
    joined = records.once(complete_months)[1]
    before = everyone - sum(joined[-12:])
    if len(joined) < 12 or before <= 0 or before == everyone:
        return lacking(NOBODY_JOINS if len(joined) >= 12 and before == everyone else _TOO_SHORT)
    if everyone >= people:
        return Value(0)
    with localcontext() as context:
        context.prec = 40
        growth = (Decimal(everyone) / before).ln() / 12
        return Value(((Decimal(people) / everyone).ln() / growth).quantize(Decimal("0.000001")))


_TOO_SHORT = phrases.needs(
    "participants",
    "joined",
    "Needs 12 complete months with dates of joining, and participants from before them.",
    "يحتاج إلى 12 شهرًا مكتملًا فيها تواريخ انضمام، وإلى مشاركين من قبلها.",
)


@indicator(
    id="levels_to_exhaust",
    title=Text(
        en="Level at which the tree would outgrow the population", ar="المستوى الذي تتجاوز عنده الشجرة عدد السكان"
    ),
    definition=Text(
        en="If everybody brought as many people as those who recruit at all bring on average, the level that would need more "
        "people than a stated population holds. Arithmetic about a regular tree; real trees are not regular.",
        ar="لو جلب كل مشارك عددًا يساوي متوسط ما يجلبه من استقطبوا أحدًا، فهو المستوى الذي يحتاج إلى أكثر من عدد السكان "
        "المذكور. وهذا حساب لشجرة منتظمة، والأشجار الحقيقية ليست منتظمة.",
    ),
    formula="least n with b^n > population; b = direct recruits / participants with a direct recruit",
    source="rule ind.saturation; models 6.1",
    unit="count",
    needs=("participants.sponsor_id",),
    false_positives=Text(
        en="People leave, and most recruit nobody: no real tree grows like this for long.",
        ar="يغادر الناس، ومعظمهم لا يستقطب أحدًا: فلا تنمو شجرة حقيقية هكذا طويلًا.",
    ),
)
def levels_to_exhaust(records: Records) -> Outcome:
    """The level at which a regular tree of the width that recruiters show exceeds the population."""
    stated = records.once(population)
    if stated is None:
        return Outcome(lacking(NO_POPULATION))
    people, source = stated
    recruits, recruiters = (
        int(count)
        for count in records.row(
            "SELECT coalesce(sum(recruits), 0), count(*) FROM people WHERE is_participant AND recruits > 0"
        )
    )
    if not recruiters or recruits == recruiters:
        return Outcome(
            lacking(
                phrases.needs(
                    "participants",
                    "sponsor_id",
                    "Those who recruit bring one person each: such a tree does not widen.",
                    "من يستقطب يجلب شخصًا واحدًا: وشجرة كهذه لا تتسع.",
                )
            )
        )
    level, size, width = 0, Fraction(1), Fraction(recruits, recruiters)
    while size <= people and level < MOST_LEVELS:
        level, size = level + 1, (size * width).limit_denominator(10**12)
    return Outcome(
        Value(level),
        evidence=records.evidence(
            "SELECT id, recruits, depth FROM people WHERE is_participant AND recruits > 0 ORDER BY recruits DESC, id",
            count=recruiters,
        ),
        notes=(
            source,
            Text(
                en=f"Direct recruits per participant who recruits: {decimal_string(width, 2)}.",
                ar=f"المشاركون المباشرون لكل من استقطب أحدًا: {phrases.isolate(decimal_string(width, 2))}.",
            ),
        ),
        bound="lower" if level == MOST_LEVELS else "exact",
        period=records.joining_period,
    )
