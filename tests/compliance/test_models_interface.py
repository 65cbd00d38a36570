"""The one entry to all models: what it accepts, what it says to wrong inputs, and the command that reads a file."""

from __future__ import annotations

import contextlib
import json
import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.models import verify_models
from cli.options import Language
from compliance.errors import ComplianceError, ModelInputError, UnknownModel, VectorFileError
from compliance.models import catalogue, evaluate, names, verify_file
from compliance.models.benchmarks import tables
from compliance.models.registry import MARKS


def test_every_model_says_what_it_is_and_where_it_comes_from() -> None:
    for each in catalogue():
        assert each.summary
        assert each.source
        assert each.mark in MARKS


def test_every_model_is_documented(repository: Path) -> None:
    page = (repository / "docs" / "models.md").read_text(encoding="utf-8")
    for each in catalogue():
        keys = ", ".join(f"`{key}`" for key in each.keys) or "none"
        assert f"| `{each.name}` | {keys} |" in page
        row = next(line for line in page.splitlines() if line.startswith(f"| `{each.name}` "))
        assert row.endswith(f"| {each.mark} |")
    for each in tables().published:
        assert each.case in page


@pytest.mark.parametrize(
    ("model", "inputs", "says"),
    [
        ("rrt.leaf_z", {"n": 10}, "rrt.leaf_z: leaves is missing; it takes n, leaves"),
        ("rrt.leaf_z", {"n": 10, "leave": 3, "leaves": 3}, "leave = 3 is no input; did you mean 'leaves'?"),
        ("rrt.leaf_z", {"n": "ten", "leaves": 3}, "n = ten: write a number"),
        ("rrt.leaf_z", {"n": "1e9", "leaves": 3}, "n = 1e9: write a number"),
        ("rrt.leaf_z", {"n": True, "leaves": 3}, "n = True: write a number"),
        ("rrt.leaf_z", {"n": 10.5, "leaves": 3}, "n = 10.5: write a whole number"),
        ("rrt.leaf_z", {"n": math.nan, "leaves": 3}, "n = nan: write a finite number"),
        ("rrt.leaf_z", {"n": 10, "leaves": -1}, "leaves = -1 must be at least 0"),
        ("rrt.leaf_z", {"n": 10, "leaves": 11}, "leaves = 11 must be at most n = 10"),
        ("rrt.expected_recruits", {"n": 10, "k": 11}, "k = 11 must lie between 1 and n = 10"),
        ("struct.max_breakeven_share", {"costs": [1, "x"], "total_paid_to_participants": 1}, "costs.1 = x: write"),
        ("struct.full_tree_tail_share", {"m": 2, "levels": 3, "t": 1}, "levels = 3 is no input"),
        ("gw.expected_downline", {"mean_recruits": 1, "levels": None}, "must be below 1"),
        ("gw.expected_downline", {"mean_recruits": 1.5, "levels": 10**5}, "use smaller numbers"),
        ("gw.extinction_probability", {"offspring_pmf": [0.5, 0.4]}, "must sum to 1"),
        ("sat.level_size", {"branching": 10, "level": 10**6}, "at most 3,900 digits"),
        ("mech.geometric_rewards", {"parent": {"a": "b", "b": "a"}, "root": "S", "a": 0.5, "b": 1}, "cycle"),
        ("mech.geometric_rewards", {"parent": {"a": "x"}, "root": "S", "a": 0.5, "b": 1}, "parent = x stands above"),
        ("mech.shapley_referral_credit", {"parent": {"a": "S"}, "root": "S", "value": {}}, "value = a has no amount"),
        ("tree.summary", {"parent": {"a": "b", "b": "a", "c": None}}, "cycle"),
        ("tree.summary", {"parent": {"a": None, "b": None}}, "exactly one node"),
        ("tree.summary", {"parent": {"a": None, "b": True}}, "parent.b = True: write a name"),
        ("tree.summary", {"parent": ["a"]}, "write an object of names and values"),
        ("rrt.degree_share", {"n": 10, "j": 3}, "j = 3: write a list"),
        ("benford.mad_class", {"mad": 0.1, "digits": "third"}, "digits = third: write one of: 'first', 'second'"),
        (
            "inventory.gap",
            {"purchases": [1], "verified_sales_at_cost": [0], "self_consumption_allowance": "x"},
            "write",
        ),
        (
            "mech.geometric_sybil_chain",
            {
                "parent": {"a": "S"},
                "root": "S",
                "node": "a",
                "identities": 2,
                "a": 0.5,
                "b": 1,
                "every_identity_purchases": False,
            },
            "every_identity_purchases = False: write one of: true",
        ),
        ("bunch.polynomial", {"bin_centers": [1], "counts": [1], "threshold": 1, "window": [1, 1], "degree": 31}, "30"),
        ("forsage.monte_carlo_loss_share", {"users": 10**6}, "at most 5,000,000 registrations"),
        ("forsage.run", {"owner": "o", "operations": [["register", "a", "z"]]}, "sponsor 'z' is not registered"),
        ("forsage.run", {"owner": "o", "operations": [["buy", "a", "X3", True]]}, "a level is a whole number"),
        ("fit.powerlaw_continuous", {"values": [3, 3], "xmin": 3}, "no exponent is finite"),
        ("fit.powerlaw_discrete", {"counts": {"x": 1}, "xmin": 1}, "'x' is no whole number"),
        ("benford.first_digit", {"sequence": "some"}, "give the numbers themselves"),
        ("benchmark.published", {"case": "BurnLounge"}, "did you mean"),
        ("stat.wilson95", {"successes": 3, "n": 2}, "must be at most n = 2"),
        ("stat.wilson95", {"successes": 0, "n": 0}, "n = 0 must be at least 1"),
    ],
)
def test_wrong_inputs_are_named_with_the_way_out(model: str, inputs: dict[str, Any], says: str) -> None:
    with pytest.raises(ModelInputError) as refused:
        evaluate(model, inputs)
    assert says in str(refused.value)
    assert str(refused.value).startswith(model)
    arabic = refused.value.text.ar
    assert not re.search("[A-Za-z0-9]", re.sub("\u2068[^\u2069]*\u2069", "", arabic)), arabic


