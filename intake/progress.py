"""How long work tells its caller how far it is, and how it is told to stop.

Anything that may take over a second accepts a `Progress`: it is called with the stage's name and the share
of that stage which is done (0 to 1). The caller draws a bar, writes a job's row, or raises `Cancelled`
to stop the work; writers build in a temporary folder, so a stop leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable

Progress = Callable[[str, float], None]


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """Raised from inside a `Progress` to stop the work that called it."""


def silent(stage: str, share: float) -> None:
    """A `Progress` that nobody watches."""
