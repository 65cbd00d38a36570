"""Sales that pass up, compiled: one pass over sales in order of time, counting each recruiter's.

Which of a recruiter's sales pass up is a table by number. A sale goes from the recruiter to the next person above who
can receive it, and on from there where received sales count and the number they get passes up again. With `persons`
the buyer goes with the sale: from then on he stands in the line of who received it.

The plain-Python twin is in tests/compensation/slow_x_up.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb

from compensation.awards import REASONS
from compensation.kernels.nearest import nearest

NO_UPLINE: Final = REASONS.index("no-upline")
INELIGIBLE: Final = REASONS.index("ineligible")
UNKNOWN_BUYER: Final = REASONS.index("unknown-buyer")


@nb.njit(cache=True, nogil=True)
def _up(above: Any, line: Any, row: int) -> Any:
    """Who stands above a row in its line; -1 for nobody."""
    if line[row] >= 0:
        return line[row]
    here = above.position[row]
    if here < 0 or above.parent[here] < 0:
        return -1
    return above.row[above.parent[here]]


@nb.njit(cache=True, nogil=True)
def _qualified(above: Any, line: Any, persons: bool, eligible: Any, left: Any, when: int, row: int) -> tuple[int, int]:
    """The nearest qualified person from a row upwards, itself included, and how many were passed; -1 for nobody."""
    limit = line.shape[0] + 1
    passed = 0
    while row >= 0 and not (eligible[row] and left[row] > when):
        passed += 1
        if passed > limit:
            return -1, passed
        if not persons and not eligible[row] and above.position[row] >= 0:
            # lines are those of the tree: the next qualified one is found without meeting everybody between
            found = nearest(above.words[0], above.offset, above.parent, above.top, above.position[row])
            row = -1 if found < 0 else above.row[found]
        else:
            row = _up(above, line, row)
    return row, passed


@nb.njit(cache=True, nogil=True)
def _passes(passes: Any, every: int, number: int) -> Any:
    listed = passes.shape[0] - 1
    if number <= listed:
        return passes[number]
    return every > 0 and (number - listed) % every == 0


@nb.njit(cache=True, nogil=True)
def run(
    buyer: Any, seller: Any, kind: Any, sign: Any, when: Any, above: Any, eligible: Any, left: Any, line: Any,
    count: Any, passes: Any, every: int, to_company: bool, persons: bool, on_unqualified: bool, received_count: bool,
    number: Any, recruiter: Any, receiver: Any, over: Any, kept: Any, hops: Any, reason: Any,
) -> None:  # fmt: skip
    """Process sales in order.

    Args:
        buyer, seller: rows, -1 unknown; kind: row of `count`; sign: 1 for a sale, -1 for what is taken back and counts
            as nobody's; when: its time.
        above: sponsor tree, with those qualified marked. eligible, left: by row.
        line: by row, who stands above instead of the sponsor; -1 for the sponsor. Changed with `persons`.
        count: [kind, row], sales so far; changed.
        passes: by number of the sale, whether it passes up; later ones do with every so many, 0 for never.
        to_company: passed sales go to the company and not up the line.
        on_unqualified: what an unqualified person cannot receive or keep goes on up; otherwise nobody gets it.
        received_count: a received sale counts among the receiver's own, and may pass up again.
        number, recruiter, receiver, over, kept, hops, reason: filled per sale. `receiver` is who got the sale where
            it left the recruiter, or who keeps it; `over` the next qualified person above him; `reason` why nobody did.
    """
    limit = line.shape[0] + 1
    for i in range(buyer.shape[0]):
        number[i], recruiter[i], receiver[i], over[i], kept[i], hops[i], reason[i] = 0, -1, -1, -1, True, 0, -1
        who = buyer[i]
        first = _up(above, line, who) if who >= 0 else seller[i]
        recruiter[i] = first
        if first < 0:
            reason[i] = NO_UPLINE if who >= 0 else UNKNOWN_BUYER
            continue
        counts = sign[i] > 0
        if counts:
            count[kind[i], first] += 1
        number[i] = max(count[kind[i], first], 1)
        qualified = eligible[first] and left[first] > when[i]
        kept[i] = not _passes(passes, every, number[i])
        if kept[i] and qualified:
            receiver[i] = first
        elif kept[i] and not on_unqualified:
            reason[i] = INELIGIBLE
        elif not kept[i] and to_company:
            continue
        else:
            here = first
            while True:
                here = _up(above, line, here)
                hops[i] += 1
                if on_unqualified and here >= 0:
                    here, more = _qualified(above, line, persons, eligible, left, when[i], here)
                    hops[i] += more
                if here < 0 or hops[i] > limit:
                    reason[i] = NO_UPLINE
                    break
                if not (eligible[here] and left[here] > when[i]):
                    reason[i] = INELIGIBLE
                    break
                if received_count:
                    if counts:
                        count[kind[i], here] += 1
                    if _passes(passes, every, max(count[kind[i], here], 1)):
                        continue
                receiver[i] = here
                break
            if persons and counts and who >= 0 and receiver[i] >= 0:
                line[who] = receiver[i]
        if receiver[i] >= 0:
            above_him = _up(above, line, receiver[i])
            over[i], _ = _qualified(above, line, persons, eligible, left, when[i], above_him)
