"""Three roles, one table of permissions, and names that stay masked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import Action, Role, User, mask_name, require
from cases.access import PERMITTED
from cases.errors import NotPermitted


def test_an_auditor_may_do_everything() -> None:
    for action in Action:
        require(Role.AUDITOR, action)


def test_an_analyst_sees_no_names_and_manages_nobody() -> None:
    refused = {action for action in Action if action not in PERMITTED[Role.ANALYST]}
    assert refused == {Action.READ_NAMES, Action.MANAGE_USERS}
    assert not User("1", "a", Role.ANALYST).sees_names
    assert User("1", "a", Role.AUDITOR).sees_names


def test_a_viewer_reads_findings_and_the_report() -> None:
    assert PERMITTED[Role.VIEWER] == {Action.LIST_CASES, Action.READ_FINDINGS, Action.READ_REPORT}
    with pytest.raises(NotPermitted, match=r"viewer may not look at participants.*these may: auditor, analyst"):
        require(Role.VIEWER, Action.READ_PARTICIPANTS)


@given(st.text())
def test_a_mask_shows_initials_and_no_length(name: str) -> None:
    masked = mask_name(name)
    assert masked is not None
    for shown, word in zip(masked.split(), name.split(), strict=False):
        assert shown.endswith("•••")
        assert shown in {"•••", f"{word[0]}•••"}
    assert len(masked.split()) <= 3


def test_roles_are_named_in_both_languages() -> None:
    assert [role.label.en for role in Role] == ["Auditor", "Analyst", "Viewer"]
    assert Role.AUDITOR.label.ar == "المراجِع"
