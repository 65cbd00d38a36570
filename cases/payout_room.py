"""What can be asked about payouts of a case: the computed lines, why one is what it is, and recorded against recomputed.

Lines are read from the analysis' files. An explanation needs the computation itself, which is run again on the same
immutable records and kept for the next question about the same analysis.
"""

from __future__ import annotations

from abc import ABC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import views
from cases.access import Action, User
from cases.errors import NothingComputed
from cases.reading_room import ReadingRoom
from cases.views import Page

if TYPE_CHECKING:
    from cases.analysis import Analysis
    from compensation import Computed, Explanation


class PayoutRoom(ReadingRoom, ABC):
    """`ReadingRoom`, with payouts."""

    _last_computed: tuple[str, Computed] | None = None

    def payouts(
        self,
        actor: User,
        case_id: str,
        *,
        analysis: str | None = None,
        participant: str | None = None,
        period: str | None = None,
        component: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of the payout lines that the plan yields, in the order in which they are numbered.

        Raises:
            NothingComputed: the analysis had no plan, or no orders to compute on.
        """
        wanted = {"participant_id": participant, "period": period, "component": component}
        found = self._entered(actor, case_id, "payouts.read", analysis)
        return self._page(actor, found, "payouts", found.computed, wanted, cursor, limit)

    def reconciliation(
        self,
        actor: User,
        case_id: str,
        *,
        analysis: str | None = None,
        status: str | None = None,
        participant: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of recorded payments against recomputed ones.

        Raises:
            NothingComputed: the analysis had no plan, or the records have no payouts.
        """
        found = self._entered(actor, case_id, "reconciliation.read", analysis)
        wanted = {"status": status, "participant_id": participant}
        return self._page(actor, found, "reconciliation", found.reconciliation, wanted, cursor, limit)

    def causes(
        self,
        actor: User,
        case_id: str,
        *,
        analysis: str | None = None,
        cause: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Page:
        """A page of the differences, each with its probable cause.

        Raises:
            NothingComputed: the analysis had no plan, or the records have no payouts.
        """
        found = self._entered(actor, case_id, "causes.read", analysis)
        return self._page(actor, found, "causes", found.causes, {"cause": cause}, cursor, limit)

    def explain(
        self,
        actor: User,
        case_id: str,
        *,
        analysis: str | None = None,
        line: int | None = None,
        participant: str | None = None,
        period: str | None = None,
        order: str | None = None,
    ) -> Explanation:
        """The arithmetic behind one payout line, one participant, or one order.

        Raises:
            NothingComputed: the analysis had no plan, or no orders to compute on.
            compensation.NothingToExplain: there is no such line, participant, period or order.
        """
        from compensation import explain

        found = self._entered(actor, case_id, "payout.explained", analysis)
        with self._lock:
            if self._last_computed is None or self._last_computed[0] != found.id:
                computed = found.recompute()
                if computed is None:
                    raise NothingComputed(found.id)
                self._last_computed = (found.id, computed)
            computed = self._last_computed[1]
        return explain(computed, line=line, participant=participant, period=period, order=order)

    def _entered(self, actor: User, case_id: str, logged: str, analysis: str | None) -> Analysis:
        return self._enter(actor, Action.READ_ROWS, case_id, logged, analysis).analysis(analysis)

    def _page(
        self,
        actor: User,
        found: Analysis,
        what: str,
        path: Path | None,
        wanted: dict[str, str | None],
        cursor: str | None,
        limit: int | None,
    ) -> Page:
        import polars as pl

        if path is None:
            raise NothingComputed(found.id)
        asked: dict[str, Any] = {name: value for name, value in wanted.items() if value is not None}
        question = f"{what}/{found.id}/{sorted(asked.items())}"
        after = int(self.cursors.open(question, cursor) or 0)
        size = views.limit_of(limit)
        rows = pl.scan_parquet(path).filter(*(pl.col(name) == value for name, value in asked.items()))
        total, frame = rows.select(pl.len()).collect().item(), rows.slice(after, size + 1).collect()
        more = self.cursors.seal(question, after + size) if len(frame) > size else None
        return views.page_of(frame.head(size), names=actor.sees_names, total=int(total), next_=more)
