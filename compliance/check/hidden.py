"""What a published income table does not show, as far as the table itself or the reader tells.

Nothing is assumed: each remark rests on something in the input (a heading, a missing column, a stated share), and
says why it matters to somebody deciding whether to join.
"""

from __future__ import annotations

from fractions import Fraction

from compliance.check.amounts import formula, money, share
from compliance.check.income import PERIODS_A_YEAR, IncomeTable
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


def hidden(inputs: CheckInputs) -> tuple[Hidden, ...]:
    """Every remark that can be made of the table; none without a table."""
    table = inputs.income
    if table is None:
        return ()
    found: list[Hidden] = []
    if inputs.covers is not None and inputs.covers < 1:
        text = Text(en="The table leaves out {share} of participants.", ar="لا يشمل الجدول {share} من المشاركين.")
        found.append(Hidden(id="left_out", text=fill(text, share=share(1 - inputs.covers)), why=_WHY_PEOPLE))
    if table.population in _POPULATION:
        found.append(Hidden(id="only_some", text=_POPULATION[str(table.population)], why=_WHY_PEOPLE))
    if not table.complete:
        found.append(_incomplete(table))
    if table.net is False:
        found.append(
            Hidden(
                id="gross",
                text=Text(
                    en="The table says that expenses are not deducted.", ar="يذكر الجدول أن المصروفات غير مخصومة منه."
                ),
                why=Text(
                    en="What counts is what is left after buying, travel and training.",
                    ar="المهم هو ما يبقى بعد الشراء والتنقل والتدريب.",
                ),
            )
        )
    if any(bracket.averages_only for bracket in table.brackets):
        found.append(
            Hidden(
                id="averages_only",
                text=Text(
                    en="The table gives averages without a middle or a range.",
                    ar="يعطي الجدول متوسطات بلا قيمة وسيطة ولا حدود.",
                ),
                why=Text(
                    en="A few large incomes lift an average; most people of a bracket can be far below it.",
                    ar="يرفع عدد قليل من المداخيل الكبيرة المتوسط، وقد يكون معظم أفراد الشريحة دونه بكثير.",
                ),
            )
        )
    if table.period != "year":
        text = Text(
            en="The sums are for one {period}; {n} of them were taken for a year.",
            ar="المبالغ عن {period} واحد، وضُربت في {n} لتصبح سنوية.",
        )
        name = {"month": Text(en="month", ar="شهر"), "week": Text(en="week", ar="أسبوع")}[table.period]
        found.append(
            Hidden(
                id="annualised",
                text=fill(text, period=name, n=formula(str(PERIODS_A_YEAR[table.period]))),
                why=Text(
                    en="Whoever is paid in one period is often not paid in the next.",
                    ar="من صُرف له في فترة قد لا يُصرف له في التي تليها.",
                ),
            )
        )
    found.extend(_open_top(table))
    return tuple(found)


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


def _open_top(table: IncomeTable) -> list[Hidden]:
    tops = [
        bracket
        for bracket in table.brackets
        if bracket.high is None and bracket.low and bracket.average is None and bracket.median is None
    ]
    if not tops:
        return []
    top = max(tops, key=lambda bracket: bracket.low or 0)
    return [
        Hidden(
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
    ]
