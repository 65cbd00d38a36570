"""How much the receiving desk takes in before it says stop.

Uploads come from strangers, so each size that an attacker could choose has a bound here. The defaults let
a large company's ten years of orders through and keep memory below a few gigabytes.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one reading, in bytes unless the name says otherwise."""

    files: int = 2_000
    """Files in a folder or archive."""
    file: int = 64 * GIB
    """One text, Parquet or JSON Lines file."""
    cell: int = MIB
    """One cell; a row with a larger one is refused."""
    row: int = 16 * MIB
    """One row of a text file; a larger one is refused without being held in memory."""
    columns: int = 2_000
    """Columns of one table."""
    archive: int = 64 * GIB
    """All files of an archive together, unpacked."""
    archive_ratio: int = 400
    """How many times larger than the archive its content may be (beyond 64 MiB)."""
    archive_depth: int = 1
    """Archives inside archives: 1 means none."""
    workbook: int = 2 * GIB
    """All parts of an XLSX file together, unpacked."""
    sheet_cells: int = 40_000_000
    """Rows times columns of one sheet."""
    data_sheet: int = MIB
    """The data sheet."""
    block: int = 16 * MIB
    """Read at a time from a text file."""


DEFAULT_LIMITS = Limits()
