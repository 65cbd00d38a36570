"""The tree as an icicle: a component of our own that draws one window of it and keeps the viewport in the browser.

Width is head-count and each row is a level. The API answers a window with at most a budget of marks (participants
where there is room, bars for slices of people where there is not), so a tree of a million costs what is drawn. The
component asks for a finer window when the reader has zoomed or moved, and patches its marks without moving anything.
It is never mirrored: readers of both languages see the same picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

STATIC = Path(__file__).parent / "static"
NAME = "downline_icicle"
KEY = "icicle"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader did: chose a participant or a bar, or moved the view."""

    id: str | None
    """A participant to go to."""
    view: tuple[int, int] | None
    """First and last position (preorder) in sight."""


def draw(
    window: dict[str, Any], *, home: tuple[int, int], chosen: str | None, words: dict[str, str], arabic: bool
) -> Asked:
    """Draw a window of the tree.

    Args:
        window: the API's answer: marks, `x0`, `x1`, `depth0`, `depth1`.
        home: the widest view: the positions of the chosen participant's network, or of the whole tree.
        chosen: the participant whose mark is outlined.
        words: what the component says: `one`, `many`, `level`, `people`, `label`.
        arabic: whether its words run from right to left (the drawing does not).
    """
    marks = [[one["id"], one["x0"], one["x1"], one["depth"], one["count"]] for one in window["marks"]]
    found = _component()(
        key=KEY,
        data={
            "marks": marks,
            "window": [window["x0"], window["x1"]],
            "depth": [window["depth0"], window["depth1"]],
            "home": list(home),
            "chosen": chosen,
            "words": words,
            "arabic": arabic,
        },
        on_chosen_change=_nothing,
        on_view_change=_nothing,
    )
    return Asked(id=found.get("chosen"), view=_view(found.get("view"), home))


def sight(home: tuple[int, int]) -> tuple[int, int] | None:
    """Where the reader looked at last within `home`, before anything is drawn in this run."""
    return _view((st.session_state.get(KEY) or {}).get("view"), home)


def _view(view: Any, home: tuple[int, int]) -> tuple[int, int] | None:
    if not isinstance(view, dict) or view.get("home") != list(home):
        return None
    left, right = max(home[0], int(view["x0"])), min(home[1], int(view["x1"]))
    return (left, right) if left < right else None


def _nothing() -> None:
    """A change of the component's values runs the page again; there is nothing else to do."""


@cache
def _source() -> tuple[str, str]:
    return (STATIC / "icicle.js").read_text(encoding="utf-8"), (STATIC / "icicle.css").read_text(encoding="utf-8")


def _component() -> Any:
    js, css = _source()
    return st.components.v2.component(NAME, js=js, css=css)
