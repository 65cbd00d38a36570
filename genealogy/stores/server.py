"""A real Neo4j server on this machine, from its Maven artifacts: no Docker, no installation, no account.

`Neo4jServer` is a context manager that tests and benchmarks start and stop; `python -m genealogy.stores.server`
(which is `make neo4j`) keeps one running in the foreground, on the usual port and with its data kept between runs.
It needs a JDK of version 17 or 21 and, once, Maven: `neo4j_server/pom.xml` names the parts, `Neo4jServer.java`
puts a Bolt port before the embedded database. The server listens on this machine only, and its standard input is
a pipe from this process: whatever becomes of this process, the server shuts down after it.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

import platformdirs

from genealogy.stores.errors import ServerFailed, ServerToolMissing, StoreError
from intake.text import say

__all__ = ["QUICK_START", "Neo4jServer", "class_path", "main"]

PARTS = Path(__file__).parent / "neo4j_server"
PORT = 7687
START_SECONDS = 180
"""It takes about ten on an idle machine, a minute on a busy one."""
FETCH_SECONDS = 900
STOP_SECONDS = 30
OLDEST_JAVA = 17
_COMMANDS = (
    "Debian, Ubuntu: apt-get install openjdk-17-jdk-headless maven; Fedora: dnf install java-21-openjdk-devel maven; "
    "macOS: brew install openjdk@21 maven"
)
INSTALL = say(
    "install a JDK 17 or 21 and Maven ({commands}), or use Docker: {docker}",
    "يُرجى تثبيت JDK بالإصدار 17 أو 21 مع Maven ({commands})، أو استعمال Docker: {docker}",
    commands=_COMMANDS,
    docker="docker compose up neo4j",
)
JAVA_OPTIONS = (
    "-Dfile.encoding=UTF-8",
    "-Dlog4j2.disable.jmx=true",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:+UseSerialGC",  # small heaps on small machines: no threads of its own
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
)

QUICK_START = ("-XX:TieredStopAtLevel=1",)
"""Halves the processor time of a start, at the price of slower queries later: for tests."""


def cache_folder() -> Path:
    """Where downloaded lists and the local server's data are kept: `.cache` of a checkout, else the user's cache."""
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return checkout / ".cache"
    return platformdirs.user_cache_path("downline")


def find_java() -> str:
    """The Java to run the server with: that of `JAVA_HOME`, else the one on the path.

    Raises:
        ServerToolMissing: There is none, it is older than 17, or it is a JRE, which cannot compile.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else None
    java = java or shutil.which("java")
    if java is None:
        raise ServerToolMissing(
            say(
                "the local Neo4j server needs Java, and no `java` is on the path: {install}",
                "يحتاج خادم ⁨Neo4j⁩ المحلي إلى ⁨Java⁩، ولا ⁨java⁩ في المسار: {install}",
                install=INSTALL,
            )
        )
    listing = subprocess.run([java, "--list-modules"], capture_output=True, text=True, check=False)  # noqa: S603
    versions = dict(re.findall(r"^([\w.]+)@(\d+)", listing.stdout, re.MULTILINE))
    version = int(versions.get("java.base", 0))
    if version < OLDEST_JAVA:
        raise ServerToolMissing(
            say(
                "the local Neo4j server needs Java 17 or 21; {java} is older: {install}",
                "يحتاج خادم ⁨Neo4j⁩ المحلي إلى ⁨Java⁩ ⁨17⁩ أو ⁨21⁩، والموجود {java} أقدم: {install}",
                java=java,
                install=INSTALL,
            )
        )
    if "jdk.compiler" not in versions:
        raise ServerToolMissing(
            say(
                "{java} is a JRE without a compiler, and a JDK is needed: {install}",
                "الموجود {java} بيئة JRE بلا مترجم، والمطلوب ⁨JDK⁩: {install}",
                java=java,
                install=INSTALL,
            )
        )
    return java


