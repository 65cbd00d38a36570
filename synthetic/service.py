"""What becomes of orders and who invited whom: deliveries, complaints, invitations, each with its planted truth.

A programme whose service is strained delivers later, is complained about and given back to more often the more sellers
are active; one whose service is sound does not, however it grows. Invitations are followed at a stated rate, which is what
a measured conversion must come to.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from synthetic.draws import DAY, STAYS, Draws, Ints
from synthetic.ids import ids, picked, times
from synthetic.lines import Lines
from synthetic.people import People
from synthetic.scenario import Scenario

USUAL_MONTHS = 3
"""The first months with sellers, against which later ones are held."""
SUBJECTS = ("delivery", "product", "refund", "other")
SUBJECT_CHANCE = (0.5, 0.8, 0.95)
CHANNELS = ("link", "mail", "message")


class Service:
    """How orders are served, month by month."""

    def __init__(self, scenario: Scenario, people: People, draws: Draws, end: int) -> None:
        self._rule, self._people, self._draws, self._end = scenario.service, people, draws, end
        self._usual: list[int] = []

    def load(self, lines: Lines) -> float:
        """By how much everything that can go wrong goes wrong more often than in the first months."""
        if self._rule is None or self._rule.strain is None:
            return 1.0
        active = len(np.unique(lines.seller[lines.seller >= 0]))
        if len(self._usual) < USUAL_MONTHS and active:
            self._usual.append(active)
        usual = sum(self._usual) / max(len(self._usual), 1)
        return max(1.0, active / usual) ** self._rule.strain.value if usual else 1.0

    def delivered(self, lines: Lines, month: int, load: float) -> pl.DataFrame:
        """The column `delivered` of a month's orders; no column where the records have none."""
        if self._rule is None:
            return pl.DataFrame()
        random = self._draws.stream("delivery", month)
        days = self._rule.days.value * load * np.exp(random.standard_normal(len(lines)) * 0.4)
        at = lines.date + (days * DAY).astype(np.int64)
        return pl.DataFrame({"delivered": times(np.where(at < self._end, at, STAYS))})

    def complaints(self, orders: pl.DataFrame, lines: Lines, month: int, load: float, first: int) -> pl.DataFrame:
        """Complaints about a month's orders that are made before the records end; numbered from `first`."""
        if self._rule is None:
            return pl.DataFrame()
        random = self._draws.stream("complaints", month)
        at = np.flatnonzero(random.random(len(lines)) < min(1.0, self._rule.complaints.value * load))
        made = lines.date[at] + DAY + (random.random(len(at)) * 20 * DAY).astype(np.int64)
        at, made = at[made < self._end], made[made < self._end]
        closed = made + DAY + (random.random(len(at)) * 14 * DAY).astype(np.int64)
        subject = np.searchsorted(SUBJECT_CHANCE, random.random(len(at)))
        rows = pl.Series(at)
        return pl.DataFrame(
            {
                "id": ids("K", np.arange(first, first + len(at))),
                "date": times(made),
                "order_id": orders["id"].gather(rows),
                "buyer_id": orders["buyer_id"].gather(rows),
                "participant_id": self._people.named(lines.seller[at]),
                "subject": picked(pl.Series(SUBJECTS), subject),
                "resolved": times(np.where(closed < self._end, closed, STAYS)),
            }
        )


def invitations(
    scenario: Scenario, people: People, draws: Draws, month: int, start: int, end: int, first: int
) -> pl.DataFrame:
    """Invitations of a month: one for everybody who came by a recruiter, and those that nobody followed."""
    rule = scenario.invitations
    if rule is None:
        return pl.DataFrame()
    random = draws.stream("invitations", month)
    came = np.flatnonzero((people.joined >= start) & (people.joined < end) & (people.sponsor >= 0))
    by = people.sponsor[came]
    early = (random.random(len(came)) * rule.days.value * DAY).astype(np.int64)
    sent: Ints = np.maximum(people.joined[came] - early, np.minimum(people.joined[by] + 60, people.joined[came]))
    rate = rule.followed.value
    lost = random.binomial(max(round(len(came) / rate), 0), 1 - rate) if len(came) else 0
    idle = by[random.integers(0, max(len(by), 1), lost)] if len(by) else by[:0]
    idle_sent = np.maximum(
        people.joined[idle] + 60, start + (random.random(len(idle)) * (end - start)).astype(np.int64)
    )
    number, order = len(came) + len(idle), np.argsort(np.concatenate([sent, idle_sent]), kind="stable")
    nobody = np.full(len(idle), -1)
    frame = pl.DataFrame(
        {
            "participant_id": people.named(np.concatenate([by, idle])),
            "date": times(np.concatenate([sent, idle_sent])),
            "buyer_id": people.named(np.concatenate([came, nobody])),
            "accepted": times(np.concatenate([people.joined[came], np.full(len(idle), STAYS)])),
            "channel": picked(pl.Series(CHANNELS), random.integers(0, len(CHANNELS), number)),
        }
    )[pl.Series(order)]
    return frame.with_columns(id=ids("I", np.arange(first, first + number))).select("id", *frame.columns)
