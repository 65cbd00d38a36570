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
      NotMade                   not-made                a file that is made as a job, asked for before it was made
      JobFailed                 job-failed              carries the code and message of what stopped the job
      RegistryError             registry                the service's database cannot be used

Errors of the rooms below (IntakeError, PlanError, ...) pass through unchanged. Messages name the file, the
value and the way out. `Cancelled` is not an error; somebody asked for it.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each would add nothing

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from intake.text import NOTHING, Said, Text, say


class CaseError(Said):
    """Root of everything this room raises on purpose."""

    code: ClassVar[str] = "case"


class NotACase(CaseError):
    """The folder holds no case file."""

    code = "not-a-case"

    def __init__(self, folder: Path, reason: Text) -> None:
        self.folder = folder
        super().__init__(
            say(
                "{folder} is not a case folder: {reason}. `downline import` makes one.",
                "{folder} ليس مجلد ملف فحص: {reason}. ينشئه الأمر ⁨downline import⁩.",
                folder=folder,
                reason=reason,
            )
        )


class NotABundle(CaseError):
    """What was to be verified is neither a case folder nor a bundle."""

    code = "not-a-bundle"

    def __init__(self, path: Path, reason: Text) -> None:
        self.path = path
        super().__init__(say("{path} {reason}.", "{path} {reason}.", path=path, reason=reason))


class CaseExists(CaseError):
    """A new case was asked for where something is already."""

    code = "case-exists"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        super().__init__(
            say(
                "{folder} already exists and is not empty; name another folder, or open the case in it",
                "{folder} موجود من قبل وليس فارغًا. يُرجى تسمية مجلد آخر، أو فتح ملف الفحص الذي فيه",
                folder=folder,
            )
        )


class FormatTooNew(CaseError):
    """The case was written by a later version of the program."""

    code = "format-too-new"

    def __init__(self, folder: Path, found: object, known: int) -> None:
        super().__init__(
            say(
                "{folder}: its format is version {found}; this program reads up to version {known}. "
                "Update Downline and try again.",
                "{folder}: إصدار صيغته {found}، ويقرأ هذا البرنامج حتى الإصدار {known}. "
                "يُرجى تحديث Downline ثم إعادة المحاولة.",
                folder=folder,
                found=found,
                known=known,
            )
        )


class CaseDamaged(CaseError):
    """The audit log does not add up, so nothing may be appended to it."""

    code = "case-damaged"

    def __init__(self, file: Path, reason: Text) -> None:
        self.file = file
        super().__init__(
            say(
                "{file}: {reason}. Nothing was written. `downline verify` lists what was changed; "
                "go on from an intact copy.",
                "{file}: {reason}. لم يُكتب شيء. يعرض الأمر ⁨downline verify⁩ ما تغيّر. يُرجى المتابعة من نسخة سليمة.",
                file=file,
                reason=reason,
            )
        )


class NotFound(CaseError):
    """Something was asked for that the case (or the service) does not have."""

    code = "not-found"
    what: ClassVar[Text] = Text(en="thing", ar="شيء")
    none: ClassVar[str] = "لا يوجد"
    """That there is none, in Arabic, where the verb agrees with what it is."""

    def __init__(self, name: str, known: tuple[str, ...] | list[str] = ()) -> None:
        self.name = name
        there = say("; there are: {known}", ". الموجود: {known}", known=", ".join(known[:8])) if known else NOTHING
        super().__init__(
            say(
                "there is no {what} {name!r}{there}",
                f"{self.none} {{what}} بالاسم {{name!r}}{{there}}",
                what=self.what,
                name=name,
                there=there,
            )
        )


class UnknownCase(NotFound):
    """No case of that id."""

    code = "unknown-case"
    what = Text(en="case", ar="ملف فحص")


class UnknownSnapshot(NotFound):
    """No snapshot of that id, or none at all yet."""

    code = "unknown-snapshot"
    what = Text(en="snapshot", ar="نسخة ثابتة")
    none = "لا توجد"


