"""Plans by themselves, and the plan behind payouts: `plan`, `verify-examples`, `infer`, `reconcile --causes`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.cli.conftest import Downline

EXAMPLES = Path(__file__).parents[1] / "reference" / "examples"


def test_a_plan_is_read_aloud_in_both_languages(inside: Downline, repository: Path) -> None:
    plan = repository / "datasets" / "beehive" / "plan.yaml"
    english, arabic = inside("plan", str(plan)), inside("plan", str(plan), "--lang", "ar")
    assert english.code == arabic.code == 0
    assert "Pays for somebody joining or buying a level" in english.out
    assert "تدفع عن انضمام شخص أو شرائه مستوى" in arabic.out
    assert json.loads(inside("plan", str(plan), "--json").out)["features"]


def test_a_plan_with_a_mistake_is_refused_with_its_line(inside: Downline, tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(
        "id: x\ntitle: {en: X, ar: س}\ncurrency: USD\ncomponents:\n  - {id: a, family: unilevl, rates: [1%]}\n",
        encoding="utf-8",
    )
    ran = inside("plan", str(plan))
    assert ran.code == 2
    assert "plan.yaml:5" in ran.err
    assert "did you mean unilevel?" in ran.err


def test_examples_that_agree_and_one_that_does_not(inside: Downline, tmp_path: Path) -> None:
    for name in ("unilevel-rank-depth", "two-tier-on-top-of-sale"):
        for suffix in (".json", ".plan.yaml"):
            shutil.copy(EXAMPLES / f"{name}{suffix}", tmp_path)
    agree = inside("verify-examples", str(tmp_path))
    assert agree.code == 0, agree.err
    assert "2 of 2 examples agree to the cent" in agree.out
    plan = tmp_path / "two-tier-on-top-of-sale.plan.yaml"
    text = plan.read_text(encoding="utf-8")
    assert "20%" in text
    plan.write_text(text.replace("20%", "21%"), encoding="utf-8")
    differs = inside("verify-examples", str(tmp_path))
    assert differs.code == 1
    assert "first difference: award: Sub sale 1: expected 20 (100*0.20), computed 21" in differs.out
    assert "https://" in differs.out
    found = inside("verify-examples", str(tmp_path), "--json").json
    assert [one["agrees"] for one in found["examples"]] == [False, True]
    plan.unlink()
    broken = inside("verify-examples", str(tmp_path))
    assert broken.code == 1
    assert "has no plan beside it; write two-tier-on-top-of-sale.plan.yaml" in broken.out


def test_a_folder_without_examples_is_named(inside: Downline, tmp_path: Path) -> None:
    ran = inside("verify-examples", str(tmp_path))
    assert ran.code == 2
    assert "holds no example" in ran.err


def test_the_plan_behind_the_payouts_is_found(inside: Downline, case: Path, tmp_path: Path, repository: Path) -> None:
    out = tmp_path / "found.yaml"
    stated = repository / "datasets" / "beehive" / "plan.yaml"
    ran = inside("infer", str(case), "--out", str(out), "--brochure", str(stated), "--json")
    assert ran.code == 0, ran.err
    assert (ran.json["explained"], ran.json["recorded"]) == (722, 789)
    assert ran.json["counter_examples"]
    assert inside("plan", str(out)).code == 0


def test_why_payments_differ(inside: Downline, case: Path) -> None:
    ran = inside("reconcile", str(case), "--causes", "--json")
    assert ran.code == 0, ran.err
    by_cause = {row["cause"]: row["payments"] for row in ran.json["causes"]}
    differ = sum(row["payments"] for row in ran.json["totals"] if row["status"] != "match")
    assert sum(by_cause.values()) == differ
    assert len(by_cause) > 1
