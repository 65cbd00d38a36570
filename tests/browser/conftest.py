"""One running service for all browser tests, a Chromium that cannot reach beyond this machine, and a watched page.

Where Chromium is absent the tests skip with the reason; with DOWNLINE_REQUIRE_BROWSER=1 they fail instead.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")

CHROMIUM = [
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]
PROBES = ("/_stcore/health", "/_stcore/host-config")
"""Streamlit looks for its server below a page's address first, is told 404, and finds it one level up."""


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "the browser tests need Chromium (Debian: apt-get install chromium)"
        if os.environ.get("DOWNLINE_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@dataclass(frozen=True)
class Served:
    """A running `downline up`."""

    api: str
    dashboard: str
    token: str
    home: Path


@pytest.fixture(scope="session")
def served(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The API and the dashboard on free ports with a home of their own."""
    home = tmp_path_factory.mktemp("home")
    command = [sys.executable, "-c", "from cli.main import main; main()", "up", "--port", "0", "--dashboard-port", "0"]
    command += ["--home", str(home), "--json", "--show-token"]
    log = home / "up.log"
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, start_new_session=True)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        if not line:
            pytest.fail(f"`downline up` did not start: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
        where = json.loads(line)
        yield Served(where["api"], where["dashboard"], where["token"], home)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


@dataclass
class Watched:
    """A page with everything that went wrong on it, to be asserted at the end of each test."""

    page: Any
    base: str
    wrong: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to an address of the dashboard and wait until the page is drawn."""
        self.page.goto(f"{self.base}/{path}")
        self.settled()

    def settled(self) -> None:
        """Wait until the page is drawn and nothing on it is stale."""
        self.page.wait_for_selector("footer", timeout=30_000)
        self.page.wait_for_selector('.stApp[data-test-script-state="notRunning"]', timeout=30_000)
        self.page.wait_for_timeout(150)

    def turn(self, name: str) -> None:
        """Go to another page of the case by its link in the navigation."""
        self.page.locator(f'.st-key-navigation a[href^="{name}?"]').click()
        self.page.wait_for_function("name => location.pathname.endsWith('/' + name)", arg=name)
        self.settled()

    def text(self) -> str:
        """What a reader sees."""
        found: str = self.page.inner_text('[data-testid="stMain"]')
        return found

    def sound(self) -> None:
        """Nothing was fetched from elsewhere, no script failed, nobody saw a traceback."""
        assert self.wrong == []
        assert self.page.locator('[data-testid="stException"]').count() == 0
        assert "Traceback" not in self.text()

    def watch(self) -> None:
        """Begin to listen."""

        def on_request(request: Any) -> None:
            parts = urlsplit(request.url)
            if parts.scheme not in ("data", "blob", "about") and parts.hostname != "127.0.0.1":
                self.wrong.append(f"asked for {request.url}")

        def on_console(message: Any) -> None:
            where = str(message.location.get("url", ""))
            if message.type == "error" and not urlsplit(where).path.endswith(PROBES):
                self.wrong.append(f"console: {message.text} ({where})")

        self.page.on("request", on_request)
        self.page.on("console", on_console)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))


Opener = Callable[..., Watched]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Any]:
    """Chromium, for one file of tests: its event loop must not outlive them."""
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def context(browser: Any) -> Iterator[Any]:
    """One context for most tests, so that the application's scripts are fetched once."""
    with browser.new_context(locale="en-GB", accept_downloads=True) as opened:
        opened.set_default_timeout(20_000)
        yield opened


@pytest.fixture(scope="module")
def opener(browser: Any, context: Any, served: Served) -> Opener:
    """Opens a watched page; `width` and `height` may be given, and a `locale` of the browser's own."""

    def open_page(width: int = 1400, height: int = 900, locale: str | None = None) -> Watched:
        page = context.new_page() if locale is None else browser.new_page(locale=locale)
        page.set_viewport_size({"width": width, "height": height})
        watched = Watched(page, served.dashboard)
        watched.watch()
        return watched

    return open_page


@pytest.fixture
def new_page(opener: Opener) -> Iterator[Opener]:
    """Opens watched pages that are closed after the test."""
    opened: list[Watched] = []

    def open_page(**given: Any) -> Watched:
        opened.append(opener(**given))
        return opened[-1]

    yield open_page
    for one in opened:
        one.page.close()
