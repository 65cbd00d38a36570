"""What every reader needs of a file before it reads: its SHA-256, and what a damaged archive may raise."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from pathlib import Path

DAMAGED_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # an offset before the file's beginning
    NotImplementedError,  # a compression that nobody uses
    RuntimeError,  # a password on a member that the directory does not announce
    ValueError,
    KeyError,
)
"""What `zipfile` raises on archives that are truncated, damaged or made to harm."""


def sha256_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
