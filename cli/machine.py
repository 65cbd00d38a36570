"""What `downline doctor` looks at: the interpreter, the libraries, the disk, and the optional programs around.

Each check says what it found and why that matters, or the way out. Required ones decide the exit code; optional
ones name the feature that is missing without them.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from intake.text import NOTHING, Text, say, verbatim

if TYPE_CHECKING:
    from intake.text import Language

GIB = 1 << 30
DISK_NEEDED, DISK_WISHED = GIB, 20 * GIB
MEMORY_NEEDED = 2 * GIB
_PACKAGE = re.compile(r"[A-Za-z0-9._-]+")
"""The name at the beginning of a requirement."""
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: Text
    found: Text
    why: Text
    ok: bool = True
    required: bool = True

    @property
    def state(self) -> Text:
        """A word for the table."""
        if self.ok:
            return _THERE
        return _MISSING if self.required else _NOT_THERE

    def plain(self, language: Language) -> dict[str, object]:
        """For JSON: name and facts as programs look them up, the reason in the reader's language."""
        return {
            "name": self.name.en,
            "ok": self.ok,
            "required": self.required,
            "found": self.found.en,
            "why": self.why.in_language(language),
        }


_THERE, _MISSING = Text(en="ok", ar="موجود"), Text(en="missing", ar="ناقص")
_NOT_THERE = Text(en="not there", ar="غير موجود")


def look(home: Path) -> list[Check]:
    """Every check, in the order in which a reader should mend things.

    Args:
        home: the folder of the cases.
    """
    checks: list[Callable[[], Check]] = [
        _python,
        _libraries,
        lambda: _home(home),
        lambda: _disk(home),
        _memory,
        _numba_cache,
        _dashboard,
        _java,
        _maven,
        _chromium,
    ]
    if os.environ.get("DOWNLINE_NEO4J_URI"):
        checks.append(_neo4j)
    return [check() for check in checks]


def _python() -> Check:
    found = say("{version} at {path}", "{version} في {path}", version=platform.python_version(), path=sys.executable)
    why = Text(en="3.11 or newer is needed", ar="يلزم الإصدار 3.11 أو أحدث")
    return Check(verbatim("Python"), found, why, ok=sys.version_info >= (3, 11))


def required_libraries() -> list[str]:
    """The packages that the installed Downline names as its own needs, without extras; itself where it is missing."""
    try:
        needs = metadata.requires("downline") or []
    except metadata.PackageNotFoundError:
        return ["downline"]
    return [name[0] for need in needs if "extra ==" not in need and (name := _PACKAGE.match(need))]


def _libraries() -> Check:
    found, absent = [], []
    for name in required_libraries():
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            absent.append(name)
    why = Text(en="installed with Downline", ar="مثبَّتة مع Downline")
    if absent:
        why = say(
            "not installed: {names}; run `make setup`",
            "غير مثبَّتة: {names}. يُثبّتها الأمر ⁨make setup⁩",
            names=", ".join(absent),
        )
    return Check(Text(en="libraries", ar="المكتبات"), verbatim(", ".join(found)), why, ok=not absent)


