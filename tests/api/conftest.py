"""A real service behind a real port, for the whole session; one case of real records in it, analysed over HTTP."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.app import create_app
from api.settings import MIB, Settings
from cases import Role, Service
from cases.uploads import UploadLimits

BOUNDS = Settings(json_body=64 << 10, form_body=4 * MIB, form_files=20, event_seconds=0.1)
LIMITS = UploadLimits(file=2 * MIB, reserve=0)
RAW = {"Content-Type": "application/octet-stream"}


@dataclass(frozen=True)
class Running:
    """A service under test."""

    service: Service
    app: FastAPI
    url: str
    tokens: dict[str, str]

    def client(self, role: str | None = "auditor") -> httpx.Client:
        """A client with the token of a role, or without any."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.tokens[role]}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False)


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Answer on a free port; the address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=2))
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service with a user of each role."""
    with Service(tmp_path_factory.mktemp("home"), limits=LIMITS) as service:
        tokens = {role.value: service.issue_token(f"the {role.value}", role) for role in Role}
        app = create_app(service, BOUNDS)
        with serving(app) as url:
            yield Running(service, app, url, tokens)


@pytest.fixture(scope="session")
def auditor(running: Running) -> Iterator[httpx.Client]:
    """Somebody who may do everything."""
    with running.client() as client:
        yield client


@pytest.fixture
def case(auditor: httpx.Client) -> str:
    """The address of a new, empty case."""
    return new_case(auditor)


@dataclass(frozen=True)
class Analysed:
    """The bundled records after their round trip."""

    case: str
    job: dict[str, Any]
    events: list[tuple[str, dict[str, Any]]]
    seconds: float

    @property
    def analysis(self) -> str:
        """Address of the analysis."""
        return f"{self.case}/analyses/{self.job['analysis']}"

    @property
    def snapshot(self) -> str:
        """Address of the snapshot."""
        return f"{self.case}/snapshots/{self.job['snapshot']}"


@pytest.fixture(scope="session")
def analysed(auditor: httpx.Client, beehive: Path) -> Analysed:
    """Upload, analyse, listen until it ends."""
    started = time.monotonic()
    case = new_case(auditor, "An on-chain referral scheme")
    for path in sorted(beehive.iterdir()):
        assert put(auditor, case, path.name, path.read_bytes()).status_code == 201
    asked = auditor.post(f"{case}/analyses", json={})
    assert asked.status_code == 202, asked.text
    events = list(listen(auditor, asked.headers["Location"]))
    job = events[-1][1]
    assert job["problem"] is None, job["problem"]
    return Analysed(case, job, events, time.monotonic() - started)


@pytest.fixture
def finished(auditor: httpx.Client) -> Callable[[str], dict[str, Any]]:
    """Waits, by asking, until a job has ended."""

    def wait(job: str) -> dict[str, Any]:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            found: dict[str, Any] = auditor.get(job).json()
            if found["ended"]:
                return found
            time.sleep(0.05)
        raise TimeoutError(job)

    return wait


def new_case(client: httpx.Client, title: str = "A case") -> str:
    """Make a case; its address."""
    made = client.post("/v1/cases", json={"title": title})
    assert made.status_code == 201, made.text
    return str(made.headers["Location"])


def put(client: httpx.Client, case: str, name: str, content: bytes, **query: str | int) -> httpx.Response:
    """Upload one file."""
    return client.put(f"{case}/files/{name}", content=content, headers=RAW, params=query)


def listen(client: httpx.Client, job: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Events of a job until the stream ends."""
    with client.stream("GET", f"{job}/events") as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")
        name = ""
        for line in stream.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield name, json.loads(line.removeprefix("data: "))
