"""The word that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, whatever its case; None where none is like it.

    >>> closest("Quantiy", ["amount", "quantity"])
    'quantity'
    """
    folded = {one.casefold(): one for one in known}
    found = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return folded[found[0]] if found else None
