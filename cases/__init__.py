"""The case file: everything one examination received, derived and concluded, kept so that it can be proved
later.

A *case* is a folder that needs no database to be read or checked:

    case.json                 what the case is called; never changes after it is made
    audit.jsonl               one line per act, each holding the hash of the line before
    audit.head                number and hash of the newest line (shows when the log was cut short)
    sources/<sha256>          every uploaded file, byte for byte, named by its own hash
    snapshots/<sha256>/       the tables that intake made of them, named by the hash of their manifest
    analyses/<sha256>/        what was computed from one snapshot, named by the hash of its inputs
    .staging/                 work in progress; whatever a crash left here is removed on the next opening

Sources, snapshots and analyses are immutable. They are prepared in `.staging/`, announced in the audit log
with their hash, and put in place by one `rename`, so a crash at any moment leaves the old state or the new
one, and `Case.verify` finds any byte that was changed, added or removed afterwards. The same sources and data
sheet give the same snapshot; the same snapshot, plan, rule packs and program give the same analysis, byte for
byte, on any machine: immutable files hold no clock times of their own, only the audit log does.

For one person on one machine the whole room is one call:

    analysis = cases.analyze_folder(Path("datasets/beehive"), Path("beehive.case"))
    analysis.overview.people, [finding.state for finding in analysis.findings]

or, step by step:

    case = Case.create(Path("beehive.case"), title="An on-chain referral scheme", actor="r.haddad")
    snapshot = case.import_([Path("datasets/beehive")])
    analysis = case.analyze(snapshot, laws=["general", "us"])
    faults = case.verify()                      # [] when nothing was touched

For many people there is `Service(home)`, the one object that the API holds. It keeps who may do what
(`access`: auditor, analyst, viewer), who did what, and the jobs that run for longer than a request
(`registry`: SQLite, or PostgreSQL when DOWNLINE_DATABASE names one; `jobs`: huey). Every method takes the
acting `User` first; it is permitted by role, logged in the case's own audit log, and masks names unless the
role may see them.

Where to read on: `case` and `snapshot` for the folder, `storage` for crash safety, `audit` and `verify` for
proof, `analysis` and `overview` for the order of the work, `service` and `views` for the API's side,
docs/case-file.md for checking a case by hand with nothing but sha256sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from cases.access import Action as Action
    from cases.access import Role as Role
    from cases.access import User as User
    from cases.access import mask_name as mask_name
    from cases.access import require as require
    from cases.analysis import Analysis as Analysis
    from cases.analysis import analyze_folder as analyze_folder
    from cases.audit import Head as Head
    from cases.case import Case as Case
    from cases.errors import CaseError as CaseError
    from cases.jobs import JobInfo as JobInfo
    from cases.overview import Overview as Overview
    from cases.service import Service as Service
    from cases.snapshot import Snapshot as Snapshot
    from cases.verify import Fault as Fault
    from cases.views import Page as Page

_HOMES = {
    "Action": "access",
    "Analysis": "analysis",
    "Case": "case",
    "CaseError": "errors",
    "Fault": "verify",
    "Head": "audit",
    "JobInfo": "jobs",
    "Overview": "overview",
    "Page": "views",
    "Role": "access",
    "Service": "service",
    "Snapshot": "snapshot",
    "User": "access",
    "analyze_folder": "analysis",
    "mask_name": "access",
    "require": "access",
}

__all__ = [
    "Action",
    "Analysis",
    "Case",
    "CaseError",
    "Fault",
    "Head",
    "JobInfo",
    "Overview",
    "Page",
    "Role",
    "Service",
    "Snapshot",
    "User",
    "analyze_folder",
    "mask_name",
    "require",
]

__getattr__ = on_demand(__name__, _HOMES)
