"""A case's report as one file to hand over: every form, the certificate form, hashes and how to make it all again.

The bundle is a BagIt bag (RFC 8493) in a zip: `data/` holds the forms in both languages, the evidence annex, the hashes
of the files as received, where and when they came (`custody.json`), the command that gives the same report, and the
snapshot where it is asked for; `manifest-sha256.txt` has the hash of each. The redacted twin has the same figures
without anybody's id or name (`compliance.report.redact`), and neither snapshot, plan, nor people's names. The same
case and choices give the same bytes: the only dates are those of the audit log.
"""

from __future__ import annotations

import shlex
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import storage
from cases.analysis import OWN_PACKS
from cases.case import PROGRAM
from cases.evidence import open_records
from cases.forms import Form, beside, write_form
from cases.manifest import MANIFEST
from cases.program import ANALYSING, program
from cases.redaction_key import KEY, key_of
from cases.snapshot import PLAN
from intake.progress import Progress, silent
from intake.text import LANGUAGES, Language

if TYPE_CHECKING:
    from cases.analysis import Analysis
    from compliance.report import Report
    from compliance.report.certificate import Received
    from compliance.report.redact import Redactor

DESCRIPTION = "bundle.json"
ANSWERS = "answers.json"
FORMAT = 1
"""Version of the bundle's layout."""
PRINTED: tuple[Form, ...] = ("html", "pdf", "xlsx")
"""Forms of which there is one a language; JSON holds both."""
EPOCH = (1980, 1, 1, 0, 0, 0)
PACKED = frozenset({".pdf", ".xlsx", ".parquet"})
"""Kinds of files that are compressed already."""
TOOLS = ("xlsxwriter", "jinja2", "duckdb", "polars")
"""Libraries whose version shapes the bytes of a form; Typst besides, whose engine and package count apart."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What goes into a bundle."""

    languages: tuple[Language, ...] = LANGUAGES
    redacted: bool = False
    snapshot: bool = False
    """Whether the tables go along, names and all; their hash always does. Never in a redacted bundle."""
    rows: int | None = None
    """Most rows a measurement in the evidence annex; all if None."""

    def label(self) -> str:
        """The choices in a file's name."""
        parts = ["redacted" if self.redacted else "full", *self.languages]
        parts += ["snapshot"] if self.snapshot else []
        return "-".join([*parts, *([str(self.rows)] if self.rows is not None else [])])


def write_bundle(
    analysis: Analysis, path: Path, choices: Choices | None = None, *, actor: str = PROGRAM, progress: Progress = silent
) -> None:
    """Write a bundle as a zip file, which is replaced; it is a valid bag before it is packed.

    Args:
        analysis: what is handed over.
        path: the zip file.
        choices: what goes into it; everything but the snapshot if None.
        actor: who makes it, for the audit log, where the key of the pseudonyms has to be made first.
        progress: told stage and share.

    Raises:
        ValueError: a redacted bundle was to hold the snapshot.
    """
    import bagit

    chosen = choices or Choices()
    if chosen.redacted and chosen.snapshot:
        raise ValueError("a redacted bundle cannot hold the snapshot: its tables have ids and names")
    custody = _custody(analysis)
    with tempfile.TemporaryDirectory(prefix="downline-bundle-") as home:
        bag = Path(home) / f"downline-{analysis.id[:12]}{'-redacted' if chosen.redacted else ''}"
        bag.mkdir()
        _fill(bag, analysis, chosen, custody, actor, progress)
        info = {
            "Bagging-Date": custody["analysed"][:10],
            "Bag-Software-Agent": f"{analysis.report.provenance.program} (bagit {metadata.version('bagit')})",
            "External-Identifier": analysis.id,
            "External-Description": "Report, evidence and hashes of an analysis of company records",
        }
        bagit.make_bag(str(bag), info, checksums=["sha256"]).validate()
        with beside(path) as aside:
            _pack(bag, aside)
    progress("bundle", 1.0)


