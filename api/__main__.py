"""Serves the API of `DOWNLINE_HOME` with uvicorn: `python -m api --port 8000`. `downline up` starts it so.

Only on this machine unless `--host` says otherwise; put a web server that speaks TLS in front of anything else.
"""

from __future__ import annotations

import argparse

import uvicorn


def main() -> None:
    """Serve until told to stop."""
    parser = argparse.ArgumentParser(prog="python -m api", description="Serve Downline's API.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--log-level", default="info", choices=["critical", "error", "warning", "info", "debug"])
    given = parser.parse_args()
    uvicorn.run(
        "api.app:from_environment",
        factory=True,
        host=given.host,
        port=given.port,
        log_level=given.log_level,
        server_header=False,
        timeout_graceful_shutdown=3,  # a stream of events would otherwise keep the service from ending
    )


if __name__ == "__main__":
    main()
