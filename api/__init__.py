"""The HTTP door: what a person sees in the dashboard, a program gets here.

Thin on purpose. A route parses the request, calls one method of `cases.Service` with the user whose token came
along, and answers with the model that the method returned; what is permitted, logged and masked is decided there.
Three things are this room's own:

`problems`   every error of every room as RFC 9457 problem+json, one table, one shape, also for failed jobs
`guard`      the outermost layer: host names, sizes of bodies, security headers, 304, errors nobody foresaw
`addresses`  `latest` and ids, ETags: an answer about an immutable thing may be kept for good

The addresses, shortest first:

    GET  /health  /openapi.json  /docs  /problems/{code}                    without a token
    POST /v1/check  /v1/check/page      GET /v1/check/form                  without a token
    GET  /v1/me  /v1/packs  /v1/packs/{name}
    POST, GET /v1/cases          GET /v1/cases/{case}  .../verify  .../audit
    PUT, GET, DELETE /v1/cases/{case}/files/{name}        POST, GET /v1/cases/{case}/files
    POST, GET /v1/cases/{case}/analyses                   start one (202, a job), list them
    GET, DELETE /v1/jobs/{job}   GET /v1/jobs/{job}/events
    GET  /v1/cases/{case}/analyses/{id|latest}  .../findings .../measurements .../structure .../report .../bundle
    GET  /v1/cases/{case}/snapshots/{id|latest}  .../intake .../refused .../participants/{id} .../tree

To start it: `downline up`, or `uvicorn --factory api.app:from_environment`. `routes/` has one file a subject,
docs/api.md the guide with a request for each step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.app import create_app as create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """Import the application on first use: it brings the whole house with it."""
    if name == "create_app":
        from api.app import create_app

        return create_app
    raise AttributeError(f"module 'api' has no attribute {name!r}")
