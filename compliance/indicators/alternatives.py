"""Under which other definitions each indicator gives its figure: what a rule may name in `alternative` and `definitions`.

An indicator makes its alternatives while it measures, and some only where the records carry what they need; so their names
stand in `alternatives.yaml`, each with its unit. `python -m tests.compliance.listed_alternatives` writes that file from
measured companies and from the code, and a test holds it to both.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from compliance.entries import read_document
from compliance.measurement import Unit

LISTED = Path(__file__).with_name("alternatives.yaml")


@cache
def listed_alternatives() -> Mapping[str, Mapping[str, Unit]]:
    """By indicator, the id and unit of every alternative that it can have; an indicator without any is not named."""
    content: Mapping[str, Mapping[str, Unit]] = read_document(LISTED).content
    return content


def alternatives_of(indicator: str) -> Mapping[str, Unit]:
    """The ids of an indicator's alternatives with their units, the headline left out."""
    return listed_alternatives().get(indicator, {})
