"""Which rule packs there are: those that come with the product, and the reader's own beside them.

An own pack is a YAML file that `docs/rules.md` teaches to write. A server takes all that stand in the folder which the
environment variable DOWNLINE_PACKS names; a command takes one by its path (`--law ./mine.yaml`). Either way it is then
known by the name of its file, wherever a pack is named. Nothing that is installed is touched, and no pack that comes with
the product can be replaced in silence.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from compliance.errors import RulePackError, UnknownPack
from intake.text import Text, say, verbatim

PACKS = Path(__file__).with_name("packs")
FOLDER = "DOWNLINE_PACKS"
"""Environment variable: a folder with packs of one's own."""
ENDINGS = (".yaml", ".yml")

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_given: dict[str, Path] = {}
"""Packs that this run of the program was given one by one."""


def pack_files() -> dict[str, Path]:
    """The file of every known pack, by name, alphabetically.

    Raises:
        RulePackError: an own pack bears the name of another one, or one that cannot be a pack's.
    """
    found = {file.stem: file for file in PACKS.glob("*.yaml")}
    folder = os.environ.get(FOLDER)
    own = [file for file in sorted(Path(folder).glob("*")) if file.suffix in ENDINGS] if folder else []
    for file in (*own, *_given.values()):
        name = _name(file)
        if name in found and found[name].resolve() != file.resolve():
            ours = Text(en="a pack that comes with the product", ar="حزمة تأتي مع البرنامج")
            other = ours if found[name].parent == PACKS else verbatim(found[name])
            raise RulePackError(
                file.name,
                say(
                    "{name} is the name of {other}; give the file another name",
                    "{name} اسم {other}. يُرجى تسمية الملف باسم آخر",
                    name=name,
                    other=other,
                ),
            )
        found[name] = file
    return dict(sorted(found.items()))


def pack_names() -> tuple[str, ...]:
    """Names of the known packs, alphabetically."""
    return tuple(pack_files())


def pack_file(name: str) -> Path:
    """The file of a pack.

    Raises:
        UnknownPack: no pack has that name.
    """
    files = pack_files()
    if name not in files:
        raise UnknownPack([name], files)
    return files[name]


def is_own(name: str) -> bool:
    """Whether a known pack is the reader's own."""
    return pack_file(name).parent != PACKS


def give_pack(file: Path) -> str:
    """Makes a pack of the reader's own known for this run of the program; gives its name.

    Raises:
        RulePackError: its name is that of another pack, or can be no pack's name.
    """
    name = _name(file)
    earlier = _given.get(name)
    _given[name] = file.resolve()
    try:
        pack_files()
    except RulePackError:
        del _given[name]
        if earlier is not None:
            _given[name] = earlier
        raise
    return name


def _name(file: Path) -> str:
    if not _NAME.fullmatch(file.stem):
        raise RulePackError(
            file.name,
            Text(
                en="a pack is named by its file: small letters, digits and single hyphens, such as my-pack.yaml",
                ar="تُسمّى الحزمة باسم ملفها: حروف لاتينية صغيرة وأرقام وشرطات مفردة، مثل ⁨my-pack.yaml⁩",
            ),
        )
    return file.stem
