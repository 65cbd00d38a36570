"""The shape of the sponsor tree: how many recruited nobody, how many stand near its end, and what chance gives.

A description, never evidence alone: every sales tree has many ends. It becomes telling only where those at the
ends have paid materially and have no income from customers.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from compliance.indicators import phrases
from compliance.indicators.registry import MOST_POINTS, Outcome, Value, alternative, indicator, lacking, point, share
from compliance.measurement import Series, decimal_string
from compliance.models.rrt import degree_chi_square, leaf_deviation
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

LAST = 3


def levels_below(parent: np.ndarray, most: int) -> np.ndarray:
    """How many levels each participant has below, counted up to `most`.

    Args:
        parent: row of each one's sponsor, -1 for none.
        most: where to stop counting.
    """
    below = np.zeros(len(parent), dtype=np.int8)
    reached = np.ones(len(parent), dtype=bool)
    for level in range(1, most + 1):
        above = parent[reached]
        reached = np.zeros(len(parent), dtype=bool)
        reached[above[above >= 0]] = True
        below[reached] = level
    return below


@indicator(
    id="tail_share",
    title=Text(en="Share who recruited nobody", ar="نسبة من لم يستقطبوا أحدًا"),
    definition=Text(
        en="Participants without a direct recruit, over everyone ever enrolled. The alternatives count those with fewer "
        "than two or three levels below: on a complete tree, its last two or three levels.",
        ar="المشاركون الذين لا مشاركين مباشرين لهم إلى جميع من انضموا في أي وقت. وتحسب التعريفات البديلة من تحتهم أقل من مستويين "
        "أو ثلاثة.",
    ),
    formula="#{i : fewer than t levels below i} / N, t = 1, 2, 3",
    source="Share of a complete m-ary tree in its last levels, 1 - m^-t; Gastwirth, The American Statistician 31(2):79-82, 1977",
    unit="ratio",
    needs=("participants.id", "participants.sponsor_id"),
    false_positives=Text(
        en="Every sales tree has many ends: blind chance alone gives one half.",
        ar="لكل شجرة بيع أطراف كثيرة: والمصادفة وحدها تعطي النصف.",
    ),
)
def tail_share(records: Records) -> Outcome:
    """Those without a recruit, and those near the end of the tree."""
    people = records.arrays("SELECT coalesce(parent, -1) AS parent, is_participant FROM people ORDER BY row")
    member = people["is_participant"].astype(bool)
    everyone = int(member.sum())
    below = levels_below(people["parent"].astype(np.int64), LAST)
    ends = [int(((below < t) & member).sum()) for t in range(1, LAST + 1)]
    levels = records.all("SELECT depth, count(*) FROM people WHERE is_participant GROUP BY 1 ORDER BY 1")
    return Outcome(
        share(ends[0], everyone, people=True, whole=phrases.nobody()),
        numerator_label=Text(en="recruited nobody", ar="لم يستقطبوا أحدًا"),
        denominator_label=phrases.ALL_ENROLLED,
        alternatives=tuple(
            alternative(
                f"last_{t}",
                Text(en=f"fewer than {t} levels below", ar=f"تحتهم أقل من {phrases.isolate(t)} مستويات"),
                share(ends[t - 1], everyone, people=True, whole=phrases.nobody()),
            )
            for t in range(2, LAST + 1)
        ),
        series=(
            Series(
                id="by_level",
                label=Text(en="People by level", ar="المشاركون بحسب المستوى"),
                axis="level",
                unit="count",
                points=tuple(point(depth, Value(int(count))) for depth, count in levels[:MOST_POINTS]),
                note=phrases.shortened(MOST_POINTS, len(levels)) if len(levels) > MOST_POINTS else None,
            ),
        ),
        evidence=records.evidence(
            "SELECT id, sponsor_id, joined, depth FROM people WHERE is_participant AND recruits = 0 ORDER BY depth, id",
            count=ends[0],
        ),
        period=records.joining_period,
    )


@indicator(
    id="tree_shape",
    title=Text(en="Recruiting against blind chance", ar="الاستقطاب مقارنةً بالمصادفة"),
    definition=Text(
        en="How far the number of participants without a recruit is from what chance gives when every newcomer picks his "
        "sponsor at random, in standard deviations. Above 0 recruiting lies in few hands; below 0 the tree has been "
        "filled in chains.",
        ar="بُعد عدد من لم يستقطبوا أحدًا عما تعطيه المصادفة لو اختار كل منضم راعيه عشوائيًا، بوحدة الانحراف المعياري. ما فوق "
        "الصفر يعني أن الاستقطاب في أيدٍ قليلة، وما دونه أن الشجرة مُلئت في سلاسل.",
    ),
    formula="z = (leaves - n/2) / sqrt(n/12)",
    source="Random recursive tree: Gastwirth, The American Statistician 31(2):79-82, 1977",
    unit="number",
    needs=("participants.id", "participants.sponsor_id"),
    false_positives=Text(
        en="Everything: this describes a tree and is never evidence alone. Forced matrices make chains by design.",
        ar="كل شيء: هذا وصف للشجرة ولا يكفي وحده دليلًا. والمصفوفات المفروضة تصنع سلاسل بطبيعتها.",
    ),
)
def tree_shape(records: Records) -> Outcome:
    """z of the leaves, chi-square of the recruit counts, beside the shares that two models of chance give."""
    found = records.all("SELECT least(recruits, 4), count(*) FROM people WHERE is_participant GROUP BY 1 ORDER BY 1")
    counts = [0] * 5
    for recruits, people in found:
        counts[int(recruits)] = int(people)
    everyone = sum(counts)
    if everyone < 3:
        return Outcome(lacking(phrases.nobody()))
    z = leaf_deviation(everyone, counts[0]).quantize(Decimal("0.000001"))
    expected = ("0.5", "0.25", "0.125", "0.0625", "0.0625")
    return Outcome(
        Value(z),
        alternatives=(
            alternative(
                "chi2",
                Text(
                    en="chi-square of 0, 1, 2, 3, 4 and more recruits (4 degrees of freedom)",
                    ar="مربع كاي لأعداد المستقطَبين من 0 إلى 4 فأكثر (4 درجات حرية)",
                ),
                Value(degree_chi_square(counts)),
            ),
        ),
        series=(
            Series(
                id="recruits",
                label=Text(en="Share with so many recruits", ar="النسبة بحسب عدد المستقطَبين"),
                axis="category",
                unit="ratio",
                points=tuple(
                    point("4+" if at == 4 else at, share(count, everyone, people=True))
                    for at, count in enumerate(counts)
                ),
            ),
            Series(
                id="recruits_by_chance",
                label=Text(en="What blind chance gives", ar="ما تعطيه المصادفة"),
                axis="category",
                unit="ratio",
                points=tuple(point("4+" if at == 4 else at, Value(Decimal(part))) for at, part in enumerate(expected)),
            ),
        ),
        evidence=records.evidence(
            "SELECT id, recruits, size - 1 AS downline, depth FROM people WHERE is_participant"
            " ORDER BY recruits DESC, id",
            count=everyone,
        ),
        notes=(
            Text(
                en="Chance with a preference for those who already have recruits gives two thirds without a recruit; "
                f"here it is {decimal_string(Decimal(counts[0]) / everyone, 3)}.",
                ar="إذا فُضّل من لديهم مستقطَبون بالفعل أعطت المصادفة الثلثين بلا مستقطَبين، والنسبة هنا "
                + phrases.isolate(decimal_string(Decimal(counts[0]) / everyone, 3))
                + ".",
            ),
        ),
        period=records.joining_period,
    )
