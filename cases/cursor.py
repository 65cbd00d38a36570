"""Paging cursors: where the next page begins, sealed so that a client can only hand back what it was given.

A cursor carries the question it belongs to (snapshot, analysis, person, kind of rows) and the key of the last
row shown. It is signed with a secret of the service's home folder: a cursor of another question, another
service, or made by hand is refused rather than answered with the wrong rows.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from cases import storage
from cases.errors import BadCursor

_SIGNATURE = 16
"""Bytes of the signature kept: 128 bits."""


class Cursors:
    """Makes and reads the cursors of one service."""

    def __init__(self, home: Path) -> None:
        self._secret = _secret(home / "cursor.key")

    def seal(self, question: str, after: Any) -> str:
        """A cursor that continues `question` after the row of key `after`."""
        body = storage.canonical([question, after])
        return base64.urlsafe_b64encode(self._sign(body) + body).decode().rstrip("=")

    def open(self, question: str, cursor: str | None) -> Any:
        """The key to go on after; None without a cursor.

        Raises:
            BadCursor: of another question, or altered.
        """
        if cursor is None:
            return None
        try:
            data = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError) as error:
            raise BadCursor from error
        signature, body = data[:_SIGNATURE], data[_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(body)):
            raise BadCursor
        asked, after = json.loads(body)
        if asked != question:
            raise BadCursor
        return after

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, hashlib.sha256)[:_SIGNATURE]


def _secret(path: Path) -> bytes:
    """The service's secret, made on first use."""
    if not path.exists():
        with storage.locked(path.parent):
            if not path.exists():
                storage.write_file(path, secrets.token_bytes(32))
                path.chmod(0o600)
    return path.read_bytes()
