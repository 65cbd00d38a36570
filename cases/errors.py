"""Every way in which the case file says no.

    CaseError                   code: case
      NotACase                  not-a-case              the folder holds no case file
      NotABundle                not-a-bundle            what was to be verified is neither a case folder nor a bundle
      CaseExists                case-exists             a case (or something else) is already there
      FormatTooNew              format-too-new          written by a later version of the program
      CaseDamaged               case-damaged            the audit log does not add up; nothing is written to it
      NotFound
        UnknownCase             unknown-case
        UnknownSnapshot         unknown-snapshot
        UnknownAnalysis         unknown-analysis
        UnknownUpload           unknown-upload
        UnknownJob              unknown-job
        UnknownParticipant      unknown-participant
        UnknownMeasurement      unknown-measurement
        UnknownUser             unknown-user
        NothingComputed         nothing-computed        the analysis had no plan, or nothing to compute on
      NothingToRead             nothing-to-read         an import or analysis without any source
      NameClash                 name-clash              two different files under one name
      LinkInFolder              link-in-folder          a link in a folder to be imported; it may lead anywhere
      NoParticipants            no-participants         a tree or an analysis of records that list nobody
      UploadError
        UploadTooLarge          upload-too-large
        DiskFull                disk-full
        WrongHash               wrong-hash              the bytes are not those the sender declared
        BadName                 bad-name                a file name that is a path or holds control characters
      AccessError
        NotAuthenticated        not-authenticated       no user has this token
        NotPermitted            not-permitted           the role may not do this
      BadCursor                 bad-cursor              a paging cursor of another snapshot, or tampered with
      JobFailed                 job-failed              carries the code and message of what stopped the job
      RegistryError             registry                the service's database cannot be used

Errors of the rooms below (IntakeError, PlanError, ...) pass through unchanged. Messages name the file, the
value and the way out. `Cancelled` is not an error; somebody asked for it.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each would add nothing

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar


class CaseError(Exception):
    """Root of everything this room raises on purpose."""

    code: ClassVar[str] = "case"


class NotACase(CaseError):
    """The folder holds no case file."""

    code = "not-a-case"

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        super().__init__(f"{folder} is not a case folder: {reason}. `downline import` makes one.")


class NotABundle(CaseError):
    """What was to be verified is neither a case folder nor a bundle."""

    code = "not-a-bundle"

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        super().__init__(f"{path} {reason}.")


class CaseExists(CaseError):
    """A new case was asked for where something is already."""

    code = "case-exists"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(f"{folder} already exists and is not empty; name another folder, or open the case in it")


class FormatTooNew(CaseError):
    """The case was written by a later version of the program."""

    code = "format-too-new"

    def __init__(self, folder: Path, found: object, known: int) -> None:
        super().__init__(
            f"{folder}: its format is version {found}; this program reads up to version {known}. "
            f"Update Downline and try again."
        )


class CaseDamaged(CaseError):
    """The audit log does not add up, so nothing may be appended to it."""

    code = "case-damaged"

    def __init__(self, file: Path, reason: str) -> None:
        self.file = file
        super().__init__(
            f"{file}: {reason}. Nothing was written. `downline verify` lists what was changed; "
            f"go on from an intact copy."
        )


class NotFound(CaseError):
    """Something was asked for that the case (or the service) does not have."""

    code = "not-found"
    what: ClassVar[str] = "thing"

    def __init__(self, name: str, known: tuple[str, ...] | list[str] = ()) -> None:
        self.name = name
        there = f"; there are: {', '.join(known[:8])}" if known else ""
        super().__init__(f"there is no {self.what} {name!r}{there}")


class UnknownCase(NotFound):
    """No case of that id."""

    code = "unknown-case"
    what = "case"


class UnknownSnapshot(NotFound):
    """No snapshot of that id, or none at all yet."""

    code = "unknown-snapshot"
    what = "snapshot"


class UnknownAnalysis(NotFound):
    """No analysis of that id, or none at all yet."""

    code = "unknown-analysis"
    what = "analysis"


class UnknownUpload(NotFound):
    """No upload of that name."""

    code = "unknown-upload"
    what = "uploaded file"


class UnknownJob(NotFound):
    """No job of that id."""

    code = "unknown-job"
    what = "job"


class UnknownParticipant(NotFound):
    """No participant of that id in the snapshot."""

    code = "unknown-participant"
    what = "participant"


class UnknownMeasurement(NotFound):
    """No measurement of that id in the analysis, or one without rows to show."""

    code = "unknown-measurement"
    what = "measurement"


class UnknownUser(NotFound):
    """No user of that name."""

    code = "unknown-user"
    what = "user"


class NothingComputed(NotFound):
    """The analysis computed no payouts: it had no plan, no orders, or no recorded payouts to compare with."""

    code = "nothing-computed"

    def __init__(self, analysis: str) -> None:
        CaseError.__init__(
            self,
            f"analysis {analysis[:12]} has no such payouts: it needs a plan and orders (and, to compare, recorded "
            "payouts); start one with a plan",
        )


class NothingToRead(CaseError):
    """An import without sources."""

    code = "nothing-to-read"

    def __init__(self, where: str) -> None:
        super().__init__(f"{where} has no files to read; upload the company's records first")


class NameClash(CaseError):
    """Two files under one name, so that a row's origin would be ambiguous."""

    code = "name-clash"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"two different files are called {name!r}; rename one, so that rows can name their origin")


