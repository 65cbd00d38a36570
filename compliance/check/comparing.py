"""The checked table among real ones: shares of like people only, and never money across currencies.

Two tables are alike where they count the same kind of people over the same time before expenses. A share that a table
leaves open is a range, so an order between two tables is stated only where their ranges do not meet; what they leave
undecided is counted as such, and the percentile is a range as well.

Reference: the rules of comparability of the literature: who is counted, gross or net, resale profit unseen by the
company, surveys and claims apart.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.check.amounts import formula, share
from compliance.check.answering import total_cost
from compliance.check.income import Everybody, IncomePeriod, Population, everybody
from compliance.check.model import CheckInputs, Compared, Comparison, Span, Standing
from compliance.check.real_tables import RealTable, real_tables
from compliance.measurement import decimal_string
from compliance.sentences import fill
from intake.text import Text

YEAR = 12
Range = tuple[Fraction, Fraction]

CAVEATS = (
    Text(
        en="Tables count different people: everyone who joined, the active, the paid or the ranked. Only tables that "
        "count the same are ranked here.",
        ar="تختلف الجداول فيمن تشملهم: جميع من انضموا، أو النشطون، أو من صُرفت لهم عمولات، أو أصحاب الرتب. ولا يُرتَّب هنا "
        "إلا ما يشمل الفئة نفسها.",
    ),
    Text(
        en="Incomes in them are before expenses and purchases.",
        ar="المداخيل فيها قبل خصم المصروفات والمشتريات.",
    ),
    Text(
        en="Profit from reselling is rarely known to the company: “nothing” means no payment from the company.",
        ar="قلّما تعرف الشركة ربح إعادة البيع، فعبارة «لا شيء» تعني أن الشركة لم تصرف شيئًا.",
    ),
    Text(
        en="They are of other years and mostly of the United States, and some were copied in part by third parties. They "
        "are no sample of all companies.",
        ar="هي لسنوات أخرى ومعظمها في الولايات المتحدة، وبعضها نقلته صفحات أخرى جزئيًا. وليست عينة من جميع الشركات.",
    ),
)
_TITLES = {
    "nothing": Text(en="Share who received nothing", ar="نسبة من لم يحصلوا على شيء"),
    "below_cost": Text(en="Share who received no more than the cost", ar="نسبة من لم يزد دخلهم على التكلفة"),
}
_NO_TABLE = Text(
    en="There is no table to rank. The published tables of other companies stand below.",
    ar="لا يوجد جدول لترتيبه. وترد أدناه جداول منشورة لشركات أخرى.",
)
_NOT_SAID = Text(
    en="The table does not say whom it counts, so it is not ranked: a table of the active always looks better than one of "
    "everyone.",
    ar="لا يذكر الجدول من يشملهم، فلا يُرتَّب: جدول النشطين يبدو دائمًا أفضل من جدول الجميع.",
)
_NET = Text(
    en="The table deducts expenses and the others do not, so it is not ranked.",
    ar="يخصم الجدول المصروفات ولا تخصمها الجداول الأخرى، فلا يُرتَّب.",
)
_AT_ZERO = Text(
    en="{says} People whom the table leaves out are counted as having received nothing.",
    ar="{says} ومن لا يشملهم الجدول محسوبون على أنهم لم يحصلوا على شيء.",
)
_NONE_LIKE = Text(
    en="No table of the collection counts the same people over the same time.",
    ar="لا يوجد في المجموعة جدول يشمل الفئة نفسها والمدة نفسها.",
)
_FROM_TO = Text(en="from {low} to {high}", ar="من {low} إلى {high}")
_SAYS = Text(
    en="{title}: {mine}. Like tables: {among}; lower in {lower}, higher in {higher}, not decided in {undecided}.",
    ar="{title}: {mine}. الجداول المشابهة: {among}؛ الأقل منها: {lower}، والأعلى: {higher}، وما لم يُحسم: {undecided}.",
)
_PERCENTILE = Text(en="{says} Percentile: {percentile}.", ar="{says} المئين: {percentile}.")
FEWEST = 3
"""Among fewer tables than this, and where no order is decided, a percentile says nothing."""


def compare(inputs: CheckInputs) -> Comparison:
    """The checked table among all real ones; the real ones alone where there is none."""
    mine = _mine(inputs)
    alike = _alike(inputs)
    tables = [_compared(inputs, real, like=(real.population, real.period) in alike) for real in real_tables()]
    standings = tuple(
        standing
        for population, people in mine.items()
        for standing in _standings(inputs, population, people, [one for one in tables if one.population == population])
    )
    if inputs.covers is not None and inputs.covers < 1:
        standings = tuple(
            one.model_copy(update={"says": fill(_AT_ZERO, says=one.says)}) if one.population == "everyone" else one
            for one in standings
        )
    return Comparison(
        standings=standings,
        why_none=None if standings else _why_none(inputs, mine),
        tables=tuple(sorted(tables, key=lambda one: (not one.like, one.nothing is None))),
        caveats=CAVEATS,
    )


def _mine(inputs: CheckInputs) -> dict[Population, Everybody]:
    """The checked people by whom they are: as the table counts, and everyone where it says how many it leaves out."""
    table = inputs.income
    if table is None or table.net is True:
        return {}
    found: dict[Population, Everybody] = {}
    if inputs.covers is not None:
        found["everyone"] = everybody(table, covered=inputs.covers, months=inputs.months)
    if table.population is not None:
        found.setdefault(table.population, everybody(table, months=inputs.months))
    return found


def _alike(inputs: CheckInputs) -> set[tuple[Population | None, str]]:
    period: IncomePeriod = "year" if inputs.income is None else inputs.income.period
    return {(population, period) for population in _mine(inputs)}


def _why_none(inputs: CheckInputs, mine: dict[Population, Everybody]) -> Text:
    if inputs.income is None:
        return _NO_TABLE
    if inputs.income.net is True:
        return _NET
    return _NONE_LIKE if mine else _NOT_SAID


def _compared(inputs: CheckInputs, real: RealTable, *, like: bool) -> Compared:
    table = real.table()
    nothing = below = None
    if table is not None:
        people = everybody(table)
        nothing = _told(_nothing(people))
        same_money = (real.currency, inputs.months) == (inputs.currency, YEAR) and real.period == "year"
        if same_money and total_cost(inputs):
            below = _told(_below(people, total_cost(inputs) * 10**table.scale))
    return Compared(
        id=real.id,
        company=real.company,
        year=real.year,
        market=real.market,
        currency=real.currency,
        population=real.population,
        people=real.note,
        source=real.source,
        like=like,
        nothing=nothing,
        below_cost=below,
    )


def _nothing(people: Everybody) -> Range:
    return people.at_zero(), 1 - people.above(Fraction(0))[0]


def _below(people: Everybody, cost: Fraction) -> Range:
    above = people.above(cost)
    return 1 - above[1], 1 - above[0]


TELLS = Fraction(1, 2)
"""A share that may lie anywhere in more than half of the scale is as good as not told."""


def _told(ends: Range) -> Span | None:
    """A share as a span; None where the table tells too little."""
    low, high = ends
    if high - low > TELLS:
        return None
    if low == high:
        shown = share(low)
    elif high == 1:
        shown = fill(Text(en="at least {low}", ar="{low} على الأقل"), low=share(low))
    elif low == 0:
        shown = fill(Text(en="at most {high}", ar="{high} على الأكثر"), high=share(high))
    else:
        shown = fill(_FROM_TO, low=share(low), high=share(high))
    return Span(low=decimal_string(low), high=decimal_string(high), shown=shown)


def _standings(
    inputs: CheckInputs, population: Population, people: Everybody, tables: list[Compared]
) -> list[Standing]:
    """Where the checked people stand by each share that both sides tell."""
    cost = total_cost(inputs) * 10**inputs.scale
    found = []
    for name, ends in (("nothing", _nothing(people)), ("below_cost", _below(people, cost))):
        mine = _told(ends)
        others = [getattr(one, name) for one in tables if one.like and getattr(one, name) is not None]
        if mine is not None and others and (cost or name == "nothing"):
            found.append(_standing(name, population, mine, others))
    return found


def _standing(name: str, population: Population, mine: Span, others: list[Span]) -> Standing:
    low, high = Fraction(mine.low), Fraction(mine.high)
    lower = sum(Fraction(one.high) < low for one in others)
    higher = sum(Fraction(one.low) > high for one in others)
    among = len(others)
    percentile = (100 * lower // among, -(-100 * (among - higher) // among))
    title = _TITLES[name]
    says = fill(
        _SAYS,
        title=title,
        mine=mine.shown,
        among=formula(str(among)),
        lower=formula(str(lower)),
        higher=formula(str(higher)),
        undecided=formula(str(among - lower - higher)),
    )
    if among >= FEWEST and lower + higher:
        first, last = (formula(str(end)) for end in percentile)
        shown = first if percentile[0] == percentile[1] else fill(_FROM_TO, low=first, high=last)
        says = fill(_PERCENTILE, says=says, percentile=shown)
    return Standing.model_validate(
        {
            "id": name,
            "title": title,
            "population": population,
            "mine": mine,
            "among": among,
            "lower": lower,
            "higher": higher,
            "undecided": among - lower - higher,
            "percentile": percentile,
            "says": says,
        }
    )