def test_an_unknown_model_has_a_nearest() -> None:
    with pytest.raises(UnknownModel, match=r"did you mean rrt\.leaf_z"):
        evaluate("rrt.leafz", {})


def test_numbers_of_every_kind_are_read_exactly() -> None:
    inputs = {"payout_per_member_per_period": Decimal("0.1"), "retained_entry_payment": Fraction(1, 3)}
    assert evaluate("sat.required_growth", inputs)["growth"] == 0.3
    assert evaluate("rrt.leaf_moments", {"n": 600.0}) == {"mean": 300, "variance": 50}
    assert evaluate("rrt.leaf_moments", {"n": "600"}) == {"mean": 300, "variance": 50}
    law = {"offspring_pmf": ["1/6", "0.50", "1/3"]}
    assert evaluate("gw.extinction_probability", law) == pytest.approx(0.5, abs=1e-15)


def test_names_may_be_written_as_whole_numbers() -> None:
    texts = {"parent": {"1": None, "2": "1", "3": "1"}}
    assert evaluate("tree.summary", {"parent": {"1": None, "2": 1, "3": 1}}) == evaluate("tree.summary", texts)
    credit = {"parent": {"1": 0, "2": 1}, "root": 0, "value": {"1": 10, "2": 10}}
    assert evaluate("mech.shapley_referral_credit", credit) == {"1": 15, "2": 5}


def test_what_may_be_left_out() -> None:
    assert evaluate("gw.expected_downline", {"mean_recruits": 0.8}) == 4
    assert evaluate("forsage.total_cost_all_slots", {"levels": 12}) == 204.75
    bought = {"purchases": [300, 1200], "verified_sales_at_cost": [250, 100]}
    each = evaluate("inventory.gap", bought | {"self_consumption_allowance": [200, 200]})
    assert evaluate("inventory.gap", bought | {"self_consumption_allowance": 200}) == each


def test_a_published_figure_is_found_by_words_that_single_it_out() -> None:
    assert evaluate("benchmark.published", {"case": "burnlounge moguls"}) == 0.9384
    for each in tables().published:
        assert evaluate("benchmark.published", {"case": each.case}) == each.value
        assert each.mark in MARKS


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**7) | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=3),
    max_leaves=4,
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from([each for each in names() if not each.startswith("forsage.monte")]), st.data())
def test_no_input_brings_a_model_down(name: str, data: st.DataObject) -> None:
    keys = next(each.keys for each in catalogue() if each.name == name)
    with contextlib.suppress(ComplianceError):
        json.dumps(evaluate(name, {key: data.draw(junk) for key in keys}), allow_nan=False)


# The file and the command

GOOD = {"id": "good", "model": "rrt.leaf_z", "inputs": {"n": 12, "leaves": 7}, "expected": 1.0, "tolerance": 1e-9}
TREE = {"m": 2, "L": 3, "t": 1}


