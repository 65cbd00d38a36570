"""DuckDB as every room opens it: in memory, and never fetching an extension from the network by itself.

What a query needs (Parquet, JSON) is part of DuckDB as installed; a query that would need more fails instead of
downloading code.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

_CLOSED = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}


def connect(settings: Mapping[str, str] | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory, of its own; close it, or use it as a context manager.

    Args:
        settings: further settings of DuckDB, such as `{"threads": "2"}`.

    >>> with connect({"threads": "1"}) as database:
    ...     database.execute("SELECT current_setting('autoinstall_known_extensions')").fetchone()
    (False,)
    """
    return duckdb.connect(config={**(settings or {}), **_CLOSED})
