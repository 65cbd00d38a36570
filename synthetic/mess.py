"""The same tables as several systems would export them: other headings, two forms of date, grouped sums of money.

Nothing is lost and nothing is ambiguous to a careful reader: months are written as words where the day could be taken
for one. What is planted stays planted.
"""

from __future__ import annotations

import polars as pl

HEADINGS = {
    "participants": {
        "id": "Distributor ID",
        "sponsor_id": "Sponsor ID",
        "manager_id": "Manager ID",
        "joined": "Enrollment Date",
        "left": "Termination Date",
        "kind": "Member Type",
        "country": "Country",
        "name": "Full Name",
        "person": "Tax ID",
    },
    "orders": {
        "id": "Order No.",
        "date": "Order Date",
        "seller_id": "Seller ID",
        "buyer_id": "Buyer ID",
        "buyer_kind": "Buyer Type",
        "product": "Product",
        "category": "Category",
        "quantity": "Qty",
        "amount": "Order Total",
        "cost": "Wholesale Price",
        "volume": "CV",
        "currency": "Currency",
    },
    "payouts": {
        "id": "Commission ID",
        "period": "Period",
        "date": "Paid Date",
        "participant_id": "Distributor ID",
        "component": "Bonus Type",
        "level": "Level",
        "amount": "Commission Amount",
        "currency": "Currency",
        "source_order_id": "Source Order",
        "source_participant_id": "From ID",
    },
    "returns": {
        "id": "RMA No.",
        "order_id": "Order No.",
        "participant_id": "Distributor ID",
        "requested": "Request Date",
        "decided": "Decision Date",
        "outcome": "Status",
        "amount": "Refund Amount",
        "currency": "Currency",
    },
}
"""Headings by table; the other tables keep theirs."""


def spoiled(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A table as text cells under other headings; every third date in words, thousands grouped."""
    from synthetic.writing import readable

    shown = readable(frame)
    third = pl.int_range(pl.len()) % 3 == 1
    cells = []
    for name, kind in frame.schema.items():
        cell = pl.col(name)
        if kind == pl.Datetime("ms"):
            words = frame[name].dt.strftime("%d %b %Y %H:%M:%S")
            plain = frame[name].dt.strftime("%Y-%m-%d %H:%M:%S")
            cell = pl.when(third).then(words).otherwise(plain)
        elif name in ("amount", "cost"):
            cell = cell.str.replace(r"^(-?\d{1,3})(\d{3})\.", "${1},${2}.")
        elif name == "country":
            cell = pl.when(third).then(cell.str.to_lowercase()).otherwise(cell)
        cells.append(cell.alias(HEADINGS.get(table, {}).get(name, name)))
    return shown.select(cells)
