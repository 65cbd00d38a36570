"""Do the tables speak of the same people: ids in one table that another should know.

A miss is no reason to refuse a row (a buyer may be no member, a list may be cut), but a person must know how
many there are, because one wrong column or one change of case makes every row miss.
"""

from __future__ import annotations

from pathlib import Path

from intake.database import connect
from intake.reading import Note, TableReading
from intake.schema import TABLES
from intake.text import Text


def reference_notes(folder: Path, tables: dict[str, TableReading]) -> list[Note]:
    """A note for each column some of whose ids its table does not have.

    Args:
        folder: Where the tables' Parquet files are.
        tables: The tables that were written.
    """
    notes: list[Note] = []
    with connect() as connection:
        for name in tables:
            for column in TABLES[name]:
                if column.refers_to is None or column.name not in tables[name].filled:
                    continue
                other, _, key = column.refers_to.partition(".")
                if other not in tables or key not in tables[other].filled:
                    continue
                row = connection.execute(
                    f"""
                    select count(*), min(value) from (
                        select "{column.name}" as value from read_parquet($here) where "{column.name}" is not null
                    ) anti join (select "{key}" as value from read_parquet($there)) using (value)
                    """,  # noqa: S608 - names of our own schema
                    {"here": str(folder / f"{name}.parquet"), "there": str(folder / f"{other}.parquet")},
                ).fetchone()
                if row and row[0]:
                    notes.append(
                        Note(
                            code="unknown-reference",
                            column=f"{name}.{column.name}",
                            count=row[0],
                            text=Text(
                                en="Values of {column} that {refers_to} does not hold: {count}, for example {example}.",
                                ar="قيم في ⁨{column}⁩ غير موجودة في ⁨{refers_to}⁩: {count}، مثل ⁨{example}⁩.",
                            ).fill(
                                column=f"{name}.{column.name}",
                                refers_to=column.refers_to,
                                count=row[0],
                                example=row[1],
                            ),
                        )
                    )
    return notes
