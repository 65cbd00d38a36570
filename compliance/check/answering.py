"""The three figures: the cost of the first year, what the middle participant is left with, and the chance of coming
out ahead; and how many recruits would cover the cost.

Each is exact, or a range between what the published table proves and what it leaves possible. People whom the table
leaves out are counted as having received nothing, and this is said; beside it stands the figure for the listed
people alone.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.check.amounts import MINUS, digits, formula, money, share
from compliance.check.income import PERIODS_A_YEAR, Everybody, everybody
from compliance.check.model import CheckInputs, Figure, Variant
from compliance.measurement import decimal_string
from compliance.sentences import fill
from intake.text import Text

YEAR = 12
LISTED = Text(en="only the people whom the table lists", ar="من يشملهم الجدول فقط")
NO_TABLE = Text(
    en="No income table was given. Ask the sponsor for the company's own, and run the check again with it.",
    ar="لم يُقدَّم بيان إفصاح عن الدخل. يُرجى طلب بيان الشركة من الراعي ثم إعادة الفحص به.",
)
NOT_KNOWN = Text(en="not known", ar="غير معروف")
LEFT_OUT = Text(
    en="The table leaves out {share} of participants. They are counted here as having received nothing.",
    ar="لا يشمل الجدول {share} من المشاركين. وقد احتُسبوا هنا على أنهم لم يحصلوا على شيء.",
)


def total_cost(inputs: CheckInputs) -> Fraction:
    """What joining and staying costs, in whole units."""
    return Fraction(inputs.joining + inputs.months * inputs.monthly, 10**inputs.scale)


def cost(inputs: CheckInputs) -> Figure:
    """The cost of the first year, or of the months asked for."""
    total, scale, currency = total_cost(inputs), inputs.scale, inputs.currency
    joining, monthly = (digits(Fraction(minor, 10**scale), scale) for minor in (inputs.joining, inputs.monthly))
    title = Text(en="Your cost in the first year", ar="تكلفة السنة الأولى")
    if inputs.months != YEAR:
        title = fill(Text(en="Your cost in {n} months", ar="التكلفة، وعدد الأشهر {n}"), n=formula(str(inputs.months)))
    value = decimal_string(total)
    return Figure(
        id="cost",
        title=title,
        unit="money",
        low=value,
        high=value,
        shown=money(total, currency, scale),
        sums=(formula(f"{joining} + {inputs.months} × {monthly} = {digits(total, scale)}"),),
        says=(
            Text(
                en="Joining once, then the monthly purchase or fee.",
                ar="الانضمام مرة واحدة، ثم الشراء أو الرسم الشهري.",
            ),
            Text(
                en="Travel, telephone, training and events are not in it.",
                ar="لا يشمل ذلك التنقل والهاتف والتدريب والفعاليات.",
            ),
        ),
    )


def people(inputs: CheckInputs) -> tuple[Everybody, Everybody] | None:
    """Everybody with those left out at zero, and the listed people alone."""
    if inputs.income is None:
        return None
    covered = inputs.covers or Fraction(1)
    return (
        everybody(inputs.income, covered=covered, months=inputs.months),
        everybody(inputs.income, months=inputs.months),
    )


def middle(inputs: CheckInputs) -> Figure:
    """What the middle participant received, less the cost."""
    title = Text(en="What the middle participant is left with", ar="ما يبقى للمشارك الأوسط")
    groups = people(inputs)
    if groups is None or inputs.income is None:
        return Figure(id="middle", title=title, unit="money", shown=NOT_KNOWN, says=(NO_TABLE,), basis="unknown")
    whole, listed = groups
    already_net = inputs.income.net is True
    spent = Fraction(0) if already_net else total_cost(inputs)
    low, high = (None if end is None else end / 10**inputs.scale for end in whole.median())
    says = [*assumptions(inputs)]
    if already_net:
        says.append(
            Text(
                en="The table already deducts expenses, so the cost is not deducted again.",
                ar="يخصم الجدول المصروفات مسبقًا، فلا تُخصم التكلفة مرة أخرى.",
            )
        )
    if high is None:
        return _by_average(inputs, title, whole, spent, low or Fraction(0), says)
    assert low is not None
    figure = Figure(
        id="middle",
        title=title,
        unit="money",
        low=decimal_string(low - spent),
        high=decimal_string(high - spent),
        shown=_span(inputs, low - spent, high - spent),
        sums=tuple(_less(inputs, end, spent) for end in dict.fromkeys((low, high))),
        says=(_half(inputs, high), _compared(low - spent, high - spent), *says),
        basis="exact" if low == high else "range",
    )
    if inputs.covers in (None, 1):
        return figure
    below, above = (None if end is None else end / 10**inputs.scale - spent for end in listed.median())
    variant = Variant(
        id="listed",
        label=LISTED,
        low=None if below is None else decimal_string(below),
        high=None if above is None else decimal_string(above),
        shown=NOT_KNOWN if below is None or above is None else _span(inputs, below, above),
    )
    return figure.model_copy(update={"variants": (variant,)})


def _by_average(
    inputs: CheckInputs, title: Text, whole: Everybody, spent: Fraction, low: Fraction, says: list[Text]
) -> Figure:
    """The middle participant of a table without ranges: only the average of the bracket is known."""
    found = whole.middle_average()
    if found is None:
        note = Text(
            en="The table does not say where its middle lies. Half of the people may have received any sum.",
            ar="لا يبيّن الجدول موضع الوسط، وقد يكون نصف المشاركين حصلوا على أي مبلغ.",
        )
        return Figure(
            id="middle",
            title=title,
            unit="money",
            low=decimal_string(low - spent),
            shown=fill(
                Text(en="at least {low}; no upper end can be told", ar="{low} على الأقل، ولا يُعرف الحد الأعلى"),
                low=in_money(inputs, low - spent),
            ),
            says=(note, *says),
            basis="unknown",
        )
    average = found[0] / 10**inputs.scale
    value = decimal_string(average - spent)
    note = fill(
        Text(
            en="The table gives averages only. The middle participant stands in a bracket that averages {average}; "
            "half of that bracket may have received much less.",
            ar="لا يعطي الجدول إلا متوسطات. يقع المشارك الأوسط في شريحة متوسطها {average}، وقد يكون نصفها حصل على أقل "
            "من ذلك بكثير.",
        ),
        average=in_money(inputs, average),
    )
    return Figure(
        id="middle",
        title=title,
        unit="money",
        low=value,
        high=value,
        shown=fill(
            Text(en="{value}, if the average were the middle", ar="{value}، لو كان المتوسط هو الوسط"),
            value=in_money(inputs, average - spent),
        ),
        sums=(_less(inputs, average, spent),),
        says=(note, *says),
        basis="average",
    )


def chance(inputs: CheckInputs) -> Figure:
    """The share of people above the cost, as a range."""
    title = Text(en="Chance of coming out ahead", ar="احتمال أن يزيد الدخل على التكلفة")
    groups = people(inputs)
    if groups is None or inputs.income is None:
        return Figure(id="chance", title=title, unit="ratio", shown=NOT_KNOWN, says=(NO_TABLE,), basis="unknown")
    already_net = inputs.income.net is True
    bar = (Fraction(0) if already_net else total_cost(inputs)) * 10**inputs.scale
    low, high = groups[0].above(bar)
    exact = low == high
    says = [
        Text(
            en="Share of participants whose income from the company exceeds {cost}: from those who certainly do "
            "to those who may.",
            ar="نسبة المشاركين الذين يزيد دخلهم من الشركة على {cost}: من المؤكد منهم إلى الممكن.",
        ),
        Text(
            en="It is what others reached in the past, not a forecast for one person.",
            ar="هذا ما بلغه غيرك من قبل، وليس توقعًا لشخص بعينه.",
        ),
    ]
    shown_cost = in_money(inputs, bar / 10**inputs.scale)
    if any(piece.average is not None and piece.low * 1 < bar for piece in groups[0].pieces if piece.high != piece.low):
        says.append(
            Text(
                en="Where only an average is known, at most average ÷ cost of a bracket can exceed the cost.",
                ar="حيث لا يُعرف إلا المتوسط، لا يمكن أن تتجاوز نسبة من يزيد دخلهم على التكلفة: المتوسط ÷ التكلفة.",
            )
        )
    figure = Figure(
        id="chance",
        title=title,
        unit="ratio",
        low=decimal_string(low),
        high=decimal_string(high),
        shown=chance_shown(low, high),
        sums=chance_sums(groups[0], bar),
        says=(*(fill(text, cost=shown_cost) for text in says), *assumptions(inputs)),
        basis="exact" if exact else "range",
    )
    if inputs.covers in (None, 1):
        return figure
    low, high = groups[1].above(bar)
    variant = Variant(
        id="listed",
        label=LISTED,
        low=decimal_string(low),
        high=decimal_string(high),
        shown=chance_shown(low, high),
    )
    return figure.model_copy(update={"variants": (variant,)})


def chance_sums(whole: Everybody, bar: Fraction) -> tuple[Text, ...]:
    """Which brackets were added up, for both ends of the range."""
    lines = []
    for words, parts in (
        (
            Text(en="certainly: {sum}", ar="المؤكد: {sum}"),
            [piece.certainly_above(bar) for piece in whole.pieces],
        ),
        (
            Text(en="possibly: {sum}", ar="الممكن: {sum}"),
            [piece.possibly_above(bar) for piece in whole.pieces],
        ),
    ):
        terms = [part for part in parts if part]
        total = share(sum(terms, Fraction(0))).en
        text = " + ".join(share(term).en for term in terms[:6]) + (" + …" if len(terms) > 6 else "")
        lines.append(fill(words, sum=formula(f"{text} = {total}" if len(terms) > 1 else total)))
    return tuple(lines)


def assumptions(inputs: CheckInputs) -> list[Text]:
    """What the figures rest on, beside the costs."""
    found = []
    table = inputs.income
    assert table is not None
    if inputs.covers is not None and inputs.covers < 1:
        found.append(fill(LEFT_OUT, share=share(1 - inputs.covers)))
    if table.period != "year":
        times = PERIODS_A_YEAR[table.period]
        found.append(
            fill(
                Text(
                    en="The table's sums were multiplied by {n} to make a year; few are paid in every period.",
                    ar="ضُربت مبالغ الجدول في {n} لتصبح سنوية، وقليلون من يُصرف لهم في كل فترة.",
                ),
                n=formula(str(times)),
            )
        )
    if inputs.months != YEAR:
        found.append(
            Text(
                en="A year's income was spread evenly over its months.",
                ar="وُزّع دخل السنة بالتساوي على أشهرها.",
            )
        )
    if not table.complete:
        found.append(
            fill(
                Text(
                    en="The shares of the table add up to {sum}, not to 100%.",
                    ar="مجموع نسب الجدول {sum} وليس {all}.",
                ),
                sum=share(table.shares_sum),
                all=formula("100%"),
            )
        )
    return found


def in_money(inputs: CheckInputs, value: Fraction) -> Text:
    """A sum with the inputs' currency."""
    return money(value, inputs.currency, inputs.scale)


