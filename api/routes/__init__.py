"""The routes, one file a subject; `ROUTERS` is all of them under /v1."""

from __future__ import annotations

from fastapi import APIRouter

from api.routes import analyses, assumptions, cases, check, files, findings, jobs, payouts, people, reports, rules

ROUTERS: tuple[APIRouter, ...] = (
    cases.router,
    files.router,
    jobs.router,
    analyses.router,
    assumptions.router,
    reports.router,
    findings.router,
    payouts.router,
    people.router,
    rules.router,
    payouts.plans,
    check.router,
)

__all__ = ["ROUTERS"]
