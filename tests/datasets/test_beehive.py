"""The bundled records are the public ones with pseudonyms, no more and no less."""

from __future__ import annotations

import csv
import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def source_module() -> ModuleType:
    """The recipe next to this file (tests are not a package)."""
    path = Path(__file__).with_name("beehive_source.py")
    spec = importlib.util.spec_from_file_location("beehive_source", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_bundle_is_what_the_recipe_makes_of_the_source(
    beehive: Path, shared_data: Path, source_module: ModuleType
) -> None:
    made = source_module.pseudonymised(shared_data / "beehive-arbitrum" / "normalised")
    for name, content in made.items():
        assert (beehive / name).read_bytes() == content, f"{name} differs from its source"


def test_no_address_or_transaction_hash_is_shipped(beehive: Path) -> None:
    """A wallet is 0x and 40 hexadecimal digits, a transaction 64; method selectors (8) may stay."""
    for path in beehive.rglob("*"):
        if path.is_file():
            assert not re.search(rb"0x[0-9a-fA-F]{9,}", path.read_bytes()), path.name


def test_every_transfer_belongs_to_a_member(beehive: Path) -> None:
    with (beehive / "participants.csv").open(encoding="utf-8") as stream:
        members = {row["participant_id"] for row in csv.DictReader(stream)}
    with (beehive / "transfers.csv").open(encoding="utf-8") as stream:
        transfers = list(csv.DictReader(stream))
    assert len(members) == 4016
    assert len(transfers) == 5793
    assert {row["participant_id"] for row in transfers} <= members
