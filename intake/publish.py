"""The tables written down for others: JSON Schema for programs, Markdown for people.

Both are made from `intake.schema` and nothing else, so a page in the docs cannot say what the code does not do.
"""

from __future__ import annotations

from typing import Any

from intake.errors import HINTS
from intake.schema import TABLES, Column, Kind, Table

_JSON_TYPES: dict[Kind, dict[str, Any]] = {
    "id": {"type": "string", "minLength": 1},
    "text": {"type": "string", "minLength": 1},
    "date": {"type": "string", "format": "date-time"},
    "period": {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?|-W\d{2})?$"},
    "money": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "volume": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "integer": {"type": "integer", "minimum": -(2**63), "maximum": 2**63 - 1},
    "choice": {"type": "string"},
    "currency": {"type": "string", "minLength": 1},
    "fact": {"type": "string", "pattern": r"^(true|false|-?\d+(\.\d+)?)$"},
}

_UNITS: dict[Kind, str] = {
    "id": "id",
    "text": "text",
    "date": "UTC time, seconds",
    "period": "period",
    "money": "integer, minor units",
    "volume": "integer, thousandths",
    "integer": "integer",
    "choice": "word",
    "currency": "currency code",
    "fact": "number, true or false",
}


def json_schema(table: str) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one row of a table.

    Args:
        table: Name of the table.

    Raises:
        KeyError: No such table.
    """
    found = TABLES[table]
    properties: dict[str, Any] = {column.name: _property(column) for column in found}
    properties["source_file"] = {"type": "string", "description": "file the row came from, as named in the reading"}
    properties["source_line"] = {
        "type": "integer",
        "minimum": 1,
        "description": "1-based line of a text file on which the row starts, or row of a sheet or Parquet file",
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": found.name,
        "description": f"One row is {found.row}.",
        "type": "object",
        "properties": properties,
        "required": [*found.required, "source_file", "source_line"],
        "additionalProperties": False,
    }


def _property(column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {"description": column.about, **_JSON_TYPES[column.kind]}
    if column.choices and column.open_choices:
        told["examples"] = list(column.choices)
    elif column.choices:
        told["enum"] = list(column.choices)
    if column.refers_to:
        told["x-refers-to"] = column.refers_to
    if not column.required:
        told["type"] = [told["type"], "null"]
        if "enum" in told:
            told["enum"] = [*told["enum"], None]
    return told


def as_markdown() -> str:
    """All tables as a page: what a row is, and each column with its unit and meaning."""
    return "\n".join(_table_page(table) for table in TABLES.values()) + _refused_page()


def _table_page(table: Table) -> str:
    lines = [f"## {table.name}", "", f"One row is {table.row}."]
    if table.key:
        lines[-1] += f" Rows with the same `{table.key}` keep the first."
    lines += ["", "| column | what it holds | meaning |", "| --- | --- | --- |"]
    for column in table:
        name = f"**{column.name}**" if column.required else column.name
        meaning = column.about
        if column.choices:
            meaning += f": {', '.join(column.choices)}" + (" or another" if column.open_choices else "")
        if column.refers_to:
            meaning += f" (in {column.refers_to})"
        lines.append(f"| {name} | {_UNITS[column.kind]} | {meaning} |")
    lines += ["", "Columns in bold must be filled.", ""]
    return "\n".join(lines)


def _refused_page() -> str:
    lines = ["", "## Why a row is refused", "", "| code | what to do |", "| --- | --- |"]
    lines += [f"| `{code.value}` | {text.en} |" for code, text in HINTS.items()]
    return "\n".join(lines) + "\n"