def written(folder: Path, vectors: Any) -> Path:
    file = folder / "vectors.json"
    file.write_text(json.dumps(vectors), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"expected": 1.1}, "value beyond the tolerance of 1e-09"),
        ({"expected": math.nan}, "value: 'NaN' expected"),
        ({"inputs": {"n": math.nan, "leaves": 7}}, "n = NaN: write a number"),
        ({"tolerance": {"relative": 0.1}}, "write an absolute one"),
        ({"expected": None}, "value: None expected, 1.0 computed"),
        ({"expected": "1"}, "value: '1' expected"),
        ({"expected": [1.0]}, "expected"),
        ({"expected": math.inf}, "expected"),
        ({"tolerance": "much"}, "tolerance 'much' is no number"),
        ({"tolerance": -1}, "is no number from 0 up"),
        ({"model": "rrt.leafz"}, "[unknown-model]"),
        ({"inputs": [12, 6]}, "[model-input]"),
        ({"inputs": {"n": 12}}, "leaves is missing"),
    ],
)
def test_a_vector_that_misses_says_why(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    good, bad = verify_file(written(tmp_path, [GOOD, GOOD | {"id": "bad"} | change]))
    assert good.agrees
    assert good.difference == pytest.approx(0, abs=1e-12)
    assert not bad.agrees
    assert bad.problem is not None
    assert problem in bad.problem.en
    arabic = re.sub("\u2068[^\u2069]*\u2069", "", bad.problem.ar)
    assert not re.search("[A-Za-z0-9]", arabic), bad.problem.ar


def test_no_tolerance_is_none(tmp_path: Path) -> None:
    exact = {"id": "exact", "model": "rrt.degree_share_limit", "inputs": {"j": [0]}, "expected": [0.5]}
    near = {"id": "near", "model": "rrt.leaf_z", "inputs": {"n": 12, "leaves": 7}, "expected": 1.0000001}
    same, other = verify_file(written(tmp_path, [exact, near]))
    assert same.agrees
    assert not other.agrees
    assert "no tolerance is stated" in (other.problem.en if other.problem else "")


def test_keys_and_lengths_must_agree(tmp_path: Path) -> None:
    moments = {"id": "keys", "model": "rrt.leaf_moments", "inputs": {"n": 12}, "expected": {"mean": 6}, "tolerance": 1}
    short = {
        "id": "short",
        "model": "rrt.degree_share_limit",
        "inputs": {"j": [0, 1]},
        "expected": [0.5],
        "tolerance": 1,
    }
    for verdict in verify_file(written(tmp_path, [moments, short])):
        assert not verdict.agrees
    problem = verify_file(written(tmp_path, [moments]))[0].problem
    assert problem is not None
    assert "variance" in problem.en


def test_what_is_no_vector_is_a_miss_and_not_the_end(tmp_path: Path) -> None:
    verdicts = verify_file(written(tmp_path, [7, {"id": "half"}, GOOD]))
    assert [(each.id, each.agrees) for each in verdicts] == [("#1", False), ("half", False), ("good", True)]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "at least one"),
        ("[]", "at least one"),
        ("[1,\n2,]", "vectors.json, line 2: is no JSON"),
        ("\ud800", "save it in UTF-8"),
        ("[" * 100_000, "thousands deep"),
        (f"[{'9' * 5000}]", "thousands of digits"),
        ('[{"parent": {"a": null, "b": "a", "b": "c"}}]', "the key 'b' twice"),
    ],
)
def test_what_is_no_file_of_vectors_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "vectors.json"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(VectorFileError, match=r"vectors\.json") as refused:
        verify_file(file)
    assert says in str(refused.value)
    file.write_bytes(b"\xef\xbb\xbf" + json.dumps([GOOD]).encode())  # as some editors save it
    assert verify_file(file)[0].agrees
    with pytest.raises(VectorFileError, match="cannot be read"):
        verify_file(tmp_path / "none.json")


def test_the_command_prints_a_line_for_each_and_stops_with_one_on_a_miss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    verify_models([written(tmp_path, [GOOD])])
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["good", "rrt.leaf_z", "ok"]
    assert out[1].startswith("1 of 1 vectors agree")
    off = GOOD | {"id": "bad\x1b[2J", "expected": 3}
    with pytest.raises(typer.Exit) as stopped:
        verify_models([written(tmp_path, [GOOD, off])])
    assert stopped.value.exit_code == 1
    line = capsys.readouterr().out.splitlines()[1]
    assert "DIFFERS: expected 3, computed 1.0, difference 2" in line
    assert "\x1b" not in line


def test_the_command_in_arabic_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, [GOOD])
    verify_models([file, file], lang=Language.AR)
    out = capsys.readouterr().out
    assert out.count("مطابق\n") == 2
    assert "القيم المطابقة: \u20662\u2069 من \u20662\u2069" in out
    verify_models([file], json=True)
    found = json.loads(capsys.readouterr().out)
    assert (found["agree"], found["of"]) == (1, 1)
    assert found["vectors"][0]["computed"] == 1.0
    with pytest.raises(typer.Exit):
        verify_models([written(tmp_path, [GOOD | {"inputs": {"n": 12}}])], lang=Language.AR)
    assert (
        "تعذّر الحساب: [\u2068model-input\u2069] \u2068rrt.leaf_z\u2069: \u2068leaves\u2069: مطلوب"
        in capsys.readouterr().out
    )
