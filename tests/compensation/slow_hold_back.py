"""Rewards that wait for a level again, slow and obvious: dictionaries and lists, one event after the other.

Written from the definition and not from the engine; property tests hold `hold_back` to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass


@dataclass
class Event:
    """A purchase of a level (0 = nothing that raises), by somebody known or not."""

    buyer: str | None
    level: int


def settle(
    sponsor: dict[str, str | None],
    events: list[Event],
    amounts: dict[int, int],
    ups: dict[int, int],
    free: int,
    more: int,
    top: int,
) -> list[tuple[int, str | None, int, str, int]]:
    """Per reward: event, receiver, amount, status, event it was paid with."""
    level: dict[str, int] = defaultdict(int)
    count: dict[tuple[str, int], int] = defaultdict(int)
    waiting: list[dict[str, object]] = []
    out: list[tuple[int, str | None, int, str, int]] = []
    for number, event in enumerate(events):
        if event.buyer in sponsor:
            level[event.buyer] = max(level[event.buyer], event.level)
            for held in [one for one in waiting if one["who"] == event.buyer]:
                if level[event.buyer] >= held["needs"]:
                    waiting.remove(held)
                    out.append((held["event"], event.buyer, held["amount"], "released", number))
        if event.level not in amounts:
            continue
        who = event.buyer if event.buyer in sponsor else None
        for _ in range(ups[event.level]):
            who = sponsor[who] if who is not None else None
        if who is None:
            out.append((number, None, amounts[event.level], "breakage", number))
            continue
        count[who, event.level] += 1
        needs = event.level if count[who, event.level] <= free else min(event.level + more, top)
        if level[who] >= needs:
            out.append((number, who, amounts[event.level], "paid", number))
        else:
            waiting.append({"who": who, "needs": needs, "amount": amounts[event.level], "event": number})
    out += [(held["event"], held["who"], held["amount"], "held", held["event"]) for held in waiting]
    return sorted(out)
