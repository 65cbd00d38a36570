"""What the docs hold that code can say better: the tables, and the JSON Schemas for editors.

`make docs` writes them anew; a test compares what is committed with what this makes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from compensation import plan_schema
from compliance.report import Report
from compliance.rules import rule_schema
from intake.datasheet import DataSheet
from intake.publish import as_markdown, json_schema
from intake.schema import TABLES


def published() -> dict[str, str]:
    """Every published page, by its path below `docs/`."""
    schemas: dict[str, Callable[[], dict[str, Any]]] = {
        "plan": plan_schema,
        "rule": rule_schema,
        "datasheet": DataSheet.model_json_schema,
        "report": partial(Report.model_json_schema, mode="serialization"),
    }
    pages = {"tables.md": as_markdown()}
    for name, make in schemas.items():
        pages[f"schemas/{name}.schema.json"] = _json(make())
    for table in TABLES:
        pages[f"schemas/{table}.schema.json"] = _json(json_schema(table))
    return pages


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    docs = Path(__file__).resolve().parents[2] / "docs"
    for path, text in published().items():
        (docs / path).parent.mkdir(parents=True, exist_ok=True)
        (docs / path).write_text(text, encoding="utf-8")
