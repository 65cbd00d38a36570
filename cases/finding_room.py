"""What can be asked about findings beyond reading them: the questions that only a person can answer, the answers that
were given, and what changed between two analyses or two dates of the law."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from cases.access import Action, User
from cases.payout_room import PayoutRoom

if TYPE_CHECKING:
    from cases.answers import AskedQuestion, GivenAnswer
    from compliance.changes import Changes
    from compliance.questionnaire import Answer


class FindingRoom(PayoutRoom, ABC):
    """`PayoutRoom`, with questions, answers and changes."""

    def questions(self, actor: User, case_id: str, *, laws: Sequence[str] | None = None) -> list[AskedQuestion]:
        """The questions of some rule packs, each with the answer that counts.

        Args:
            actor: who asks.
            case_id: of which case.
            laws: names of packs; those of the last analysis if None, `general` where there is none.

        Raises:
            compliance.errors.UnknownPack: a law has no rule pack.
        """
        from cases.answers import asked
        from compliance.rules import load_packs

        case = self._enter(actor, Action.READ_FINDINGS, case_id, "questions.read")
        return asked(case, load_packs(case.laws() if laws is None else laws))

    def answer(self, actor: User, case_id: str, answers: Sequence[Answer]) -> list[GivenAnswer]:
        """Keep answers with a case; analyses started from now on use them.

        Raises:
            compliance.errors.RulePackError: one answers a question that no rule asks, or with a value of another
                kind; then none is kept.
        """
        from cases.answers import give

        case = self._enter(actor, Action.ANSWER, case_id)
        given = give(case, answers, actor=actor.name)
        self._anchor(case)
        return given

    def answers(self, actor: User, case_id: str) -> list[GivenAnswer]:
        """Every answer that was ever given, oldest first; of several to one question the last counts."""
        from cases.answers import history

        return history(self._enter(actor, Action.READ_FINDINGS, case_id, "answers.read"))

    def changes(self, actor: User, case_id: str, analysis: str | None = None, *, since: str) -> Changes:
        """What differs between an earlier analysis and another.

        Raises:
            UnknownAnalysis: the case has not both.
        """
        from cases.changes import between

        case = self._enter(actor, Action.READ_FINDINGS, case_id, "changes.read", analysis)
        return between(case.analysis(since), case.analysis(analysis))

    def changes_of_law(
        self, actor: User, case_id: str, analysis: str | None = None, *, first: date, second: date
    ) -> Changes:
        """What differs on one analysis between the rules in force on two days."""
        from cases.changes import between_days

        case = self._enter(actor, Action.READ_FINDINGS, case_id, "changes.read", analysis)
        return between_days(case.analysis(analysis), first, second)
