"""Sums of amounts that are beyond what can be counted, said in words that help.

Amounts are 64-bit integers of minor units, and so are the sums that the derived tables keep. Two amounts that are each
allowed can add up to more; then no figure is given, and the message names the table, the sum and the largest row.
"""

# ruff: noqa: S608 - queries are put together from this room's own constants

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from compliance.errors import AmountsTooLarge

if TYPE_CHECKING:
    import duckdb

    from compliance.records import Records


def check_sums(records: Records, cursor: duckdb.DuckDBPyConnection, names: Sequence[str], most: int) -> None:
    """Looks whether the amounts of a table add up to more than can be counted.

    Args:
        records: whose tables these are.
        cursor: on their connection.
        names: of order_facts, reward_facts and returns, those that are there.
        most: minor units that are still counted, signs left out.

    Raises:
        AmountsTooLarge: the largest of the sums is beyond `most`.
    """
    sums = []
    for name in names:
        found = cursor.execute(f"SELECT sum(greatest(amount::HUGEINT, -amount::HUGEINT)) FROM {name}").fetchone()
        sums.append((int(found[0] or 0) if found else 0, name))
    total, name = max(sums, default=(0, ""))
    if total <= most:
        return
    table = {"order_facts": "orders", "reward_facts": records.rewards_from, "returns": "returns"}[name]
    currency = records.currency or ""
    largest = cursor.execute(
        f"SELECT amount, source_file, source_line FROM {'rewards' if name == 'reward_facts' else table}"
        " WHERE amount IS NOT NULL AND coalesce(currency, $1) = $1"
        " ORDER BY abs(amount::HUGEINT) DESC, source_file, source_line LIMIT 1",
        [currency],
    ).fetchone()
    amount, file, line = largest or (0, "", 0)
    raise AmountsTooLarge(
        records.folder,
        table=table,
        total=total,
        currency=currency,
        scale=records.scale,
        amount=int(amount),
        file=str(file),
        line=int(line),
    )