def _span(inputs: CheckInputs, low: Fraction, high: Fraction) -> Text:
    if low == high:
        return in_money(inputs, low)
    return fill(
        Text(en="from {low} to {high}", ar="من {low} إلى {high}"),
        low=in_money(inputs, low),
        high=in_money(inputs, high),
    )


def chance_shown(low: Fraction, high: Fraction) -> Text:
    """A range of shares for the eye."""
    if low == high:
        return share(low)
    if low == 0:
        return fill(Text(en="at most {high}", ar="{high} على الأكثر"), high=share(high))
    return fill(Text(en="from {low} to {high}", ar="من {low} إلى {high}"), low=share(low), high=share(high))


def _less(inputs: CheckInputs, received: Fraction, spent: Fraction) -> Text:
    left = received - spent
    parts = (digits(received, inputs.scale), digits(spent, inputs.scale), digits(left, inputs.scale))
    return formula(f"{parts[0]} {MINUS} {parts[1]} = {parts[2]}")


def _half(inputs: CheckInputs, high: Fraction) -> Text:
    if high == 0:
        return Text(en="Half of the participants received nothing.", ar="نصف المشاركين لم يحصلوا على شيء.")
    return fill(
        Text(
            en="Half of the participants received {sum} or less, by the company's own table.",
            ar="نصف المشاركين حصلوا على {sum} أو أقل، بحسب بيان الشركة.",
        ),
        sum=in_money(inputs, high),
    )


def _compared(low: Fraction, high: Fraction) -> Text:
    if high < 0:
        return Text(en="At the middle of the table, cost exceeds income.", ar="في منتصف الجدول تزيد التكلفة على الدخل.")
    if low > 0:
        return Text(en="At the middle of the table, income exceeds cost.", ar="في منتصف الجدول يزيد الدخل على التكلفة.")
    return Text(
        en="At the middle of the table, income may lie on either side of the cost.",
        ar="في منتصف الجدول قد يزيد الدخل على التكلفة وقد ينقص عنها.",
    )
