"""The guide for lawyers says what is so: its table of packs, its example of an own pack, the words of its keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compliance.rules import Pack, Rule, all_packs, load_pack
from compliance.rules.cases import main

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "rules.md"


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text(encoding="utf-8")


def _row(pack: Pack) -> str:
    measured = sum(rule.indicator is not None for rule in pack.rules)
    asked = sum(rule.is_question for rule in pack.rules)
    off = sum(not rule.enabled for rule in pack.rules)
    counts = (len(pack.rules), measured, asked, len(pack.rules) - measured - asked, off)
    return f"| `{pack.name}` | {pack.title.en} | {pack.title.ar} | " + " | ".join(map(str, counts)) + " |"


def test_the_table_of_packs_is_the_packs_there_are(guide: str) -> None:
    head = "| pack | title | العنوان | rules | measured | asked | waiting | off |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    wanted = head + "".join(f"{_row(pack)}\n" for pack in all_packs())
    written = guide.partition("test_rules_guide.py -->\n")[2].partition("<!-- end of packs -->")[0]
    assert written == wanted, f"docs/rules.md, put in its table:\n{wanted}"


def test_the_example_of_an_own_pack_runs_as_it_is_printed(
    guide: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    pack, cases = tmp_path / "house-rules.yaml", tmp_path / "house_cases.yaml"
    pack.write_text(next(block for block in blocks if block.startswith("pack: ")), encoding="utf-8")
    cases.write_text(
        next(block for block in blocks if "house.customer_share" in block and block.startswith("- ")), encoding="utf-8"
    )
    assert load_pack(pack).rules[0].enabled
    assert main(["--pack", str(pack), str(cases)]) == 0
    assert "every case came out as expected" in capsys.readouterr().out


def test_every_key_of_an_entry_is_taught(guide: str) -> None:
    own = {"pack", "line"}  # set by the loader
    assert {
        key for key in Rule.model_fields if key not in own and not re.search(rf"^\s+(?:- )?{key}:", guide, re.MULTILINE)
    } == set()