def _fill(
    bag: Path, analysis: Analysis, chosen: Choices, custody: dict[str, Any], actor: str, progress: Progress
) -> None:
    from compliance.report.certificate import Received, certificate
    from compliance.report.pdf import engine, made_on, write_pdf

    report, redactor = analysis.report, None
    if chosen.redacted:
        report, redactor = redacted(analysis, actor=actor)
    sources = [
        Received(_name(redactor, one.name), one.size, one.sha256, custody["received"].get(one.sha256, ""))
        for one in analysis.snapshot.sources
    ]
    folders = {name: bag / name for name in ("report", "evidence", "certificate", "provenance")}
    for folder in folders.values():
        folder.mkdir()
    steps = 1 + 4 * len(chosen.languages)
    done = 0
    for language in chosen.languages:
        for form in PRINTED:
            name = f"evidence/evidence.{language}.xlsx" if form == "xlsx" else f"report/report.{language}.{form}"
            write_form(analysis, form, language, bag / name, rows=chosen.rows, report=report, redactor=redactor)
            done += 1
            progress("bundle", done / steps)
        form_ = certificate(report, sources, language)
        (folders["certificate"] / f"certificate.{language}.pdf").write_bytes(
            write_pdf(form_, made_on(report.provenance.rules_on))
        )
        done += 1
        progress("bundle", done / steps)
    write_form(analysis, "json", "en", folders["report"] / "report.json", report=report)
    schema = type(report).model_json_schema(mode="serialization")
    (folders["report"] / "report.schema.json").write_bytes(storage.readable(schema))
    _provenance(folders["provenance"], analysis, report, chosen, custody, sources)
    if chosen.snapshot:
        _copy_snapshot(analysis, bag / "snapshot")
    described = {
        "format": FORMAT,
        "kind": "redacted" if chosen.redacted else "full",
        "analysis": analysis.id,
        "snapshot": {"id": analysis.snapshot.id, "included": chosen.snapshot},
        "languages": list(chosen.languages),
        "rows_a_measurement": chosen.rows,
        "program": program(ANALYSING),
        "tools": {
            "typst": engine(),
            "typst (Python package)": metadata.version("typst"),
            **{name: metadata.version(name) for name in TOOLS},
        },
    }
    (bag / DESCRIPTION).write_bytes(storage.readable(described))


def redacted(analysis: Analysis, *, actor: str = PROGRAM) -> tuple[Report, Redactor]:
    """The redacted twin of an analysis' report, and what redacts its rows."""
    from compliance.report.redact import Redactor

    report = analysis.report
    with open_records(analysis) as records:
        maker = Redactor.of(report, records, key_of(analysis.case, actor=actor))
        twin = maker.report(report)
    return twin, maker


def _provenance(
    folder: Path,
    analysis: Analysis,
    report: Report,
    chosen: Choices,
    custody: dict[str, Any],
    sources: Sequence[Received],
) -> None:
    files = [{"name": one.name, "size": one.size, "sha256": one.sha256, "received": one.at} for one in sources]
    (folder / "sources.json").write_bytes(storage.readable(files))
    (folder / "reproduce.txt").write_text(_how(analysis, report, chosen), encoding="utf-8", newline="\n")
    if chosen.redacted:
        return
    (folder / "custody.json").write_bytes(storage.readable(custody))
    if analysis.plan is not None:
        (folder / PLAN).write_bytes(analysis.plan.read_bytes())
    for pack in analysis.own_packs:
        (folder / OWN_PACKS).mkdir(exist_ok=True)
        (folder / OWN_PACKS / pack.name).write_bytes(pack.read_bytes())
    if analysis.inputs["answers"]:
        (folder / ANSWERS).write_bytes(storage.readable(analysis.inputs["answers"]))
    for kind, home in (("analysis", analysis.folder), ("snapshot", analysis.snapshot.folder)):
        (folder / f"{kind}-manifest.json").write_bytes((home / MANIFEST).read_bytes())


