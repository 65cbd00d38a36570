"""Why a payout is what it is: the arithmetic behind any line, person or order, as a tree of steps.

Explanations are made when somebody asks and from the computation itself: a component tells the walk of one order
(`Component.trace`) with the amounts that it really awarded. `explain` puts this together from three sides: one
payout line, one participant in a period, or one order ("where did this order's money go").
"""

from __future__ import annotations

import numpy as np
import polars as pl

from compensation.awards import BREAKAGE, Awards
from compensation.computed import Computed
from compensation.errors import NothingToExplain
from compensation.quantities import minor_text
from compensation.steps import Step
from compensation.wording import arithmetic
from intake.frozen import Frozen
from intake.text import Language, Text, say, verbatim

MOST_LINES = 200
"""Lines listed one by one for a participant; the rest is summed in one step."""

STATUS: dict[str, Text] = {
    "paid": Text(en="paid", ar="مدفوعة"),
    "held": Text(en="held back", ar="محتجزة"),
    "released": Text(en="held back, then released", ar="احتُجزت ثم صُرفت"),
    "breakage": Text(en="earned by nobody", ar="لا يستحقها أحد"),
}


class Explanation(Frozen):
    """The answer to "why this amount?"."""

    subject: str
    """`line 12`, `participant A 2025-03`, or `order 77`."""
    root: Step

    def text(self, language: Language = "en") -> str:
        """The whole explanation as indented lines."""
        return self.root.text(language)


def explain(
    computed: Computed,
    *,
    line: int | None = None,
    participant: str | None = None,
    period: str | None = None,
    order: str | None = None,
) -> Explanation:
    """Explain one payout line, one participant (in a period, or over all), or one order.

    Raises:
        NothingToExplain: there is no such line, participant, period or order.
        ValueError: none or several of `line`, `participant`, `order` are given.
    """
    if sum(given is not None for given in (line, participant, order)) != 1:
        raise ValueError("say one of: line, participant (with or without period), order")
    if line is not None:
        return Explanation(subject=f"line {line}", root=_line(computed, line))
    if participant is not None:
        subject = f"participant {participant}" + (f" {period}" if period else "")
        return Explanation(subject=subject, root=_participant(computed, participant, period))
    assert order is not None
    return Explanation(subject=f"order {order}", root=_order(computed, order))


def _line(computed: Computed, number: int) -> Step:
    awards, index, frame = computed.line(number)
    row = frame.row(0, named=True)
    order = int(awards.order[index])
    component = computed.plan.component(awards.component)
    scale = computed.scale_of(awards.component)
    who = row["participant_id"] or "-"
    status = STATUS[row["status"]]
    level = Text(en=f"level {row['level']}, ", ar=f"المستوى {row['level']}، ") if row["level"] else Text(en="", ar="")
    label = Text(
        en=f"Line {number}: {who}, {awards.component}, {level.en}{status.en}",
        ar=f"البند {number}: {who}، {awards.component}، {level.ar}{status.ar}",
    )
    told = component.trace(computed.evaluation, awards, order) if order >= 0 else []
    children = (_order_step(computed, order), *told) if order >= 0 else _period_steps(row)
    if told:
        limits = arithmetic.of_limits(computed.evaluation, awards, index, scale, row["currency"])
    else:
        limits = component.account(computed.evaluation, awards, index)
    children = (*children, *limits)
    return Step(label=label, value=f"{minor_text(row['amount'], scale)} {row['currency']}", children=children)


def _period_steps(row: dict[str, object]) -> tuple[Step, ...]:
    """What an award that comes from no single order belongs to."""
    steps = [Step(label=Text(en="commission period", ar="فترة الاحتساب"), value=str(row["period"]))]
    if row["source_participant_id"] is not None:
        source = Text(en="comes from", ar="مصدرها")
        steps.append(Step(label=source, value=str(row["source_participant_id"])))
    return tuple(steps)


def _order_step(computed: Computed, order: int) -> Step:
    evaluation = computed.evaluation
    row = evaluation.orders.row(order, named=True)
    scale = evaluation.scale
    parts: list[Step] = []
    if row["date"] is not None:
        parts.append(Step(label=Text(en="date (UTC)", ar="التاريخ (UTC)"), value=f"{row['date']:%Y-%m-%d %H:%M:%S}"))
    parts.append(Step(label=Text(en="commission period", ar="فترة الاحتساب"), value=str(row["period"])))
    buyer, seller = row["buyer_id"], row["seller_id"]
    if buyer is not None:
        parts.append(Step(label=Text(en="buyer", ar="المشتري"), value=buyer))
    if seller is not None:
        parts.append(Step(label=Text(en="seller", ar="البائع"), value=seller))
    if row["product"] is not None:
        parts.append(Step(label=Text(en="product", ar="المنتج"), value=row["product"]))
    if row["volume"] is not None:
        parts.append(
            Step(
                label=Text(en="volume (points)", ar="الحجم بالنقاط"),
                value=minor_text(row["volume"], evaluation.volume_decimals),
            )
        )
    amount = f"{minor_text(row['amount'] or 0, scale)} {computed.plan.currency}"
    return Step(label=Text(en=f"order {row['id']}", ar=f"الطلب {row['id']}"), value=amount, children=tuple(parts))


