"""What an error of any room says and where: the sentence in both languages, and file, line, column and value.

The API answers with it, and a failed job keeps it. An error that some other library raised has no second language;
its words stand as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from intake.text import Said, Text, verbatim


def places_of(error: Exception) -> list[dict[str, Any]]:
    """File, line, column and value of everything wrong, as far as an error of this room or one below knows them.

    Each place has `file`, `line`, `column`, `field`, `value` and `hint` (a `Text`), None where unknown; a plan's error
    has one for each mistake.
    """
    mistakes = getattr(error, "mistakes", None)
    if mistakes is not None:
        return [
            {
                "field": one.path or None,
                "file": one.file,
                "line": one.line or None,
                "column": one.column or None,
                "value": one.value,
                "hint": one.hint,
            }
            for one in mistakes
        ]
    file, line, value = (getattr(error, name, None) for name in ("file", "line", "value"))
    if file is None and line is None and value is None:
        return []
    return [
        {
            "field": None,
            "file": None if file is None else Path(str(file)).name,
            "line": line,
            "column": None,
            "value": None if value is None else str(value),
            "hint": said(error),
        }
    ]


def said(error: Exception) -> Text:
    """What an error says, in both languages; what another program raised stays in its words."""
    return error.text if isinstance(error, Said) else verbatim(error)
