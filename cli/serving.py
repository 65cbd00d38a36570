"""Commands about the running service: `up` starts it with its dashboard, `doctor` looks at the machine first."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
