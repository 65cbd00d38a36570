"""How many participants in a row are each paid for what the next one below bought.

One law asks for this before all others: a plan is one of several levels when somebody is paid for supplying a participant
who is paid in turn for supplying others. Levels of a single payout say nothing of it: where every sale pays one level only,
such chains can still be long.
"""

# ruff: noqa: S608 - queries are put together from constants of this room

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from compliance.indicators import phrases
from compliance.indicators.flows import paid
from compliance.indicators.registry import Outcome, Value, alternative, indicator, lacking
from compliance.measurement import Bound
from intake.text import Text

if TYPE_CHECKING:
    from compliance.records import Records

Rows = npt.NDArray[np.integer[Any]]

MOST_LINKS = 64
"""Longer chains are not followed to their end: no rule asks about them."""
NO_GOODS = "('fee', 'deposit', 'training')"
"""What is paid for without anything being supplied to use or to sell."""

_GOODS = f"category IS NULL OR category NOT IN {NO_GOODS}"
_FOR_BELOW = "reward_facts WHERE amount > 0 AND distance > 0"
_PAYMENTS = f"SELECT payee, source, {_GOODS} AS goods FROM {_FOR_BELOW}"
_PAIRS = f"""
    SELECT payee, source, bool_or({_GOODS}) AS goods FROM {_FOR_BELOW} GROUP BY 1, 2
"""


@indicator(
    id="paid_chain",
    title=Text(en="Participants in a row, each paid for the next", ar="مشاركون متتالون يُصرف لكل منهم عن التالي"),
    definition=Text(
        en="The longest chain of participants in which each was paid for goods that the next one below bought, in links; "
        f"{MOST_LINKS} stands for {MOST_LINKS} or more.",
        ar="أطول سلسلة مشاركين صُرفت فيها لكل منهم عمولة عن سلع اشتراها التالي له في شبكته، بعدد الروابط؛ "
        f"و{MOST_LINKS} تعني {MOST_LINKS} أو أكثر.",
    ),
    formula="longest path of payees and participants whose purchases they were paid for, in links",
    source="rule ca.55.mlm_plan: https://laws.justice.gc.ca/eng/acts/C-34/section-55.html",
    unit="count",
    needs=("rewards.amount", "participants.sponsor_id"),
    false_positives=Text(
        en="Goods that the company ships direct may count as supplied by the company and not by whoever was paid.",
        ar="قد تُعدّ السلع التي تشحنها الشركة مباشرة موردة منها لا ممن صُرفت له العمولة.",
    ),
)
def paid_chain(records: Records) -> Outcome:
    """Links of the longest chain over goods, and over payments of any kind beside it."""
    out = records.once(paid)
    unknown = int(
        records.row("SELECT count(*) FROM reward_facts WHERE source IS NULL AND side IS DISTINCT FROM 'outside'")[0]
    )
    if out.lines == 0 or unknown == out.lines:
        return Outcome(lacking(phrases.missing("rewards.source_participant_id")))
    found = records.arrays(_PAYMENTS)
    member = records.arrays("SELECT is_participant FROM people ORDER BY row")["is_participant"].astype(np.bool_)
    among = member[found["payee"]] & member[found["source"]]
    on_goods = among & found["goods"]
    pairs = _pairs(found["payee"][on_goods], found["source"][on_goods])
    goods = longest_chain(*pairs)
    anything = longest_chain(found["payee"][among], found["source"][among])
    bound: Bound = "lower" if unknown else "exact"
    label = Text(en="fees and training count as well", ar="تُحتسب الرسوم والتدريب أيضًا")
    return Outcome(
        Value(goods, goods),
        numerator_label=Text(en="links", ar="الروابط"),
        headline_label=Text(en="goods only", ar="السلع فقط"),
        alternatives=(alternative("any_payment", label, Value(anything, anything), bound=bound),),
        evidence=records.evidence(
            f"""
            SELECT p.id AS payee_id, s.id AS buyer_id, s.depth - p.depth AS level
            FROM ({_PAIRS}) q JOIN people p ON p.row = q.payee JOIN people s ON s.row = q.source
            WHERE q.goods AND p.is_participant AND s.is_participant ORDER BY p.id, s.id
            """,
            count=len(pairs[0]),
        ),
        bound=bound,
        period=records.money_period,
    )


def _pairs(payee: Rows, source: Rows) -> tuple[Rows, Rows]:
    """Each payee and source once, however often the one was paid for the other."""
    both = np.sort(payee.astype(np.int64) << 32 | source)
    first = np.ones(len(both), dtype=np.bool_)
    first[1:] = both[1:] != both[:-1]
    payee, source = np.divmod(both[first], 2**32)
    return payee, source


def longest_chain(payee: Rows, source: Rows, most: int = MOST_LINKS) -> int:
    """Links of the longest path from payee to source to that one's source, of at most `most`.

    Args:
        payee: row of who was paid, one for each pair, which may recur; the pairs form no circle.
        source: row of the participant for whose purchase.
        most: where to stop.
    """
    if not len(payee):
        return 0
    starts = np.zeros(int(max(payee.max(), source.max())) + 1, np.bool_)
    starts[payee] = True  # whoever begins a chain of at least so many links
    links = 1
    while links < most:
        goes_on = np.flatnonzero(starts[source])  # who begins no chain of so many links begins no longer one
        if not len(goes_on):
            break
        payee, source = payee[goes_on], source[goes_on]
        starts[:] = False
        starts[payee] = True
        links += 1
    return links
