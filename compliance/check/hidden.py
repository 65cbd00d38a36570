"""What a published income table does not show, as far as the table itself or the reader tells.

Nothing is assumed: each remark rests on something in the input (a heading, a missing column, a stated share), and
says why it matters to somebody deciding whether to join.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.check.amounts import formula, money, share
from compliance.check.income import PERIODS_A_YEAR, Bracket, IncomeTable, everybody
from compliance.check.model import CheckInputs, Hidden
from compliance.sentences import fill
from intake.text import Text

_POPULATION = {
    "active": Text(en="The table counts only active participants.", ar="لا يشمل الجدول إلا المشاركين النشطين."),
    "paid": Text(en="The table counts only participants who were paid.", ar="لا يشمل الجدول إلا من صُرفت لهم عمولات."),
    "ranked": Text(en="The table counts only participants who hold a rank.", ar="لا يشمل الجدول إلا من يحملون رتبة."),
}
_WHY_PEOPLE = Text(
    en="Whoever joined, paid and earned nothing is not in it, so the table looks better than joining was.",
    ar="من انضم ودفع ولم يكسب شيئًا غير مشمول فيه، فيبدو الجدول أفضل من واقع الانضمام.",
)


_ASK_PEOPLE = Text(
    en="How many people joined in that year in all, and how many of them received nothing?",
    ar="كم عدد من انضموا في تلك السنة جميعًا، وكم منهم لم يحصلوا على شيء؟",
)


def hidden(inputs: CheckInputs) -> tuple[Hidden, ...]:
    """Every remark that can be made of the table; none without a table."""
    table = inputs.income
    if table is None:
        return ()
    return tuple(
        remark
        for remark in (
            _left_out(inputs),
            _only_some(table),
            _people_not_said(inputs, table),
            None if table.complete else _incomplete(table),
            _nothing_not_shown(table),
            _expenses(table),
            _averages_only(table),
            _middle_wide(inputs, table),
            _lifted_average(table),
            _period(table),
            _annualised(table),
            _top_rows(table),
            _open_top(table),
        )
        if remark is not None
    )


def _left_out(inputs: CheckInputs) -> Hidden | None:
    if inputs.covers is None or inputs.covers == 1:
        return None
    text = Text(en="The table leaves out {share} of participants.", ar="لا يشمل الجدول {share} من المشاركين.")
    return Hidden(id="left_out", text=fill(text, share=share(1 - inputs.covers)), why=_WHY_PEOPLE, ask=_ASK_PEOPLE)


def _only_some(table: IncomeTable) -> Hidden | None:
    if table.population not in _POPULATION:
        return None
    return Hidden(id="only_some", text=_POPULATION[str(table.population)], why=_WHY_PEOPLE, ask=_ASK_PEOPLE)


def _people_not_said(inputs: CheckInputs, table: IncomeTable) -> Hidden | None:
    if table.population is not None or inputs.covers is not None:
        return None
    return Hidden(
        id="people_not_said",
        text=Text(en="It is not said whom the table counts.", ar="لم يُذكر من يشملهم الجدول."),
        why=Text(
            en="A table of the active or the paid alone looks better than joining was.",
            ar="الجدول الذي يقتصر على النشطين أو من صُرفت لهم عمولات يبدو أفضل من واقع الانضمام.",
        ),
        ask=Text(
            en="Does the table count everyone who joined, or only the active, the paid or the ranked?",
            ar="هل يشمل الجدول جميع من انضموا، أم النشطين أو من صُرفت لهم عمولات أو أصحاب الرتب فقط؟",
        ),
    )


def _nothing_not_shown(table: IncomeTable) -> Hidden | None:
    if table.median_only or table.net is True or everybody(table).at_zero():
        return None
    return Hidden(
        id="nothing_not_shown",
        text=Text(en="No row counts those who received nothing.", ar="لا يوجد صف لمن لم يحصلوا على شيء."),
        why=Text(
            en="They are left out, or counted together with people who received something.",
            ar="إما أنهم مستبعدون، أو محسوبون مع من حصلوا على شيء.",
        ),
        ask=_ASK_PEOPLE,
    )


def _expenses(table: IncomeTable) -> Hidden | None:
    if table.net is True:
        return None
    said = Text(en="The table says that expenses are not deducted.", ar="يذكر الجدول أن المصروفات غير مخصومة منه.")
    silent = Text(en="Nothing given says whether expenses are deducted.", ar="لا يذكر شيء مما قُدّم هل خُصمت المصروفات.")
    return Hidden(
        id="gross" if table.net is False else "expenses_not_said",
        text=said if table.net is False else silent,
        why=Text(
            en="What counts is what is left after buying, travel and training.",
            ar="المهم هو ما يبقى بعد الشراء والتنقل والتدريب.",
        ),
        ask=Text(
            en="What does a typical participant spend in a year on purchases, fees, training and travel?",
            ar="كم ينفق المشارك المعتاد في السنة على المشتريات والرسوم والتدريب والتنقل؟",
        ),
    )


def _averages_only(table: IncomeTable) -> Hidden | None:
    if not any(bracket.averages_only for bracket in table.brackets):
        return None
    return Hidden(
        id="averages_only",
        text=Text(
            en="The table gives averages without a middle or a range.",
            ar="يعطي الجدول متوسطات بلا قيمة وسيطة ولا حدود.",
        ),
        why=Text(
            en="A few large incomes lift an average; most people of a bracket can be far below it.",
            ar="يرفع عدد قليل من المداخيل الكبيرة المتوسط، وقد يكون معظم أفراد الشريحة دونه بكثير.",
        ),
        ask=Text(
            en="What did the middle participant receive: half above, half below?",
            ar="كم حصل المشارك الأوسط، أي من حصل نصف المشاركين على أكثر منه ونصفهم على أقل؟",
        ),
    )


def _middle_wide(inputs: CheckInputs, table: IncomeTable) -> Hidden | None:
    """The middle participant stands in a range whose ends are far apart, and no median is printed."""
    if table.median_only or any(bracket.averages_only for bracket in table.brackets) or not table.complete:
        return None
    low, high = everybody(table, months=inputs.months).median()
    if high is None or high <= 2 * low or high == low:
        return None
    ends = (money(end / 10**table.scale, table.currency, table.scale) for end in (low, high))
    text = Text(
        en="The middle participant stands in a range from {low} to {high}; where in it is not said.",
        ar="يقع المشارك الأوسط في نطاق من {low} إلى {high}، ولا يُذكر موضعه فيه.",
    )
    first, last = ends
    return Hidden(
        id="middle_wide",
        text=fill(text, low=first, high=last),
        why=Text(
            en="The typical result is what matters to somebody who joins, and it is not printed.",
            ar="النتيجة المعتادة هي ما يهم من ينضم، وهي غير مذكورة.",
        ),
        ask=Text(
            en="What did the middle participant receive: half above, half below?",
            ar="كم حصل المشارك الأوسط، أي من حصل نصف المشاركين على أكثر منه ونصفهم على أقل؟",
        ),
    )


def _lifted_average(table: IncomeTable) -> Hidden | None:
    lifted = [
        bracket
        for bracket in table.brackets
        if bracket.average is not None and bracket.median is not None and bracket.average > 2 * bracket.median
    ]
    if not lifted:
        return None
    widest = max(lifted, key=lambda bracket: bracket.share)
    sums = (
        money(Fraction(value or 0, 10**table.scale), table.currency, table.scale)
        for value in (widest.average, widest.median)
    )
    average, middle = sums
    text = Text(
        en="In one row ({share} of people) the average is {average}, but half received {median} or less.",
        ar="في أحد الصفوف ({share} من الأشخاص) المتوسط {average}، لكن نصفهم حصلوا على {median} أو أقل.",
    )
    return Hidden(
        id="lifted_average",
        text=fill(text, share=share(widest.share), average=average, median=middle),
        why=Text(
            en="Unlike people are averaged together: a few large incomes lift the figure for all.",
            ar="حُسب متوسط أشخاص غير متشابهين: يرفع عدد قليل من المداخيل الكبيرة رقم الجميع.",
        ),
    )


def _period(table: IncomeTable) -> Hidden | None:
    if table.period == "year":
        return None
    text = Text(
        en="The sums are for one {period}; {n} of them were taken for a year.",
        ar="المبالغ عن {period} واحد، وضُربت في {n} لتصبح سنوية.",
    )
    name = {"month": Text(en="month", ar="شهر"), "week": Text(en="week", ar="أسبوع")}[table.period]
    return Hidden(
        id="annualised",
        text=fill(text, period=name, n=formula(str(PERIODS_A_YEAR[table.period]))),
        why=_WHY_PERIODS,
        ask=_ASK_PERIODS,
    )


def _annualised(table: IncomeTable) -> Hidden | None:
    if not table.annualised:
        return None
    return Hidden(
        id="annualised_by_company",
        text=Text(
            en="The table says that sums of shorter times were multiplied up to a year.",
            ar="يذكر الجدول أن مبالغ مدد أقصر ضُربت لتصبح سنوية.",
        ),
        why=_WHY_PERIODS,
        ask=_ASK_PERIODS,
    )


_WHY_PERIODS = Text(
    en="Whoever is paid in one period is often not paid in the next.",
    ar="من صُرف له في فترة قد لا يُصرف له في التي تليها.",
)
_ASK_PERIODS = Text(
    en="How many were paid in every month of the year?", ar="كم شخصًا صُرفت لهم عمولة في كل شهر من أشهر السنة؟"
)
FEW = Fraction(1, 20)
"""Where half of the rows are about no more people than this, the table is mostly about its top."""


def _top_rows(table: IncomeTable) -> Hidden | None:
    """Half of the rows or more are about a twentieth of the people or fewer."""
    rows = sorted(table.brackets, key=_height, reverse=True)
    if len(rows) < MANY_ROWS:
        return None
    top = rows[: -(-len(rows) // 2)]
    people = sum((bracket.share for bracket in top), Fraction(0))
    if people > FEW:
        return None
    text = Text(
        en="Rows about the highest incomes: {n} of {all}. They count {share} of the people.",
        ar="الصفوف الخاصة بأعلى المداخيل: {n} من {all}. وتشمل {share} من الأشخاص.",
    )
    return Hidden(
        id="top_rows",
        text=fill(text, n=formula(str(len(top))), all=formula(str(len(rows))), share=share(people)),
        why=Text(
            en="A reader sees mostly incomes that almost nobody reached.",
            ar="يرى القارئ في الغالب مداخيل لم يبلغها أحد تقريبًا.",
        ),
    )


MANY_ROWS = 4


def _height(bracket: Bracket) -> int:
    """By which incomes rows are ordered."""
    known = (bracket.average, bracket.median, bracket.low, bracket.high)
    return next((value for value in known if value is not None), 0)


def _incomplete(table: IncomeTable) -> Hidden:
    return Hidden(
        id="shares_missing",
        text=fill(
            Text(
                en="The shares add up to {sum}: {rest} of the people are in no row.",
                ar="مجموع النسب {sum}، أي أن {rest} من الأشخاص ليسوا في أي صف.",
            ),
            sum=share(table.shares_sum),
            rest=share(1 - table.shares_sum),
        ),
        why=Text(
            en="Nothing is known of them, which widens every range here.",
            ar="لا يُعرف عنهم شيء، وهذا يوسّع كل نطاق مذكور هنا.",
        ),
    )


def _open_top(table: IncomeTable) -> Hidden | None:
    tops = [
        bracket
        for bracket in table.brackets
        if bracket.high is None and bracket.low and bracket.average is None and bracket.median is None
    ]
    if not tops:
        return None
    top = max(tops, key=lambda bracket: bracket.low or 0)
    return Hidden(
        id="open_top",
        text=fill(
            Text(
                en="The highest bracket ({share} of people) starts at {low} and has no end.",
                ar="أعلى شريحة ({share} من الأشخاص) تبدأ من {low} بلا حد أعلى.",
            ),
            share=share(top.share),
            low=money(Fraction(top.low or 0, 10**table.scale), table.currency, table.scale),
        ),
        why=Text(
            en="A few incomes there can hold much of all the money; no average can be worked out.",
            ar="قد يحوز عدد قليل هناك جزءًا كبيرًا من المال كله، ولا يمكن حساب متوسط.",
        ),
    )