def _home(home: Path) -> Check:
    from intake.system import refused

    name, found = Text(en="home folder", ar="مجلد ملفات الفحص"), verbatim(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            pass
    except OSError as error:
        why = say(
            "cannot be written ({why}); name another with --home or DOWNLINE_HOME",
            "تتعذّر الكتابة فيه ({why}). يُرجى تسمية غيره بالخيار ⁨--home⁩ أو المتغيّر ⁨DOWNLINE_HOME⁩",
            why=refused(error),
        )
        return Check(name, found, why, ok=False)
    return Check(name, found, Text(en="cases are kept here", ar="تُحفظ هنا ملفات الفحص"))


def _disk(home: Path) -> Check:
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    why = Text(
        en="1 GiB is needed; uploads and their tables take about twice the files' size",
        ar="يلزم ⁨1 GiB⁩؛ وتشغل الملفات المرفوعة مع جداولها نحو ضعف حجمها",
    )
    if DISK_NEEDED <= free < DISK_WISHED:
        why = Text(
            en="enough for small companies; a large one's records need tens of GiB",
            ar="تكفي للشركات الصغيرة، أما سجلات شركة كبيرة فتحتاج إلى عشرات من ⁨GiB⁩",
        )
    return Check(Text(en="free disk", ar="المساحة الخالية"), _size(free), why, ok=free >= DISK_NEEDED)


def _size(count: int) -> Text:
    return verbatim(f"{count / GIB:.1f} GiB")


def _memory() -> Check:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    why = Text(
        en="a million participants with ten million orders need about 4 GiB",
        ar="يحتاج مليون مشارك بعشرة ملايين طلب إلى نحو ⁨4 GiB⁩",
    )
    return Check(Text(en="memory", ar="الذاكرة"), _size(total), why, ok=total >= MEMORY_NEEDED)


def _numba_cache() -> Check:
    import genealogy

    named = os.environ.get("NUMBA_CACHE_DIR")
    folder = Path(named) if named else Path(genealogy.__path__[0]) / "__pycache__"
    kept = len(list(folder.rglob("*.nbi"))) if folder.is_dir() else 0
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    ok = os.access(nearest, os.W_OK)
    why = Text(
        en="compiled kernels are kept here, so that only the first analysis compiles",
        ar="تُحفظ هنا الدوال المترجمة، فلا تُترجم إلا عند أول تحليل",
    )
    if not ok:
        why = Text(
            en="cannot be written: every start compiles again; name a folder in NUMBA_CACHE_DIR",
            ar="تتعذّر الكتابة فيها، فتُعاد الترجمة عند كل بدء. يُرجى تسمية مجلد في ⁨NUMBA_CACHE_DIR⁩",
        )
    found = say("{kept} kernels in {folder}", "الدوال: {kept}. المجلد: {folder}", kept=kept, folder=folder)
    return Check(Text(en="Numba cache", ar="ذاكرة ⁨Numba⁩"), found, why, ok=ok, required=False)


def _dashboard() -> Check:
    from importlib.util import find_spec

    spec = find_spec("dashboard")
    folders = [Path(one) for one in (spec.submodule_search_locations or ())] if spec is not None else []
    page = next((folder / "app.py" for folder in folders if (folder / "app.py").is_file()), None)
    why = Text(en="`downline up` serves it", ar="تُشغَّل بالأمر ⁨downline up⁩")
    if page is None:
        why = Text(en="`downline up --api-only` works without it", ar="يعمل دونها الأمر ⁨downline up --api-only⁩")
    found = NOTHING if page is None else verbatim(page)
    return Check(Text(en="dashboard", ar="لوحة المتابعة"), found, why, ok=page is not None, required=False)


def _java() -> Check:
    from genealogy.stores.errors import ServerToolMissing
    from genealogy.stores.server import find_java

    name = verbatim("Java")
    try:
        why = Text(en="for `make neo4j`, a local Neo4j server", ar="للأمر ⁨make neo4j⁩، وهو خادم ⁨Neo4j⁩ محلي")
        return Check(name, verbatim(find_java()), why, required=False)
    except ServerToolMissing as error:
        why = say("only for `make neo4j`: {why}", "للأمر ⁨make neo4j⁩ وحده: {why}", why=error.text)
        return Check(name, NOTHING, why, ok=False, required=False)


def _maven() -> Check:
    why = Text(en="only for `make neo4j`: fetches the server", ar="للأمر ⁨make neo4j⁩ وحده: يجلب الخادم")
    return _program("Maven", shutil.which("mvn"), why)


def _chromium() -> Check:
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    return _program("Chromium", found, Text(en="only for the browser tests", ar="لاختبارات المتصفح وحدها"))


def _program(name: str, found: str | None, why: Text) -> Check:
    """A program that most readers need not have."""
    shown = NOTHING if found is None else verbatim(found)
    return Check(verbatim(name), shown, why, ok=found is not None, required=False)


def _neo4j() -> Check:
    from genealogy.stores import Neo4jStore, StoreError

    name, uri = verbatim("Neo4j"), os.environ["DOWNLINE_NEO4J_URI"]
    password = os.environ.get("DOWNLINE_NEO4J_PASSWORD")
    login = None if password is None else (os.environ.get("DOWNLINE_NEO4J_USER", "neo4j"), password)
    try:
        with Neo4jStore(uri, login):
            why = Text(en="answers, and its version can be used", ar="يجيب، وإصداره صالح للاستخدام")
            return Check(name, verbatim(uri), why)
    except StoreError as error:
        return Check(name, verbatim(uri), error.text, ok=False)
