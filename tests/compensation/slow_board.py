"""Boards again, slow and obvious: lists of seats, the oldest board first, one entrant after the other.

Written from the definition (docs/plans/matrices.md) and not from the engine: a board is a list of lines, and splitting it takes each
level-1 person's lines out one by one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field


@dataclass
class SlowStage:
    """What a stage does with a head who is done."""

    again: bool = False
    onward: bool = True
    most: int | None = None


@dataclass
class SlowBoard:
    """A board by lines: the head, his people, theirs. Seats are (person, number)."""

    lines: list[list[tuple[str, int]]] = field(default_factory=lambda: [[]])

    def people(self) -> set[str]:
        """Who sits on it."""
        return {person for line in self.lines for person, _ in line}


class SlowCycler:
    """All boards of all stages. `completed` lists (entry, stage, head, which of his cycles)."""

    def __init__(
        self, width: int, depth: int, stages: list[SlowStage], sponsor: dict[str, str | None], follow: bool, ends: bool
    ) -> None:
        self.width, self.depth, self.stages, self.sponsor = width, depth, stages, sponsor
        self.follow, self.ends = follow, ends
        self.open: list[list[SlowBoard]] = [[] for _ in stages]
        self.cycles: dict[tuple[int, str], int] = defaultdict(int)
        self.completed: list[tuple[int, int, str, int]] = []
        self.seats = 0

    def enter(self, entry: int, person: str) -> None:
        """Seat an entrant, and whoever enters because of it."""
        waiting = deque([(person, 0)])
        while waiting:
            who, stage = waiting.popleft()
            board = self.board_for(who, stage)
            self.sit(board, who)
            if len(board.lines) <= self.depth or len(board.lines[self.depth]) < self.width**self.depth:
                continue
            head = board.lines[0][0][0]
            self.open[stage].remove(board)
            for which in range(self.width):
                part = SlowBoard([])
                for line in range(1, self.depth + 1):
                    share = self.width ** (line - 1)
                    part.lines.append(board.lines[line][which * share : (which + 1) * share])
                self.open[stage].append(part)
            self.cycles[stage, head] += 1
            cycle = self.cycles[stage, head]
            self.completed.append((entry, stage, head, cycle))
            rule = self.stages[stage]
            stops = self.ends and rule.most is not None and cycle >= rule.most
            if rule.again and not stops:
                waiting.append((head, stage))
            if rule.onward and stage + 1 < len(self.stages):
                waiting.append((head, stage + 1))

    def sit(self, board: SlowBoard, who: str) -> None:
        """The next free place, line by line."""
        if len(board.lines[-1]) == self.width ** (len(board.lines) - 1):
            board.lines.append([])
        self.seats += 1
        board.lines[-1].append((who, self.seats))

    def board_for(self, who: str, stage: int) -> SlowBoard:
        """The nearest sponsor's board where he has one, else the oldest, else a new one."""
        above = self.sponsor[who] if self.follow else None
        while above is not None:
            seats = [
                (number, board)
                for board in self.open[stage]
                for line in board.lines
                for person, number in line
                if person == above
            ]
            if seats:
                return max(seats, key=lambda seat: seat[0])[1]
            above = self.sponsor[above]
        if not self.open[stage]:
            self.open[stage].append(SlowBoard())
        return self.open[stage][0]
