"""Ranks from the bottom up, compiled: one pass in which everybody below is ranked before whoever stands above.

A rank may ask for legs that hold a rank, and for group volume without the groups of those who hold one. Both look at
people further down only, so that a single pass from the last position of the preorder to the first finds the one
assignment that fits, also where it is not monotone, and costs the same on a chain of a million. What does not depend
on others' ranks is found beforehand and handed in as bits.

The plain-Python twin that this is held to is in tests/compensation/slow_ranks.py.
"""

from __future__ import annotations

from typing import Any, Final

import numba as nb
import numpy as np

LEG_HEAD: Final = 0
LEG_ANYWHERE: Final = 1
GROUP: Final = 2

OWN_RANK: Final = -1
"""In a test, in place of a tally: the rank already reached."""


@nb.njit(cache=True, nogil=True)
def climb(
    parent: Any, forced: Any, base: int, cumulative: bool,
    met: Any, alternative_rank: Any, first_test: Any, test_tally: Any, test_least: Any,
    kind: Any, of_rank: Any, scale: Any, limit: Any, with_own: Any, volume_of: Any, broken_of: Any,
    own: Any, broken: Any,
) -> Any:  # fmt: skip
    """Rank everybody.

    Args:
        parent: position of the parent, -1 for a root.
        forced: rank by position that is given, -1 where it is to be found.
        base: the rank that everybody has.
        cumulative: whether a rank also needs all ranks below it.
        met: [position] bits: whether what an alternative asks apart from others' ranks holds.
        alternative_rank: per alternative, the rank it leads to, rising; first_test: where its tests begin, one longer.
        test_tally, test_least: per test, the tally (or `OWN_RANK`) and the least it must be.
        kind, of_rank, scale, limit, with_own, volume_of, broken_of: per tally: what is counted, of which rank, and for
            `GROUP` the multiple in which volume is kept, the most of a leg in it, whether one's own counts, and the
            rows of `own` and `broken` (-1 for none) to use.
        own: [volume, position] own volumes; broken: [flag, position] whose groups have broken away by statement.

    Returns:
        Rank by position, and [position, tally] what was counted.
    """
    count, tallies = parent.shape[0], kind.shape[0]
    rank = np.empty(count, np.int16)
    best = np.zeros(count, np.int16)
    tally = np.zeros((count, tallies), np.int64)
    column = np.zeros(tallies, np.int64)  # of each group tally among what is passed up
    groups = 0
    for t in range(tallies):
        if kind[t] == GROUP:
            column[t] = groups
            groups += 1
    passed = np.zeros((count, groups), np.int64)
    for node in range(count - 1, -1, -1):
        for t in range(tallies):
            if kind[t] == GROUP:
                passed[node, column[t]] += own[volume_of[t], node]
                if with_own[t]:
                    tally[node, t] += own[volume_of[t], node] * scale[t]
        if forced[node] >= 0:
            reached = forced[node]
        else:
            reached = base
            a = 0
            while a < alternative_rank.shape[0]:
                wanted = alternative_rank[a]
                fits = False
                while a < alternative_rank.shape[0] and alternative_rank[a] == wanted:
                    if not fits and (met[node] >> np.uint64(a)) & np.uint64(1):
                        fits = True
                        for test in range(first_test[a], first_test[a + 1]):
                            which = test_tally[test]
                            found = reached if which == OWN_RANK else tally[node, which]
                            if found < test_least[test]:
                                fits = False
                                break
                    a += 1
                if fits:
                    reached = wanted
                elif cumulative:
                    break
        rank[node] = reached
        best[node] = max(best[node], reached)
        above = parent[node]
        if above < 0:
            continue
        best[above] = max(best[above], best[node])
        for t in range(tallies):
            if kind[t] == LEG_HEAD:
                tally[above, t] += reached >= of_rank[t]
            elif kind[t] == LEG_ANYWHERE:
                tally[above, t] += best[node] >= of_rank[t]
            elif reached < of_rank[t] and not (broken_of[t] >= 0 and broken[broken_of[t], node]):
                passed[above, column[t]] += passed[node, column[t]]
                tally[above, t] += min(passed[node, column[t]] * scale[t], limit[t])
    return rank, tally
