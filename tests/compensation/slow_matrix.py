"""A forced matrix again, slow and obvious: levels are searched one by one, people below are counted one by one.

Written from the definition (docs/plans/matrices.md) and not from the engine. A place is an object with a list of slots; whoever
enters again has several.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class SlowPlace:
    """Somebody's place."""

    owner: str
    since: int
    slots: list[SlowPlace | None]
    above: SlowPlace | None = None
    cycled: bool = False

    def everybody(self) -> int:
        """People at and below it."""
        return 1 + sum(each.everybody() for each in self.slots if each is not None)

    def levels(self, depth: int) -> list[list[SlowPlace]]:
        """The places below, level by level."""
        found: list[list[SlowPlace]] = []
        level = [self]
        for _ in range(depth):
            level = [each for place in level for each in place.slots if each is not None]
            found.append(level)
        return found


@dataclass
class SlowRules:
    """How people are placed."""

    width: int
    rule: str = "breadth_first"
    under_top: bool = False
    re_entry_depth: int = 0
    max_entries: int | None = None


@dataclass
class Event:
    """Somebody takes a place, or is moved."""

    time: int
    who: str
    chosen: str | None = None
    slot: int | None = None
    """From 0."""
    move: bool = False


@dataclass
class SlowMatrix:
    """All places."""

    rules: SlowRules
    sponsor: dict[str, str | None]
    places: dict[str, list[SlowPlace]] = field(default_factory=dict)
    order: list[SlowPlace] = field(default_factory=list)

    def newest(self, who: str) -> SlowPlace | None:
        """A person's place of now."""
        return self.places[who][-1] if self.places.get(who) else None

    def happen(self, events: list[Event]) -> None:
        """Let everything happen, in order of time, sponsors before those whom they brought at the same time."""
        due = sorted(events, key=lambda event: event.time)
        for number, event in enumerate(due):
            if event.move:
                self.move(event)
                continue
            line, who = [event], self.sponsor[event.who]
            while who is not None and self.newest(who) is None:
                later = [each for each in due[number + 1 :] if each.who == who and not each.move]
                if not later or later[0].time > event.time:
                    break
                line.append(later[0])
                who = self.sponsor[who]
            for each in reversed(line):
                self.join(each, event.time)

    def join(self, event: Event, now: int) -> None:
        """Take a place; matrices that this fills give their owners new ones."""
        if self.newest(event.who) is not None:
            return
        waiting: list[tuple[str, Event | None]] = [(event.who, event)]
        while waiting:
            who, first = waiting.pop(0)
            if first is None:
                most = self.rules.max_entries
                if most is not None and len(self.places[who]) >= most:
                    continue
            start, wanted = None, None
            if first is not None and first.chosen is not None and self.newest(first.chosen) is not None:
                start, wanted = self.newest(first.chosen), first.slot
            elif self.rules.under_top:
                start = self.order[0] if self.order else None
            else:
                above = self.sponsor[who]
                while above is not None and self.newest(above) is None:
                    above = self.sponsor[above]
                start = self.newest(above) if above is not None else None
            place = SlowPlace(who, now, [None] * self.rules.width)
            if start is not None:
                if wanted is not None and wanted < self.rules.width and start.slots[wanted] is None:
                    free, slot = start, wanted
                else:
                    free, slot = self.free(start)
                free.slots[slot] = place
                place.above = free
            self.places.setdefault(who, []).append(place)
            self.order.append(place)
            depth = self.rules.re_entry_depth
            up, steps = place.above, 1
            while depth and up is not None and steps <= depth:
                full = all(len(level) == self.rules.width ** (i + 1) for i, level in enumerate(up.levels(depth)))
                if full and not up.cycled:
                    up.cycled = True
                    waiting.append((up.owner, None))
                up, steps = up.above, steps + 1

    def free(self, start: SlowPlace) -> tuple[SlowPlace, int]:
        """The free slot that the rule finds below a place."""
        if self.rules.rule == "weaker_leg":
            while None not in start.slots:
                legs = [each for each in start.slots if each is not None]
                start = min(legs, key=lambda leg: leg.everybody())
            return start, start.slots.index(None)
        level = [start]
        while True:
            for place in level:
                if None in place.slots:
                    return place, place.slots.index(None)
            level = [each for place in level for each in place.slots if each is not None]

    def move(self, event: Event) -> None:
        """Hang a person, with everybody below, under somebody else."""
        place = self.newest(event.who)
        target = self.newest(event.chosen) if event.chosen is not None else None
        if place is None or target is None:
            return
        up: SlowPlace | None = target
        while up is not None:
            if up is place:
                return
            up = up.above
        slot = event.slot
        if slot is None or target.slots[slot] is not None:
            if None not in target.slots:
                return
            slot = target.slots.index(None)
        if place.above is not None:
            place.above.slots[place.above.slots.index(place)] = None
        target.slots[slot] = place
        place.above = target

    def table(self) -> dict[str, tuple[str | None, int | None]]:
        """Whom everybody stands under now, and in which slot from 1."""
        result: dict[str, tuple[str | None, int | None]] = {}
        for who, places in self.places.items():
            place = places[-1]
            above = place.above
            result[who] = (None, None) if above is None else (above.owner, above.slots.index(place) + 1)
        return result

    def above_at(self, who: str, time: int) -> list[str]:
        """Owners of the places above a person's place of some time, nearest first."""
        mine = [place for place in self.places[who] if place.since <= time] or self.places[who][:1]
        owners, up = [], mine[-1].above
        while up is not None:
            owners.append(up.owner)
            up = up.above
        return owners
