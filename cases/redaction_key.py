"""The key of a case's pseudonyms: made once, kept in the case, never part of a bundle.

`redaction.key` holds 32 random bytes in hexadecimal. The audit log has the hash of the file, so that verifying the case
finds a key that was exchanged; whoever has the key and the records can tell which pseudonym is whose, nobody else can.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cases import storage
from cases.errors import CaseDamaged
from intake.text import Text

if TYPE_CHECKING:
    from cases.case import Case

KEY = "redaction.key"
MADE = "redaction.key-made"
"""What the audit log calls it."""


def key_of(case: Case, *, actor: str) -> bytes:
    """The case's key; made, and noted in the audit log, when it is first asked for.

    Raises:
        CaseDamaged: the file is not what the audit log says, or no key.
    """
    path = case.folder / KEY
    with storage.locked(case.folder):
        made = [entry for entry in case.audit.entries() if entry.action == MADE]
        if not made:
            if not path.exists():  # what a crash left before it was noted has never been used, and will do
                storage.write_file(path, secrets.token_hex(32).encode() + b"\n")
                path.chmod(0o400)
            case.audit.append(actor, MADE, case.id, {"sha256": storage.digest_file(path)})
        elif not path.is_file() or storage.digest_file(path) != made[0].details.get("sha256"):
            raise CaseDamaged(
                path,
                Text(
                    en="the key of the pseudonyms is missing or was changed",
                    ar="مفتاح الأسماء المستعارة غير موجود أو جرى تغييره",
                ),
            )
        try:
            return bytes.fromhex(path.read_text(encoding="ascii").strip())
        except ValueError as error:
            raise CaseDamaged(
                path, Text(en="the key of the pseudonyms is no key", ar="مفتاح الأسماء المستعارة ليس مفتاحًا")
            ) from error