class UnknownAnalysis(NotFound):
    """No analysis of that id, or none at all yet."""

    code = "unknown-analysis"
    what = Text(en="analysis", ar="تحليل")


class UnknownUpload(NotFound):
    """No upload of that name."""

    code = "unknown-upload"
    what = Text(en="uploaded file", ar="ملف مرفوع")


class UnknownJob(NotFound):
    """No job of that id."""

    code = "unknown-job"
    what = Text(en="job", ar="مهمة")
    none = "لا توجد"


class UnknownParticipant(NotFound):
    """No participant of that id in the snapshot."""

    code = "unknown-participant"
    what = Text(en="participant", ar="مشارك")


class UnknownMeasurement(NotFound):
    """No measurement of that id in the analysis, or one without rows to show."""

    code = "unknown-measurement"
    what = Text(en="measurement", ar="قياس")


class UnknownUser(NotFound):
    """No user of that name."""

    code = "unknown-user"
    what = Text(en="user", ar="مستخدم")


class NothingComputed(NotFound):
    """The analysis computed no payouts: it had no plan, no orders, or no recorded payouts to compare with."""

    code = "nothing-computed"

    def __init__(self, analysis: str) -> None:
        CaseError.__init__(
            self,
            say(
                "analysis {analysis} has no such payouts: it needs a plan and orders (and, to compare, recorded "
                "payouts); start one with a plan",
                "لا عمولات كهذه في التحليل {analysis}، فهو يحتاج إلى خطة وطلبات (وإلى دفعات مسجَّلة للمقارنة). "
                "يُرجى بدء تحليل بخطة",
                analysis=analysis[:12],
            ),
        )


class NothingToRead(CaseError):
    """An import without sources."""

    code = "nothing-to-read"

    def __init__(self, where: Text) -> None:
        super().__init__(
            say(
                "{where} has no files to read; upload the company's records first",
                "لا ملفات للقراءة في {where}. يُرجى رفع سجلات الشركة أولًا",
                where=where,
            )
        )


class NameClash(CaseError):
    """Two files under one name, so that a row's origin would be ambiguous."""

    code = "name-clash"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            say(
                "two different files are called {name!r}; rename one, so that rows can name their origin",
                "ملفان مختلفان بالاسم {name!r}. يُرجى تغيير اسم أحدهما ليُعرف مصدر كل صف",
                name=name,
            )
        )


class LinkInFolder(CaseError):
    """A symbolic link among a company's files: following it could take in a file that the company never handed over."""

    code = "link-in-folder"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            say(
                "{name!r} is a link and is not followed; put the file itself into the folder, or remove it",
                "{name!r} رابط ولا يُتبع. يُرجى وضع الملف نفسه في المجلد، أو حذف الرابط",
                name=name,
            )
        )


class NoParticipants(CaseError):
    """Without a list of participants nobody can be told from an outside customer."""

    code = "no-participants"

    def __init__(self) -> None:
        super().__init__(
            Text(
                en="the records hold no participants: no file became that table, or none of its rows was accepted, so "
                "that nobody can be told from an outside customer; add the list of members, or name its file and columns "
                "in datasheet.yaml (docs/intake.md)",
                ar="لا مشاركين في السجلات: لم يُقرأ أي ملف على أنه هذا الجدول، أو لم يُقبل أي من صفوفه، فلا يمكن تمييز أحد "
                "من العملاء. يُرجى إضافة قائمة الأعضاء، أو ذكر ملفها وأعمدتها في ⁨datasheet.yaml⁩ (⁨docs/intake.md⁩)",
            )
        )


class UploadError(CaseError):
    """Root of what can be wrong with an upload."""

    code = "upload"


class UploadTooLarge(UploadError):
    """More bytes than the service takes."""

    code = "upload-too-large"

    def __init__(self, name: str, limit: int) -> None:
        self.limit = limit
        super().__init__(
            say(
                "{name} is larger than the limit of {limit:,} bytes; nothing of it was kept",
                "{name} أكبر من الحد، وهو بالبايت {limit:,}. لم يُحفظ منه شيء",
                name=name,
                limit=limit,
            )
        )


