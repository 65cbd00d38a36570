"""Commands about the running service: `up` starts it with its dashboard, `doctor` looks at the machine first.

`up` starts two child processes on 127.0.0.1, waits until both answer, and ends them when it is told to end itself.
The dashboard gets its token through the environment and in no other way; each start makes a new one.
"""

from __future__ import annotations

import errno
import importlib.util
import json as json_
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from cli.options import Json, Lang, Language
from cli.output import print_json, print_lines, print_table

if TYPE_CHECKING:
    from intake.text import Text

HOST = "127.0.0.1"
START_SECONDS = 90.0
"""How long a child may take until it answers; the first start compiles kernels and migrates the database."""
STOP_SECONDS = 12.0
"""How long a child may take to end before it is killed; an analysis under way is taken up at the next start."""

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the cases; default DOWNLINE_HOME, else the user's data folder.")
]


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command()(up)
    app.command()(doctor)


def up(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port of the API; 0 for any free one.")] = 8000,
    dashboard_port: Annotated[
        int, typer.Option("--dashboard-port", min=0, max=65535, help="Port of the dashboard; 0 for any free one.")
    ] = 8501,
    home: Home = None,
    api_only: Annotated[bool, typer.Option("--api-only", help="Start no dashboard.")] = False,
    show_token: Annotated[
        bool, typer.Option("--show-token", help="Print the token too, for calling the API yourself.")
    ] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Start the API and the dashboard on this machine; Ctrl+C stops both."""
    from cli.errors import WrongOption
    from cli.words import WORDS
    from intake.text import say

    port = _free(port, "--port", taken_by=WORDS["the_api"])
    page = None if api_only else _dashboard()
    if page is not None:
        dashboard_port = _free(dashboard_port, "--dashboard-port", taken_by=WORDS["the_dashboard"])
        if dashboard_port == port:
            raise WrongOption(
                say(
                    "{port} is the API's port already; choose another",
                    "{port} هو منفذ الواجهة البرمجية. يُرجى اختيار غيره",
                    port=port,
                ),
                "--dashboard-port",
            )
    folder = _home(home)
    address, page_address = f"http://{HOST}:{port}", f"http://{HOST}:{dashboard_port}"
    logs = folder / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    bare = {name: value for name, value in os.environ.items() if name not in ("DOWNLINE_TOKEN", "DOWNLINE_API")}
    with _told_to_stop() as stop, _running() as children:
        children.append(
            _Child(
                WORDS["the_api"],
                [sys.executable, "-P", "-m", "api", "--host", HOST, "--port", str(port), "--log-level", "warning"],
                bare | {"DOWNLINE_HOME": str(folder)},
                f"{address}/health",
                logs / "api.log",
            ).start()
        )
        token = _fresh_token(folder)  # while the API starts
        if page is not None:
            children.append(
                _Child(
                    WORDS["the_dashboard"],
                    _streamlit(page, dashboard_port),
                    bare | {"DOWNLINE_API": address, "DOWNLINE_TOKEN": token},
                    f"{page_address}/_stcore/health",
                    logs / "dashboard.log",
                    page.parent,  # its settings lie there
                ).start()
            )
        _wait_for(children, stop)
        if not stop.is_set():
            served = {"api": address, "dashboard": None if page is None else page_address, "home": str(folder)}
            _say(served | ({"token": token} if show_token else {}), lang, json=json)
        while not stop.wait(0.2):
            _check(children)


def doctor(home: Home = None, lang: Lang = Language.EN, json: Json = False) -> None:
    """Look at this machine: is everything there that Downline needs? Exit 1 if something required is missing."""
    from cli.machine import look
    from cli.words import headings, word

    checks = look(_home(home))
    healthy = all(check.ok for check in checks if check.required)
    if json:
        print_json({"healthy": healthy, "checks": [check.plain(lang.value) for check in checks]})
    else:
        rows = [
            [cell.in_language(lang.value) for cell in (check.name, check.state, check.found, check.why)]
            for check in checks
        ]
        print_table(headings(lang, "what", "none", "found", "way_out"), rows, lang=lang)
        print_lines("", word(lang, "healthy" if healthy else "unhealthy"))
    if not healthy:
        raise typer.Exit(1)


def _home(home: Path | None) -> Path:
    if home is not None:
        return home.resolve()
    from cases.service import home_folder

    return home_folder().resolve()


def _fresh_token(home: Path) -> str:
    """A new token of the local user; the one before stops working."""
    from cases import Role, Service
    from cases.service import LOCAL_USER

    with Service(home) as service:
        return service.issue_token(LOCAL_USER, Role.AUDITOR)


def _dashboard() -> Path:
    """The dashboard's first page."""
    from cli.errors import ServingError

    found = importlib.util.find_spec("dashboard")
    folders = [] if found is None else [Path(one) for one in found.submodule_search_locations or ()]
    for folder in folders:
        if (folder / "app.py").is_file():
            return folder / "app.py"
    raise ServingError.no_dashboard()


def _streamlit(page: Path, port: int) -> list[str]:
    options = {
        "server.port": port,
        "server.address": HOST,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": HOST,
    }
    command = [sys.executable, "-P", "-m", "streamlit", "run", str(page)]
    return command + [part for name, value in options.items() for part in (f"--{name}", str(value))]


def _free(port: int, option: str, *, taken_by: Text) -> int:
    """The port itself, or any free one for 0.

    Raises:
        WrongOption: another program has it.
    """
    from cli.errors import WrongOption
    from intake.system import refused
    from intake.text import Text, say

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port that is only waiting out is free
        try:
            probe.bind((HOST, port))
        except OSError as error:
            in_use = error.errno == errno.EADDRINUSE
            raise WrongOption(
                say(
                    "port {port}, meant for {taken_by}, {reason} ({why}); choose another with {option}, or 0 for any",
                    "المنفذ {port} ({taken_by}) {reason} ({why}). يُرجى اختيار غيره بالخيار {option}، أو 0 لأي منفذ متاح",
                    port=port,
                    taken_by=taken_by,
                    reason=Text(en="is taken by another program", ar="يستخدمه برنامج آخر")
                    if in_use
                    else Text(en="cannot be used", ar="لا يمكن استخدامه"),
                    why=refused(error),
                    option=option,
                ),
                option,
            ) from None
        return int(probe.getsockname()[1])


@dataclass
class _Child:
    """One server under this one's care."""

    name: Text
    command: Sequence[str]
    environment: Mapping[str, str]
    answers_at: str
    log: Path
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    stream: IO[bytes] | None = None

    def start(self) -> _Child:
        self.stream = self.log.open("wb")
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            self.command,
            env=dict(self.environment),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl+C reaches this process only, which then ends its children in order
        )
        return self

    def stop(self) -> None:
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()

    def gone(self, until: float) -> None:
        if self.process is not None:
            try:
                self.process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.stream is not None:
            self.stream.close()

    def answers(self) -> bool:
        import httpx

        with suppress(httpx.HTTPError):
            return httpx.get(self.answers_at, timeout=2, trust_env=False).is_success
        return False


