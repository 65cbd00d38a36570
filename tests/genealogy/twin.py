"""The slow, obvious tree that the fast one is held to: dictionaries of children, no trick, no recursion.

Everything is said in rows of the input; tests translate positions with `Tree.row` and `Tree.position`.
"""

from __future__ import annotations

from collections.abc import Sequence

UNKNOWN_LAST = 2**63 - 1


class Twin:
    """A forest as children lists, laid out by the documented order of siblings."""

    def __init__(
        self,
        parents: Sequence[int],
        joined: Sequence[int | None] | None = None,
        leg: Sequence[str | None] | None = None,
    ) -> None:
        self.parents = list(parents)
        count = len(self.parents)
        self.size = {row: len(self.downline(row)) + 1 for row in range(count)}
        came = [UNKNOWN_LAST if each is None else each for each in (joined or [None] * count)]
        legs = list(leg or [None] * count)
        rank = {None: 99, "left": 0, "middle": 1, "right": 2}

        def place(row: int) -> tuple[int, int, int, int]:
            side = legs[row]
            number = rank[side] if side in rank else 2 + int(str(side))
            return number, -self.size[row], came[row], row

        self.children: dict[int, list[int]] = {
            row: sorted((child for child in range(count) if self.parents[child] == row), key=place)
            for row in range(-1, count)
        }
        self.order: list[int] = []
        waiting = list(reversed(self.children[-1]))
        while waiting:
            row = waiting.pop()
            self.order.append(row)
            waiting += reversed(self.children[row])

    def upline(self, row: int) -> list[int]:
        """Ancestors, nearest first."""
        found = []
        while self.parents[row] >= 0:
            row = self.parents[row]
            found.append(row)
        return found

    def downline(self, row: int) -> set[int]:
        """Everybody who has `row` in their upline."""
        return {each for each in range(len(self.parents)) if row in self.upline(each)}

    def level(self, row: int, ancestor: int) -> int | None:
        """Levels below an ancestor."""
        chain = [row, *self.upline(row)]
        return chain.index(ancestor) if ancestor in chain else None

    def depth(self, row: int) -> int:
        """Levels below the root."""
        return len(self.upline(row))

    def lowest_common(self, a: int, b: int) -> int:
        """The first of a's upline, itself included, that is also in b's."""
        chain = {b, *self.upline(b)}
        return next((row for row in [a, *self.upline(a)] if row in chain), -1)

    def group_sum(self, values: Sequence[int], levels: int | None, *, include_self: bool) -> list[int]:
        """Sums over each downline, by row."""
        sums = []
        for row in range(len(self.parents)):
            near = [
                each
                for each in self.downline(row)
                if levels is None or len(self.upline(each)) - len(self.upline(row)) <= levels
            ]
            sums.append(sum(values[each] for each in near) + (values[row] if include_self else 0))
        return sums

    def kept(self, keep: Sequence[bool]) -> list[int]:
        """Parents after dropping rows: the nearest kept ancestor, -1 without one, -2 for the dropped."""
        return [
            next((above for above in self.upline(row) if keep[above]), -1) if keep[row] else -2
            for row in range(len(self.parents))
        ]
