"""From the report's model to a page: one self-contained HTML file a language.

Styles, fonts and drawings are inside the file and nothing is fetched, so that it can be mailed, archived and hashed.
The same model gives the same bytes. Right-to-left pages flip tables and horizontal bars; time axes, curves, ids and
formulas keep their direction.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from compliance.report.blocks import Document
from compliance.report.content import document
from compliance.report.model import Report
from intake.text import Language

FONTS = (
    ("IBM Plex Sans", 400, "ibm-plex-sans-latin-400-normal.woff2"),
    ("IBM Plex Sans", 600, "ibm-plex-sans-latin-600-normal.woff2"),
    ("IBM Plex Sans Arabic", 400, "ibm-plex-sans-arabic-arabic-400-normal.woff2"),
    ("IBM Plex Sans Arabic", 600, "ibm-plex-sans-arabic-arabic-600-normal.woff2"),
)


SIGNS = {
    "breached": "▲",
    "borderline": "◆",
    "met": "●",
    "not_measurable": "○",
    "question": "?",
    "gate": "□",
    "reference": "□",
}
"""The mark before each state; a word always stands beside it."""


def render_html(report: Report, language: Language) -> str:
    """The whole report as one HTML page in one language."""
    return write_html(document(report, language))


def write_html(doc: Document) -> str:
    """A document as one HTML page."""
    template = _environment().get_template("report.html.j2")
    return template.render(doc=doc, fonts=_fonts(doc.language), signs=SIGNS)


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("compliance.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _fonts(language: Language) -> Sequence[dict[str, Any]]:
    folder = resources.files("compliance.report") / "fonts"
    wanted = [font for font in FONTS if language == "ar" or "Arabic" not in font[0]]
    return [
        {
            "family": family,
            "weight": weight,
            "data": base64.b64encode((folder / file).read_bytes()).decode(),
        }
        for family, weight, file in wanted
    ]