class DiskFull(UploadError):
    """Not enough free space to take the upload and still work."""

    code = "disk-full"

    def __init__(self, name: str, free: int, reserve: int) -> None:
        super().__init__(
            say(
                "{name} was not kept: {free:,} bytes are free and {reserve:,} must stay free; "
                "make room on the disk of the case folder",
                "لم يُحفظ {name}: المساحة الخالية بالبايت {free:,}، ويجب أن تبقى {reserve:,} خالية. "
                "يُرجى إخلاء مساحة على قرص مجلد ملف الفحص",
                name=name,
                free=free,
                reserve=reserve,
            )
        )


class WrongHash(UploadError):
    """The bytes that arrived are not those that the sender declared."""

    code = "wrong-hash"

    def __init__(self, name: str, declared: str, found: str) -> None:
        super().__init__(
            say(
                "{name}: the sender declared SHA-256 {declared} but {found} arrived; send it again",
                "{name}: أعلن المرسِل أن SHA-256 هو {declared} ووصل {found}. يُرجى إرساله من جديد",
                name=name,
                declared=declared,
                found=found,
            )
        )


class BadName(UploadError):
    """A file name that cannot be kept as it is."""

    code = "bad-name"

    def __init__(self, name: str, reason: Text) -> None:
        self.name = name
        super().__init__(
            say("the file name {name!r} {reason}", "اسم الملف {name!r} {reason}", name=name, reason=reason)
        )


class AccessError(CaseError):
    """Root of refusals by role."""

    code = "access"


class NotAuthenticated(AccessError):
    """Nobody is known by this token."""

    code = "not-authenticated"

    def __init__(self) -> None:
        super().__init__(
            Text(
                en="no user has this token; ask the person who runs the service for a new one",
                ar="لا مستخدم يحمل رمز الدخول هذا. يُرجى طلب رمز جديد ممن يشغّل الخدمة",
            )
        )


class NotPermitted(AccessError):
    """The role may not do what was asked."""

    code = "not-permitted"

    def __init__(self, role: str, action: str, allowed: tuple[str, ...]) -> None:
        self.role = role
        self.action = action
        super().__init__(
            say(
                "the role {role} may not {action}; these may: {allowed}",
                "الإجراء {action} غير متاح لدور {role}. الأدوار المتاح لها: {allowed}",
                role=role,
                action=action,
                allowed=", ".join(allowed),
            )
        )


class BadCursor(CaseError):
    """A paging cursor that this service did not give out for this question."""

    code = "bad-cursor"

    def __init__(self) -> None:
        super().__init__(
            Text(
                en="the cursor belongs to another question or was altered; start again without a cursor",
                ar="مؤشر الصفحات يخص طلبًا آخر أو جرى تغييره. يُرجى البدء من جديد بلا مؤشر",
            )
        )


class NotMade(CaseError):
    """A file that takes long to make was asked for before anybody had it made."""

    code = "not-made"

    def __init__(self, what: Text) -> None:
        super().__init__(
            say(
                "{what} was not made yet with these choices; have it made (POST {address}), wait until that job is done, "
                "and take the file from the address that the job names",
                "{what}: لم يُعدّ الملف بعد بهذه الاختيارات. يُرجى طلب إعداده (⁨POST⁩ {address}) وانتظار اكتمال المهمة، ثم تنزيل "
                "الملف من العنوان المذكور فيها",
                what=what,
                address=".../exports",
            )
        )


class JobFailed(CaseError):
    """A job ended in an error.

    Attributes:
        reason: the code of the error that stopped it.
    """

    code = "job-failed"

    def __init__(self, job: str, reason: str, message: Text) -> None:
        self.job = job
        self.reason = reason
        super().__init__(
            say(
                "job {job} failed ({reason}): {message}",
                "لم تكتمل المهمة {job} ({reason}): {message}",
                job=job,
                reason=reason,
                message=message,
            )
        )


class RegistryError(CaseError):
    """The service's database cannot be used."""

    code = "registry"