def class_path(cache: Path | None = None) -> str:
    """The Java class path of the server; Maven is asked for it once, then the kept list is used.

    Args:
        cache: Folder that keeps the list, as `neo4j.cp`.

    Raises:
        ServerToolMissing: The list is not kept yet and Maven is not installed.
        ServerFailed: Maven could not fetch the parts.
    """
    kept = (cache or cache_folder()) / "neo4j.cp"
    pom = PARTS / "pom.xml"
    named = re.search(r"<neo4j\.version>(.+?)<", pom.read_text(encoding="utf-8"))
    assert named is not None
    if kept.is_file():
        parts = kept.read_text(encoding="utf-8").strip()
        if f"neo4j-bolt-{named[1]}.jar" in parts and all(Path(p).is_file() for p in parts.split(os.pathsep)):
            return parts
    maven = shutil.which("mvn")
    if maven is None:
        raise ServerToolMissing(
            say(
                "Neo4j's parts are fetched with Maven, and no `mvn` is on the path: {install}",
                "تُجلب أجزاء ⁨Neo4j⁩ ببرنامج ⁨Maven⁩، ولا ⁨mvn⁩ في المسار: {install}",
                install=INSTALL,
            )
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    fresh = kept.with_name(f"neo4j.cp.{os.getpid()}")
    command = [maven, "-q", "-B", "-f", str(pom), "dependency:build-classpath", f"-Dmdep.outputFile={fresh}"]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, text=True, check=False, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ServerFailed(
            say(
                "Maven did not fetch Neo4j {named} within {fetch_seconds} s",
                "لم يجلب ⁨Maven⁩ خادم ⁨Neo4j⁩ {named} خلال {fetch_seconds} ثانية",
                named=named[1],
                fetch_seconds=FETCH_SECONDS,
            )
        ) from error
    if done.returncode != 0 or not fresh.is_file():
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-10:])
        raise ServerFailed(
            say(
                "Maven could not fetch Neo4j {named}; it said:\n{said}",
                "تعذّر على ⁨Maven⁩ جلب ⁨Neo4j⁩ {named}. وقال:\n{said}",
                named=named[1],
                said=said,
            )
        )
    fresh.replace(kept)
    return kept.read_text(encoding="utf-8").strip()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Neo4jServer:
    """A Neo4j Community server that runs as long as the `with` block.

    >>> with Neo4jServer() as server:  # doctest: +SKIP
    ...     store = Neo4jStore(server.uri, server.auth)

    Attributes:
        uri: The Bolt address, once started.
        auth: User and password, or None when the server asks for none.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int | None = None,
        password: str | None = None,
        heap: str = "512m",
        page_cache: str = "64m",
        java_options: Sequence[str] = (),
        cache: Path | None = None,
    ) -> None:
        """Describe the server; nothing runs before `with`.

        Args:
            folder: Where the data is kept; a temporary folder, removed at the end, when None.
            port: Port on 127.0.0.1; a free one when None.
            password: When given, the server asks for it, with the user `neo4j`; at least 8 characters.
            heap: Java heap, as `java -Xmx` takes it.
            page_cache: Memory for the store files, such as `64m`.
            java_options: More options of `java`, such as `QUICK_START`.
            cache: Folder that keeps the class path.
        """
        self._folder = folder
        self._port = port
        self._password = password
        self._heap = heap
        self._page_cache = page_cache
        self._java_options = tuple(java_options)
        self._cache = cache
        self._cleanup = contextlib.ExitStack()
        self.uri = ""
        self.auth = None if password is None else ("neo4j", password)

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._process.pid

    def __enter__(self) -> Neo4jServer:
        """Start, and return when the server answers.

        Raises:
            ServerToolMissing: Java or Maven is missing; the message names the packages.
            ServerFailed: The port is taken, or the server did not come up in time.
        """
        java, parts = find_java(), class_path(self._cache)
        port = self._port or _free_port()
        if not _port_is_free(port):
            raise ServerFailed(
                say(
                    "port {port} of this machine is taken: stop what uses it, or choose another port",
                    "المنفذ {port} في هذا الجهاز مشغول. يُرجى إيقاف ما يستعمله، أو اختيار منفذ آخر",
                    port=port,
                )
            )
        with contextlib.ExitStack() as stack:
            folder = self._folder
            if folder is None:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="downline-neo4j-")))
            folder.mkdir(parents=True, exist_ok=True)
            environment = {k: v for k, v in os.environ.items() if k not in ("NEO4J_PASSWORD", "CLASSPATH")}
            if self._password is not None:
                environment["NEO4J_PASSWORD"] = self._password
            log = folder / "server.log"
            with log.open("wb") as errors:
                self._process = subprocess.Popen(  # noqa: S603
                    [
                        java,
                        f"-Xmx{self._heap}",
                        *JAVA_OPTIONS,
                        *self._java_options,
                        "-cp",
                        parts,
                        str(PARTS / "Neo4jServer.java"),
                        str(folder.resolve()),
                        str(port),
                        self._page_cache,
                    ],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=environment,
                    start_new_session=True,
                )
            stack.callback(self._stop)
            self.uri = self._wait_for_address(log)
            self._cleanup = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server, and remove its data if the folder was temporary."""
        self._cleanup.close()

    def wait(self) -> int:
        """Wait until the server ends by itself; its exit code."""
        return self._process.wait()

    def _wait_for_address(self, log: Path) -> str:
        assert self._process.stdout is not None
        lines: queue.Queue[str | None] = queue.Queue()
        reader = threading.Thread(target=_drain, args=(self._process.stdout, lines), daemon=True)
        reader.start()
        deadline = time.monotonic() + START_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            try:
                line = lines.get(timeout=left)
            except queue.Empty:
                break
            if line is None:
                said = "\n".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-15:])
                raise ServerFailed(
                    say(
                        "the Neo4j server ended while starting; it said:\n{said}",
                        "توقف خادم ⁨Neo4j⁩ أثناء بدئه. وقال:\n{said}",
                        said=said,
                    )
                )
            if line.startswith("bolt://"):
                return line
        raise ServerFailed(
            say(
                "the Neo4j server did not come up within {start_seconds} s; see {log}",
                "لم يبدأ خادم ⁨Neo4j⁩ خلال {start_seconds} ثانية. التفاصيل في {log}",
                start_seconds=START_SECONDS,
                log=log,
            )
        )

    def _stop(self) -> None:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with contextlib.suppress(OSError):  # it may be gone already
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _drain(stdout: IO[bytes], lines: queue.Queue[str | None]) -> None:
    """Pass the server's lines on, to the end: a full pipe would stop the server."""
    with contextlib.suppress(ValueError):  # closed under our hands: the server is being stopped
        for line in stdout:
            lines.put(line.decode("utf-8", "replace").strip())
    lines.put(None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Keep a server running until it is interrupted; 0 when it ended in order, 1 when it could not start."""
    parser = argparse.ArgumentParser(
        prog="python -m genealogy.stores.server",
        description="Run a Neo4j server on this machine, from its Maven artifacts, until Ctrl+C.",
    )
    parser.add_argument("--port", type=int, default=PORT, help=f"port on 127.0.0.1 (default {PORT})")
    parser.add_argument("--folder", type=Path, default=None, help="where the data is kept (default .cache/neo4j)")
    parser.add_argument("--heap", default="1g", help="Java heap (default 1g)")
    parser.add_argument("--page-cache", default="256m", help="memory for the store files (default 256m)")
    parser.add_argument("--fetch", action="store_true", help="only fetch what the server is made of")
    chosen = parser.parse_args(arguments)
    folder = chosen.folder or cache_folder() / "neo4j"
    password = os.environ.get("NEO4J_PASSWORD")
    say = sys.stdout.write
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if chosen.fetch:
        return _fetch()
    say("Starting Neo4j (the first time, Maven fetches about 130 MB) ...\n")
    sys.stdout.flush()
    try:
        with Neo4jServer(
            folder,
            port=chosen.port,
            password=password,
            heap=chosen.heap,
            page_cache=chosen.page_cache,
        ) as server:
            login = "no password (set NEO4J_PASSWORD to ask for one)" if password is None else "user neo4j"
            say(f"Neo4j answers at {server.uri}, {login}; data in {folder}. Ctrl+C stops it.\n")
            sys.stdout.flush()
            return server.wait()
    except KeyboardInterrupt:
        say("Stopped.\n")
        return 0
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _fetch() -> int:
    try:
        find_java()
        parts = class_path()
    except StoreError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"Neo4j's {len(parts.split(os.pathsep))} parts are here.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
