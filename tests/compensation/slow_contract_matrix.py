"""The smart-contract matrices again, slow and obvious: lists of names, recursion, one purchase after the other.

Written from the rules of the published example (`plan.rules` of forsage-twelve-registrations) and the
deployed contract (tandil-dev/forsage-audit, contracts/SmartMatrixForsage.sol), and not from the engine. A tie in the tree is a name; a matrix is a list.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field


@dataclass
class SlowMatrix:
    """One person's matrix of one level."""

    first: list[str] = field(default_factory=list)
    second: list[str] = field(default_factory=list)
    closed: str | None = None
    parent: str | None = None
    blocked: bool = False


class SlowContract:
    """One matrix type, all levels. `buy` says who gets the price."""

    def __init__(self, kind: str, owner: str, sponsor: dict[str, str | None], last: int, blocking: bool = True) -> None:
        self.kind, self.owner, self.sponsor, self.last, self.blocking = kind, owner, sponsor, last, blocking
        self.held: dict[int, set[str]] = defaultdict(lambda: {owner})
        self.matrix: dict[tuple[str, int], SlowMatrix] = defaultdict(SlowMatrix)

    def buy(self, who: str, level: int) -> str | None:
        """Buy a level; the receiver, or None where the level is held already."""
        if who in self.held[level]:
            return None
        if level > 1:
            self.matrix[who, level - 1].blocked = False
        above = self.referrer(who, level)
        self.held[level].add(who)
        return self.place(who, above, level)

    def referrer(self, who: str, level: int) -> str:
        """The nearest sponsor above who holds the level."""
        above = self.sponsor[who]
        while above is not None and above not in self.held[level]:
            above = self.sponsor[above]
        return above or self.owner

    def pay(self, who: str, level: int) -> str:
        """Who gets money due to somebody."""
        met = set()
        while self.matrix[who, level].blocked:
            met.add(who)
            following = self.matrix[who, level].parent
            if following is None or following in met:
                return self.owner
            who = following
        return who

    def restart(self, who: str, level: int) -> None:
        """Block whoever restarts without the next level."""
        if self.blocking and level < self.last and who not in self.held[level + 1]:
            self.matrix[who, level].blocked = True

    def place(self, who: str, above: str, level: int) -> str:
        """Put somebody into a matrix, by the rules of the type."""
        if self.kind == "X3":
            self.matrix[who, level].parent = above
            mine = self.matrix[above, level]
            mine.first.append(who)
            if len(mine.first) < 3:
                return self.pay(above, level)
            mine.first = []
            self.restart(above, level)
            if above == self.owner:
                return self.pay(above, level)
            return self.place(above, self.referrer(above, level), level)
        mine = self.matrix[above, level]
        if len(mine.first) < 2:
            mine.first.append(who)
            self.matrix[who, level].parent = above
            if above == self.owner:
                return self.pay(above, level)
            over = mine.parent
            assert over is not None
            self.matrix[over, level].second.append(who)
            return self.second_line(over, level)
        mine.second.append(who)
        left, right = mine.first[0], mine.first[1]
        if mine.closed is not None:
            under = right if mine.closed == left else left
        elif who == right:
            under = left
        elif who == left:
            under = right
        elif len(self.matrix[left, level].first) <= len(self.matrix[right, level].first):
            under = left
        else:
            under = right
        self.matrix[under, level].first.append(who)
        self.matrix[who, level].parent = under
        return self.second_line(above, level)

    def second_line(self, who: str, level: int) -> str:
        """The rule of the second line."""
        mine = self.matrix[who, level]
        if len(mine.second) < 4:
            return self.pay(who, level)
        over = self.matrix[mine.parent, level] if mine.parent is not None else None
        if over is not None and len(over.first) == 2 and who in over.first:
            over.closed = who
        mine.first, mine.second, mine.closed = [], [], None
        self.restart(who, level)
        if who == self.owner:
            return self.pay(who, level)
        return self.place(who, self.referrer(who, level), level)
