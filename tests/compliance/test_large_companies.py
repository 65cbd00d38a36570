"""What keeps large companies answerable changes no result: pages of evidence by place, series of bounded length."""

from __future__ import annotations

from datetime import date

import pytest

from compliance import evidence_pages

PEOPLE = [
    {"id": "root", "joined": "2025-01-01"},
    {"id": "ann", "sponsor_id": "root", "joined": "2025-01-02"},
]
CATEGORIES = ("product", "autoship", "fee", None)
QUERIES = [
    "SELECT * FROM money_in ORDER BY side, source_file, source_line",
    "SELECT * FROM money_in WHERE side = 'participant' ORDER BY source_file, source_line",
    "SELECT * FROM money_in WHERE side = 'participant' AND category IS DISTINCT FROM 'autoship'"
    " AND date_part('day', last_day(date)) - date_part('day', date) < 3 ORDER BY source_file, source_line",
    "SELECT * FROM money_in WHERE buyer_id = 'ann' ORDER BY source_file, source_line",
    "SELECT * FROM money_in WHERE category = 'deposit' ORDER BY source_file, source_line",
    "SELECT m.*, o.category AS source_category FROM money_out m LEFT JOIN orders o ON o.id = m.source_order_id"
    " ORDER BY m.source_file, m.source_line, o.source_line",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("shuffled", [False, True])
def test_places_and_sorting_give_one_page(company, query: str, *, shuffled: bool) -> None:  # type: ignore[no-untyped-def]
    lines = [(at * 17) % 40 + 2 if shuffled else at + 2 for at in range(40)]
    orders = [
        {
            "id": f"o{at % 30}",  # ten orders of two lines
            "date": f"{date(2025, 1, 1 + at % 31)}",
            "buyer_id": ("ann", "cust", "root", None)[at % 4],
            "category": CATEGORIES[at % 3],
            "amount": 100 + at,
            "currency": "EUR" if at % 9 == 8 else "USD",
            "source_line": line,
        }
        for at, line in enumerate(lines)
    ]
    payouts = [
        {"id": f"p{at}", "participant_id": "root", "amount": 5, "currency": "USD", "source_order_id": f"o{at}"}
        for at in range(35)
    ]
    records = company(participants=PEOPLE, orders=orders, payouts=payouts)
    evidence = records.evidence(query)
    for limit, after in ((4, 0), (4, 4), (100, 3), (evidence_pages.MOST_PLACES + 1, 0)):
        sorted_ = records.sql(f"{evidence.sql} LIMIT {limit} OFFSET {after}")
        assert records.rows(evidence, limit=limit, after=after).equals(sorted_)
        records.row("SELECT count(*) FROM order_facts")
        assert records.rows(evidence, limit=limit, after=after).equals(sorted_)


def test_a_chain_does_not_blow_up_the_series(company) -> None:  # type: ignore[no-untyped-def]
    from compliance.indicators import measure
    from compliance.indicators.registry import MOST_POINTS
    from compliance.overview import MOST_LEVELS, overview

    deep = MOST_POINTS + 500
    people = [{"id": f"m{at}", "sponsor_id": f"m{at - 1}" if at else None} for at in range(deep)]
    records = company(participants=people)
    (series,) = measure(records, ["tail_share"])[0].series
    assert (len(series.points), series.points[-1].x) == (MOST_POINTS, str(MOST_POINTS - 1))
    assert series.note is not None
    counted = overview(records)
    assert counted.deepest_level == deep - 1
    assert len(counted.members_by_level) == MOST_LEVELS
    assert sum(counted.members_by_level) == deep
