"""Runs, spines, brooms and bursts in a sponsor tree, read off one member at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

Parents = Mapping[int, int | None]


def _recruits(parents: Parents) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for child, parent in parents.items():
        if parent is not None:
            found[parent].append(child)
    return found


def in_runs(parents: Parents, longer_than: int) -> set[int]:
    """Members of a chain of more than so many members with one recruit each, and the recruit of the last."""
    recruits = _recruits(parents)
    flagged: set[int] = set()
    for start in parents:
        above = parents[start]
        if len(recruits[start]) != 1 or (above is not None and len(recruits[above]) == 1):
            continue
        chain = [start]
        while len(recruits[chain[-1]]) == 1:
            chain.append(recruits[chain[-1]][0])
        if len(chain) - 1 > longer_than:
            flagged |= set(chain)
    return flagged


def on_spines(parents: Parents, longer_than: int) -> set[int]:
    """Members of whose recruits exactly one recruited, in a chain of more than so many, and all their recruits."""
    recruits = _recruits(parents)

    def goes_on(member: int) -> list[int]:
        return [each for each in recruits[member] if recruits[each]]

    flagged: set[int] = set()
    for start in parents:
        above = parents[start]
        if len(goes_on(start)) != 1 or (above is not None and len(goes_on(above)) == 1):
            continue
        chain = [start]
        while len(goes_on(chain[-1])) == 1 and len(goes_on(goes_on(chain[-1])[0])) == 1:
            chain.append(goes_on(chain[-1])[0])
        if len(chain) > longer_than:
            flagged |= set(chain) | {each for member in chain for each in recruits[member]}
    return flagged


def of_brooms(parents: Parents, handle: int, hairs: int) -> set[int]:
    """Members with so many recruits who recruited nobody, at the end of so long a run, with them and the last of the run."""
    recruits = _recruits(parents)
    flagged: set[int] = set()
    for head in parents:
        leaves = recruits[head]
        if len(leaves) < hairs or any(recruits[each] for each in leaves):
            continue
        run: list[int] = []
        at = parents[head]
        while at is not None and len(recruits[at]) == 1:
            run.append(at)
            at = parents[at]
        if len(run) >= handle:
            flagged |= {head, *leaves, *run[:handle]}
    return flagged


def largest_week(days: Sequence[int], length: int) -> int:
    """The most of these days in any stretch of so many."""
    return max((sum(start <= day < start + length for day in days) for start in days), default=0)