def _participant(computed: Computed, identifier: str, period: str | None) -> Step:
    evaluation = computed.evaluation
    row = int(evaluation.network.rows_of(pl.Series([identifier], dtype=pl.String))[0])
    if row < 0:
        raise NothingToExplain(
            say(
                "no participant {identifier!r} in these records",
                "لا مشارك بالمعرّف {identifier!r} في هذه السجلات",
                identifier=identifier,
            )
        )
    if period is not None and period not in evaluation.periods:
        have = verbatim(", ".join(evaluation.periods[:12])) if evaluation.periods else Text(en="none", ar="لا شيء")
        raise NothingToExplain(
            say(
                "no order falls into period {period!r}; there are: {have}",
                "لا طلب في الفترة {period!r}. الفترات: {have}",
                period=period,
                have=have,
            )
        )
    children = []
    totals: dict[str, int] = {}
    scales: dict[str, int] = {}
    for awards, first in computed.numbered():
        hit = np.flatnonzero(awards.participant == row)
        if period is not None:
            hit = hit[awards.periods(evaluation.period)[hit] == evaluation.periods.index(period)]
        if not len(hit):
            continue
        scale, currency = computed.scale_of(awards.component), computed.currency_of(awards.component)
        received = hit[awards.counted()[hit]]
        amount = int(awards.amount[received].sum())
        totals[currency] = totals.get(currency, 0) + amount
        scales[currency] = scale
        lines = [_short(computed, awards, int(index), first, scale, currency) for index in hit[:MOST_LINES]]
        if len(hit) > MOST_LINES:
            rest = hit[MOST_LINES:]
            label = Text(en=f"and {len(rest)} more lines", ar=f"وبنود أخرى عددها {len(rest)}")
            lines.append(Step(label=label, value=f"{minor_text(int(awards.amount[rest].sum()), scale)} {currency}"))
        component = computed.plan.component(awards.component)
        title = component.title or Text(en=component.id, ar=component.id)
        children.append(Step(label=title, value=f"{minor_text(amount, scale)} {currency}", children=tuple(lines)))
    value = " + ".join(f"{minor_text(amount, scales[name])} {name}" for name, amount in totals.items())
    scope = (f"in {period}", f"في {period}") if period else ("over all periods", "في كل الفترات")
    label = Text(en=f"{identifier} received {scope[0]}", ar=f"ما استحقه {identifier} {scope[1]}")
    nothing = f"{minor_text(0, evaluation.scale)} {computed.plan.currency}"
    return Step(label=label, value=value or nothing, children=tuple(children))


def _short(computed: Computed, awards: Awards, index: int, first: int, scale: int, currency: str) -> Step:
    evaluation = computed.evaluation
    order = int(awards.order[index])
    row = int(awards.source[index]) if awards.source is not None else int(evaluation.credited[order])
    source = evaluation.id_of(row)
    where = Text(en=f"from {source}", ar=f"من {source}")
    if order >= 0:
        number = evaluation.orders["id"][order]
        where = Text(en=f"order {number} of {source}", ar=f"الطلب {number}، صاحبه {source}")
    elif row < 0:
        where = Text(en="for the period", ar="عن الفترة")
    level = int(awards.level[index])
    step = Text(en=f", level {level}", ar=f"، المستوى {level}") if level else Text(en="", ar="")
    status = list(STATUS.values())[int(awards.status[index])]
    extra = "" if status is STATUS["paid"] else f", {status.en}"
    extra_ar = "" if status is STATUS["paid"] else f"، {status.ar}"
    label = Text(
        en=f"line {first + index}: {where.en}{step.en}{extra}",
        ar=f"البند {first + index}: {where.ar}{step.ar}{extra_ar}",
    )
    return Step(label=label, value=f"{minor_text(int(awards.amount[index]), scale)} {currency}")


def _order(computed: Computed, identifier: str) -> Step:
    evaluation = computed.evaluation
    hits = np.flatnonzero((evaluation.orders["id"] == identifier).fill_null(value=False).to_numpy())
    if not len(hits):
        raise NothingToExplain(
            say(
                "no order {identifier!r} among the {count:,} that the plan pays on",
                "لا طلب بالمعرّف {identifier!r} بين الطلبات التي تدفع عليها الخطة، وعددها {count:,}",
                identifier=identifier,
                count=len(evaluation.orders),
            )
        )
    steps: list[Step] = []
    for order in hits:
        for awards in computed.awards:
            component = computed.plan.component(awards.component)
            scale, currency = computed.scale_of(awards.component), computed.currency_of(awards.component)
            mine = (awards.order == order) & (awards.status != BREAKAGE)
            paid = f"{minor_text(int(awards.amount[mine].sum()), scale)} {currency}" if mine.any() else ""
            told = component.trace(evaluation, awards, int(order))
            if not told:
                continue
            title = component.title or Text(en=component.id, ar=component.id)
            steps.append(Step(label=title, value=paid, children=tuple(told)))
    head = _order_step(computed, int(hits[0]))
    label = Text(en=f"Where the money of {head.label.en} went", ar=f"إلى أين ذهب مال {head.label.ar}")
    return Step(label=label, value=head.value, children=(*head.children, *steps))
