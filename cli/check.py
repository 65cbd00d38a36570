"""The command for people outside: `check` judges an offer by its costs and its published income table alone."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Adds this file's command."""
