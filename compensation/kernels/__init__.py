"""The compiled loops: exact integer arithmetic over arrays, one file per walk.

Each has a slow, obvious twin in tests/compensation that property tests hold it to, to the minor unit.
"""

from __future__ import annotations

from typing import Any

import numpy.typing as npt


def read_only(*arrays: npt.NDArray[Any]) -> tuple[Any, ...]:
    """Views that cannot be written through, of arrays some of which can be and some cannot.

    A loop is compiled anew for each mixture of the two kinds that it meets; this way it meets one.
    """
    views = tuple(array.view() for array in arrays)
    for view in views:
        view.flags.writeable = False
    return views