class LinkInFolder(CaseError):
    """A symbolic link among a company's files: following it could take in a file that the company never handed over."""

    code = "link-in-folder"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"{name!r} is a link and is not followed; put the file itself into the folder, or remove it")


class NoParticipants(CaseError):
    """Without a list of participants nobody can be told from an outside customer."""

    code = "no-participants"

    def __init__(self) -> None:
        super().__init__(
            "the records hold no participants: no file became that table, or none of its rows was accepted, so that "
            "nobody can be told from an outside customer; add the list of members, or name its file and columns in "
            "datasheet.yaml (docs/intake.md)"
        )


class UploadError(CaseError):
    """Root of what can be wrong with an upload."""

    code = "upload"


class UploadTooLarge(UploadError):
    """More bytes than the service takes."""

    code = "upload-too-large"

    def __init__(self, name: str, limit: int) -> None:
        self.limit = limit
        super().__init__(f"{name} is larger than the limit of {limit:,} bytes; nothing of it was kept")


class DiskFull(UploadError):
    """Not enough free space to take the upload and still work."""

    code = "disk-full"

    def __init__(self, name: str, free: int, reserve: int) -> None:
        super().__init__(
            f"{name} was not kept: {free:,} bytes are free and {reserve:,} must stay free; "
            f"make room on the disk of the case folder"
        )


class WrongHash(UploadError):
    """The bytes that arrived are not those that the sender declared."""

    code = "wrong-hash"

    def __init__(self, name: str, declared: str, found: str) -> None:
        super().__init__(f"{name}: the sender declared SHA-256 {declared} but {found} arrived; send it again")


class BadName(UploadError):
    """A file name that cannot be kept as it is."""

    code = "bad-name"

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        super().__init__(f"the file name {name!r} {reason}")


class AccessError(CaseError):
    """Root of refusals by role."""

    code = "access"


class NotAuthenticated(AccessError):
    """Nobody is known by this token."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__("no user has this token; ask the person who runs the service for a new one")


class NotPermitted(AccessError):
    """The role may not do what was asked."""

    code = "not-permitted"

    def __init__(self, role: str, action: str, allowed: tuple[str, ...]) -> None:
        self.role = role
        self.action = action
        super().__init__(f"the role {role} may not {action}; these may: {', '.join(allowed)}")


class BadCursor(CaseError):
    """A paging cursor that this service did not give out for this question."""

    code = "bad-cursor"

    def __init__(self) -> None:
        super().__init__("the cursor belongs to another question or was altered; start again without a cursor")


class JobFailed(CaseError):
    """A job ended in an error.

    Attributes:
        reason: the code of the error that stopped it.
    """

    code = "job-failed"

    def __init__(self, job: str, reason: str, message: str) -> None:
        self.job = job
        self.reason = reason
        super().__init__(f"job {job} failed ({reason}): {message}")


class RegistryError(CaseError):
    """The service's database cannot be used."""

    code = "registry"


def places_of(error: Exception) -> list[dict[str, Any]]:
    """File, line, column and value of everything wrong, as far as an error of this room or one below knows them.

    Each place has `file`, `line`, `column`, `field`, `value` and `hint`, None where unknown; a plan's error has one
    for each mistake.
    """
    mistakes = getattr(error, "mistakes", None)
    if mistakes is not None:
        return [
            {
                "field": one.path or None,
                "file": one.file,
                "line": one.line or None,
                "column": one.column or None,
                "value": one.value,
                "hint": f"{one.problem}; {one.nearest}" if one.nearest else one.problem,
            }
            for one in mistakes
        ]
    file, line, value = (getattr(error, name, None) for name in ("file", "line", "value"))
    if file is None and line is None and value is None:
        return []
    return [
        {
            "field": None,
            "file": None if file is None else Path(str(file)).name,
            "line": line,
            "column": None,
            "value": None if value is None else str(value),
            "hint": str(error),
        }
    ]
