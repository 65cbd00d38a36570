"""Tables of complaints and of invitations, and the day of delivery, are recognised by their headings and values."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from intake.recognise import recognise_table

DAYS = [str(date(2024, 1, 1) + timedelta(days=at)) for at in range(30)]


def ids(letter: str, of: int = 30) -> list[str]:
    return [f"{letter}{at % of}" for at in range(30)]


@pytest.mark.parametrize("name", ["tickets.csv", "export.csv"])
def test_complaints_are_recognised(name: str) -> None:
    table = {
        "ticket_id": ids("T"), "opened_at": DAYS, "order_id": ids("O"), "customer_id": ids("C", 9),
        "complaint_type": ["late delivery", "defective", "money back"] * 10, "closed_at": DAYS,
    }  # fmt: skip
    found, confidence, guesses = recognise_table(list(table), pl.DataFrame(table), name)
    assert found == "complaints"
    assert confidence >= 75
    assert [guess.target for guess in guesses] == ["id", "date", "order_id", "buyer_id", "subject", "resolved"]


@pytest.mark.parametrize("name", ["invites.csv", "export.csv"])
def test_invitations_are_recognised(name: str) -> None:
    table = {
        "invite_id": ids("I"), "inviter": ids("C", 7), "invited_at": DAYS, "invitee_email": [f"{at}@example.org" for at in range(30)],
        "invitee_id": ids("N"), "accepted_at": DAYS,
    }  # fmt: skip
    found, confidence, guesses = recognise_table(list(table), pl.DataFrame(table), name)
    assert found == "invitations"
    assert confidence >= 75
    assert [guess.target for guess in guesses] == ["id", "participant_id", "date", "contact", "buyer_id", "accepted"]


def test_the_day_of_delivery_is_no_second_date_of_the_order() -> None:
    table = {
        "order_id": ids("O"),
        "order_date": DAYS,
        "delivered_at": DAYS,
        "buyer_id": ids("C", 7),
        "amount": ["10.00"] * 30,
    }
    found, _, guesses = recognise_table(list(table), pl.DataFrame(table), "orders.csv")
    assert found == "orders"
    assert [guess.target for guess in guesses] == ["id", "date", "delivered", "buyer_id", "amount"]