@contextmanager
def _running() -> Iterator[list[_Child]]:
    """A list for children that are ended with the block."""
    children: list[_Child] = []
    try:
        yield children
    finally:
        for child in reversed(children):
            child.stop()
        until = time.monotonic() + STOP_SECONDS
        for child in reversed(children):
            child.gone(until)


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """An event that Ctrl+C, SIGTERM and a closed terminal set, instead of what they do otherwise."""
    stop = threading.Event()
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, lambda *_: stop.set()) for name in names}
    try:
        yield stop
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _wait_for(children: Sequence[_Child], stop: threading.Event) -> None:
    """Wait until every child answers, or until told to stop.

    Raises:
        ServingError: one ended by itself, or took too long.
    """
    from cli.errors import ServingError

    until = time.monotonic() + START_SECONDS
    waiting = list(children)
    while waiting and not stop.is_set():
        _check(children)
        waiting = [child for child in waiting if not child.answers()]
        if waiting and time.monotonic() > until:
            raise ServingError.late(waiting[0].name, START_SECONDS, waiting[0].log)
        if waiting:
            stop.wait(0.1)


def _check(children: Sequence[_Child]) -> None:
    from cli.errors import ServingError

    for child in children:
        if child.process is not None and child.process.poll() is not None:
            said = child.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise ServingError.stopped(child.name, child.process.returncode, said[-1][:300] if said else "", child.log)


def _say(served: Mapping[str, str | None], lang: Language, *, json: bool) -> None:
    """Where everything is: API, dashboard (None without one), home, and the token where it was asked for."""
    if json:
        sys.stdout.write(json_.dumps(served) + "\n")  # one line: a program reads it while this one goes on
    else:
        from cli.words import word

        if served["dashboard"] is not None:
            print_lines(word(lang, "dashboard_at", address=served["dashboard"]))
        print_lines(word(lang, "api_at", address=served["api"], routes=f"{served['api']}/docs"))
        if "token" in served:
            print_lines(word(lang, "token_is", token=served["token"]))
        print_lines(word(lang, "cases_in", folder=served["home"]), word(lang, "how_to_stop"))
    sys.stdout.flush()
