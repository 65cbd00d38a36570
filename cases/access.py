"""Who may do what: three roles, one table, one question (`require`), and how a name is masked.

An auditor reads everything, names included, imports and analyses. An analyst does the same with names masked.
A viewer reads findings and reports. Every method of `Service` asks `require` first; nothing else decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cases.errors import NotPermitted
from intake.text import Text

MASK = "•••"


class Role(StrEnum):
    """What a user is to the service."""

    AUDITOR = "auditor"
    ANALYST = "analyst"
    VIEWER = "viewer"

    @property
    def label(self) -> Text:
        """The role in words."""
        return _LABELS[self]


_LABELS = {
    Role.AUDITOR: Text(en="Auditor", ar="المراجِع"),
    Role.ANALYST: Text(en="Analyst", ar="المحلِّل"),
    Role.VIEWER: Text(en="Viewer", ar="المطّلِع"),
}


class Action(StrEnum):
    """What can be done to a case, as it stands in the audit log."""

    CREATE_CASE = "create a case"
    LIST_CASES = "list the cases"
    ADD_SOURCE = "upload files"
    START_ANALYSIS = "start an analysis"
    CANCEL_JOB = "cancel a job"
    ANSWER = "answer questions"
    READ_FINDINGS = "read findings"
    READ_REPORT = "read the report"
    READ_ROWS = "read rows of the records"
    READ_PARTICIPANTS = "look at participants and their tree"
    READ_NAMES = "read names"
    READ_AUDIT = "read the audit log"
    VERIFY = "verify a case"
    MANAGE_USERS = "manage users"


_VIEWER = frozenset({Action.LIST_CASES, Action.READ_FINDINGS, Action.READ_REPORT})
_ANALYST = frozenset(Action) - {Action.READ_NAMES, Action.MANAGE_USERS}
PERMITTED: dict[Role, frozenset[Action]] = {
    Role.VIEWER: _VIEWER,
    Role.ANALYST: _ANALYST,
    Role.AUDITOR: frozenset(Action),
}


@dataclass(frozen=True, slots=True)
class User:
    """Somebody known to the service."""

    id: str
    name: str
    role: Role

    @property
    def sees_names(self) -> bool:
        """Whether names are shown to this user as they are."""
        return Action.READ_NAMES in PERMITTED[self.role]


def require(role: Role, action: Action) -> None:
    """Pass if the role may do this.

    Raises:
        NotPermitted: it may not; the message names the roles that may.
    """
    if action not in PERMITTED[role]:
        allowed = tuple(one.value for one in Role if action in PERMITTED[one])
        raise NotPermitted(role.value, action.value, allowed)


def mask_name(name: str | None) -> str | None:
    """A name reduced to initials; neither its length nor that of its words shows.

    >>> mask_name("Fatima  Hassan"), mask_name("سمير"), mask_name("X"), mask_name(None)
    ('F••• H•••', 'س•••', '•••', None)
    """
    if name is None:
        return None
    words = [word for word in name.split() if word]
    if sum(len(word) for word in words) < 3:
        return MASK
    return " ".join(f"{word[0]}{MASK}" for word in words[:3])
