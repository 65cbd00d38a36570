"""One step of an explanation. Components write these; `explaining` puts them together."""

from __future__ import annotations

from intake.frozen import Frozen
from intake.text import Language, Text


class Step(Frozen):
    """What it is, its value, and what it was made from."""

    label: Text
    value: str
    children: tuple[Step, ...] = ()

    def text(self, language: Language = "en", indent: int = 0) -> str:
        """The step and all below it, a line each."""
        own = "  " * indent + self.label.in_language(language) + (f": {self.value}" if self.value else "")
        return "\n".join([own, *(child.text(language, indent + 1) for child in self.children)])