def _how(analysis: Analysis, report: Report, chosen: Choices) -> str:
    made = program(ANALYSING)
    out = "TWIN.zip" if chosen.redacted else "OUT.zip"
    languages = "both" if len(chosen.languages) > 1 else chosen.languages[0]
    more = (" --include-snapshot" if chosen.snapshot else "") + (f" --rows {chosen.rows}" if chosen.rows else "")
    packs = [f"{OWN_PACKS}/{pack.name}" for pack in analysis.own_packs]
    answer = ["downline", "answer", "CASE", "--file", ANSWERS, *(["--law", ",".join(packs)] if packs else [])]
    option = "--redacted" if chosen.redacted else "--bundle"
    taken = [*([PLAN] if analysis.plan is not None else []), *packs, *([ANSWERS] if analysis.inputs["answers"] else [])]
    return "\n".join(
        [
            *(_TWIN_SAME if chosen.redacted else _FULL_SAME),
            "",
            f"program      {made['name']} {made['version']}",
            f"fingerprint  {made['fingerprint']}",
            f"snapshot     {analysis.snapshot.id}",
            f"analysis     {analysis.id}",
            "",
            *_where(taken, redacted=chosen.redacted),
            f"FOLDER holds the files of sources.json{', under their own names' if chosen.redacted else ''}.",
            "",
            "downline import FOLDER --case CASE",
            *((shlex.join(answer),) if analysis.inputs["answers"] else ()),
            report.provenance.command,
            f"downline report CASE {option} {out} --lang {languages}{more}",
            "downline verify CASE",
            f"downline verify {out}",
            "",
            "By hand, in the unpacked bundle: sha256sum --check manifest-sha256.txt tagmanifest-sha256.txt",
            "",
        ]
    )


_FULL_SAME = ("The same files, plan, rule packs and program give the same bytes.",)
_TWIN_SAME = (
    "The same files, plan, rule packs and program give the same figures. They give the same bytes only in the case that",
    f"holds {KEY}, from which the ids are made; elsewhere the ids differ. There `downline report` alone is enough.",
)


def _where(taken: Sequence[str], *, redacted: bool) -> list[str]:
    """Which files the commands name, and where they are."""
    if not taken:
        return []
    if not redacted:
        return [f"Run in the folder of this file, which holds: {', '.join(taken)}."]
    return [
        f"This bundle does not hold what the commands name: {', '.join(taken)}.",
        "Run in the folder data/provenance of the full bundle, which does.",
    ]


def _custody(analysis: Analysis) -> dict[str, Any]:
    """What the audit log says about how the files came and when the analysis was made."""
    received: dict[str, str] = {}
    lines: list[dict[str, Any]] = []
    analysed = ""
    wanted = {one.sha256 for one in analysis.snapshot.sources}
    for entry in analysis.case.audit.entries():
        mine = False
        if entry.action == "sources.completed":
            for one in entry.details.get("files", []):
                if one["sha256"] in wanted:
                    received.setdefault(one["sha256"], entry.at[:19] + "Z")
                    mine = True
        elif entry.action in ("snapshot.completed", "analysis.completed"):
            mine = entry.object in (analysis.id, analysis.snapshot.id)
            if entry.object == analysis.id and not analysed:
                analysed = entry.at
        if mine:
            lines.append(
                {"seq": entry.seq, "at": entry.at, "actor": entry.actor, "action": entry.action, "hash": entry.hash}
            )
    return {"received": received, "analysed": analysed, "audit": lines}


def _name(redactor: Redactor | None, name: str) -> str:
    if redactor is None:
        return name
    return redactor.file_names.get(name) or f"file-{redactor.pseudonym(name)[3:]}"


def _copy_snapshot(analysis: Analysis, target: Path) -> None:
    home = analysis.snapshot.folder
    for path in sorted(home.rglob("*")):
        if path.is_file():
            copy = target / path.relative_to(home)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())


def _pack(bag: Path, out: Path) -> None:
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(bag.rglob("*"), key=lambda one: one.relative_to(bag).as_posix()):
            if not path.is_file():
                continue
            name = f"{bag.name}/{path.relative_to(bag).as_posix()}"
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
            entry.file_size = path.stat().st_size
            with path.open("rb") as source, archive.open(entry, "w") as target:
                while chunk := source.read(storage.CHUNK):
                    target.write(chunk)
