"""Shapes that exist only at this door: requests, lists, a job as its watchers see it.

Everything else that is answered is a model of the room that made it, unchanged: an `Overview`, a `Finding`, a
`Measurement`, a `Page` of rows.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field

from api.problems import Problem, problem_of_job
from cases.audit import Entry
from cases.exports import Export
from cases.jobs import JobInfo, State
from cases.overview import Overview
from cases.verify import Fault
from cases.views import AnalysisInfo
from compliance.assumptions import Assumptions
from compliance.questionnaire import Answer
from intake.frozen import Frozen
from intake.text import Language, Text


class Health(Frozen):
    """That the service is there."""

    status: Literal["ok"] = "ok"
    version: str


class Me(Frozen):
    """Who the token belongs to, and what the role may do."""

    name: str
    role: str
    label: Text
    sees_names: bool
    may: tuple[str, ...]


class NewCase(Frozen):
    """A case to be made."""

    title: str = Field(min_length=1, max_length=200, pattern=r"\S", description="What people call the case.")


class PlanText(Frozen):
    """A compensation plan, as text."""

    plan: str = Field(max_length=1 << 20, description="The plan as YAML or JSON text.")


class NewAnalysis(Frozen):
    """An analysis to be started. Everything may be left out: then the waiting uploads are read, and the data sheet
    among them says which plan and which rule packs."""

    snapshot: str | None = Field(None, description="A snapshot to analyse again, instead of the waiting uploads.")
    plan: str | None = Field(None, max_length=4 << 20, description="A compensation plan, as YAML text.")
    plan_file: str | None = Field(None, description="The name of an uploaded file that is the plan.")
    laws: tuple[str, ...] | None = Field(None, max_length=50, description="Rule packs, as GET /v1/packs lists them.")
    on: date | None = Field(None, description="Judge by the law in force on this day; default the records' last day.")
    answers: tuple[Answer, ...] = Field((), max_length=1000, description="Answers to the questions that rules ask.")
    assumptions: Assumptions | None = Field(
        None, description="Numbers that the analyst chooses; the defaults if left out."
    )


class AssumptionInfo(Frozen):
    """A number that an analyst may choose."""

    name: str
    meaning: Text
    default: str | None = Field(description="As written; null where there is none. Of `allowance`: 200 in US dollars.")


class NewAnswers(Frozen):
    """Answers of people to the questions that rules ask."""

    answers: tuple[Answer, ...] = Field(min_length=1, max_length=1000)


STAGES: dict[str, Text] = {
    "queued": Text(en="Waiting for its turn", ar="في انتظار الدور"),
    "find": Text(en="Looking at the files", ar="معاينة الملفات"),
    "recognise": Text(en="Recognising columns", ar="التعرّف على الأعمدة"),
    "write": Text(en="Writing the tables", ar="كتابة الجداول"),
    "keeping": Text(en="Keeping the results", ar="حفظ النتائج"),
    "tree": Text(en="Building the tree", ar="بناء شجرة الشبكة"),
    "payouts": Text(en="Recomputing payouts", ar="إعادة حساب العمولات"),
    "reconcile": Text(en="Comparing with recorded payouts", ar="المقارنة بالدفعات المسجَّلة"),
    "measure": Text(en="Measuring", ar="القياس"),
    "judge": Text(en="Holding figures against the rules", ar="مقارنة الأرقام بالقواعد"),
    "report": Text(en="Writing the report", ar="كتابة التقرير"),
    "bundle": Text(en="Making the bundle", ar="إعداد الحزمة"),
    "xlsx": Text(en="Making the evidence annex", ar="إعداد ملحق الأدلة"),
    "done": Text(en="Done", ar="اكتمل"),
    "failed": Text(en="Failed", ar="لم يكتمل"),
    "cancelled": Text(en="Cancelled", ar="أُلغي"),
}
"""Stages of a job in the words of its watchers."""


class Job(Frozen):
    """A job as its watchers see it."""

    id: str
    case_id: str
    kind: str
    state: State
    stage: str
    stage_label: Text
    share: float = Field(description="0 to 1 of the stage, not of the job.")
    ended: bool
    snapshot: str | None = Field(description="The snapshot that was made or used, once the job is done.")
    analysis: str | None = Field(description="The analysis that came out or was exported, once the job is done.")
    file: str | None = Field(description="Where the file that was made is taken from, once the job is done.")
    problem: Problem | None = Field(description="Why it failed.")
    created: str
    created_by: str
    started: str | None
    finished: str | None
    attempts: int


def job_of(info: JobInfo, language: Language = "en") -> Job:
    """A job without what only the service needs."""
    result = info.result or {}
    stage = info.stage if info.state != "queued" else "queued"
    return Job(
        id=info.id,
        case_id=info.case_id,
        kind=info.kind,
        state=info.state,
        stage=stage,
        stage_label=STAGES.get(stage.partition(" ")[0], STAGES.get(stage, Text(en=stage, ar=stage))),
        share=info.share,
        ended=info.ended,
        snapshot=result.get("snapshot"),
        analysis=result.get("analysis"),
        file=address_of_file(info.case_id, result),
        problem=problem_of_job(info, language),
        created=info.created,
        created_by=info.created_by,
        started=info.started,
        finished=info.finished,
        attempts=info.attempts,
    )


def address_of_file(case_id: str, result: dict[str, Any]) -> str | None:
    """The address of the file that an export made."""
    if "export" not in result:
        return None
    made = Export.model_validate(result["export"])
    rows = made.rows if made.rows is not None else "all"
    home = f"/v1/cases/{case_id}/analyses/{result['analysis']}"
    if made.form == "xlsx":
        return f"{home}/report?{urlencode({'format': 'xlsx', 'language': made.languages[0], 'rows': rows})}"
    flags = {name: "true" for name in ("redacted", "snapshot") if getattr(made, name)}
    chosen = [("language", language) for language in made.languages]
    return f"{home}/bundle?{urlencode([*flags.items(), *chosen, ('rows', rows)])}"


class AnalysisDetail(Frozen):
    """One analysis: what determined it, and the headline figures."""

    analysis: AnalysisInfo
    overview: Overview


class FaultOfStructure(BaseModel):
    """One kind of fault in a tree, with rows that show it."""

    model_config = ConfigDict(frozen=True)

    code: str
    tree: str
    count: int
    text: Text
    repair: Text
    rows: tuple[dict[str, Any], ...]


class CaseFault(Frozen):
    """One way in which a case differs from what was written."""

    code: str
    path: str
    detail: Text
    text: Text

    @classmethod
    def of(cls, fault: Fault) -> CaseFault:
        """A fault as the case room gives it."""
        return cls(code=fault.code, path=fault.path, detail=fault.detail, text=fault.text)


class Verification(Frozen):
    """What comparing every byte of a case gave. Note the head down elsewhere: with it, nothing can be changed unseen."""

    intact: bool
    faults: tuple[CaseFault, ...]


class LogEntry(Frozen):
    """One line of the audit log."""

    seq: int
    at: str
    actor: str
    action: str
    object: str
    details: dict[str, Any]
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: Entry) -> LogEntry:
        """A line as the case room gives it."""
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class PackInfo(Frozen):
    """A rule pack without its rules."""

    name: str
    title: Text
    about: Text
    rules: int
    enabled: int
    questions: int
