"""The plan language: what it reads, and how it speaks of mistakes."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compensation import Plan, PlanError, load_plan, parse_plan, plan_schema
from compensation.components import FAMILIES
from compensation.kernels.rounding import product, rounded
from compensation.quantities import decimal_text, minor_text, parse_rate, rate_text, to_minor

GOOD = """\
id: t
title: {en: T, ar: ت}
currency: USD
ranks: {order: [Member, Silver]}
components:
  - id: level
    family: unilevel
    rates: [5%, 0.03, 1/40]
"""


def mistakes(text: str) -> list[tuple[int, int, str, str, str | None, str | None]]:
    with pytest.raises(PlanError) as caught:
        parse_plan(text)
    found = caught.value.mistakes
    return [(m.line, m.column, m.path, m.problem.en, m.value, m.nearest.en if m.nearest else None) for m in found]


def test_rates_are_read_exactly_whichever_way_they_are_written() -> None:
    (component,) = parse_plan(GOOD).components
    assert component.rates == [Fraction(1, 20), Fraction(3, 100), Fraction(1, 40)]


def test_a_plan_survives_being_written_and_read_again() -> None:
    plan = parse_plan(GOOD)
    assert Plan.model_validate_json(plan.model_dump_json()) == plan


def test_yaml_never_turns_a_rate_into_a_float() -> None:
    """0.1 + 0.2 as YAML floats would be 0.30000000000000004."""
    text = GOOD.replace("[5%, 0.03, 1/40]", "[0.1, 0.2, 0.3]")
    (component,) = parse_plan(text).components
    assert component.rates[0] + component.rates[1] == component.rates[2]


def test_a_float_from_a_program_is_refused() -> None:
    with pytest.raises(ValueError, match="exact text"):
        FAMILIES["unilevel"].model_validate({"id": "a", "family": "unilevel", "rates": [0.05]})


def test_every_mistake_is_reported_at_once_with_its_place_and_a_way_out() -> None:
    text = """\
id: T x
title: {en: T}
currency: usd
perid: month
period: mont
timezone: Africa/Kairo
ranks: {order: [Member, Silver], unranked: Silvr}
components:
  - id: level
    family: unilevl
  - id: level
    family: unilevel
    compresion: none
    rates: [5%, "1,5%", 0.x, 500%]
  - id: level
    family: unilevel
    rates: [5%]
    eligibility: {min_personal_volume: $100}
  - id: other
    family: unilevel
    rates: [5%]
    eligibility: {min_rank: Silvr}
"""
    found = {(line, path): (problem, value, nearest) for line, _, path, problem, value, nearest in mistakes(text)}
    assert found[1, "id"][1] == "T x"
    assert found[2, "title.ar"][2] == "add ar: ..."
    assert found[4, "perid"] == ("unknown key", None, "did you mean period?")
    assert found[5, "period"] == ("not one of the choices", "mont", "did you mean month?")
    assert "Africa/Cairo" in found[6, "timezone"][0]
    assert found[10, "components[0].family"] == ("unknown family", "unilevl", "did you mean unilevel?")
    assert found[13, "components[1].compresion"] == ("unknown key", None, "did you mean compression?")
    assert found[14, "components[1].rates[1]"] == ("not a rate", "1,5%", "write 1.5% (a point, not a comma)")
    assert found[14, "components[1].rates[3]"] == ("a rate above 100%", "500%", "did you mean 5%?")
    assert found[18, "components[2].eligibility.min_personal_volume"][2].startswith("write 100;")
    assert found[22, "components[3].eligibility.min_rank"] == ("unknown rank", "Silvr", "did you mean Silver?")
    assert len(found) == 14


def test_a_comma_in_a_text_and_what_is_neither_true_nor_false_are_explained() -> None:
    text = (
        "id: p\ntitle: {en: Levels, first and second, ar: م}\ncurrency: USD\nactivity: {rule: status, unstated: active}\n"
        "components:\n  - {id: a, family: unilevel, rates: [1%]}\n"
    )
    found = {path: (problem, nearest) for _, _, path, problem, _, nearest in mistakes(text)}
    assert found["title.first and second"] == (
        "unknown key",
        "use one of: en, ar; a text that holds a comma needs quotes",
    )
    assert found["activity.unstated"] == ("neither true nor false", "write true or false")


def test_columns_point_at_the_value_itself() -> None:
    ((line, column, *_),) = mistakes(GOOD.replace("0.03", "0.0.3"))
    assert (line, column) == (8, 17)


@pytest.mark.parametrize(
    ("change", "path", "says"),
    [
        (("    rates: [5%, 0.03, 1/40]\n", ""), "components[0]", "exactly one of rates"),
        (("rates: [5%", "rates_by_rank: {Gold: [1%]}\n    rates: [5%"), "components[0]", "exactly one of rates"),
        (
            ("rates: [5%, 0.03, 1/40]", "rates_by_rank: {Slver: [1%]}"),
            "components[0].rates_by_rank.Slver",
            "did you mean Silver?",
        ),
        (("[5%, 0.03, 1/40]", "[]"), "components[0].rates", "at least 1"),
        (("[Member, Silver]", "[Member, Member]"), "ranks", "stand twice"),
        (("rates: [5%, 0.03, 1/40]", "rates: [1%]\n    currency: PTS"), "components[0].currency", "fixed amounts"),
        (
            ("rates: [5%, 0.03, 1/40]", "amounts: ['1']\n    base: {measure: volume}"),
            "components[0]",
            "no meaning for fixed",
        ),
        (
            ("rates: [5%, 0.03, 1/40]", "rates: [1%]\n    min_rank_by_level: [Member, Silver]"),
            "components[0]",
            "one entry for each",
        ),
        (("unilevel", "upgrade_pass_up"), "components[0].rewards", "missing"),
    ],
)
def test_what_does_not_fit_together_is_named(change: tuple[str, str], path: str, says: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(GOOD.replace(*change))
    assert any(m.path == path and says in str(m) for m in caught.value.mistakes), str(caught.value)


def test_two_components_cannot_share_an_id() -> None:
    text = GOOD + "  - {id: level, family: unilevel, rates: [1%]}\n"
    assert [(line, path) for line, _, path, *_ in mistakes(text)] == [(9, "components[1].id")]


def test_a_key_that_stands_twice_is_a_mistake() -> None:
    ((line, _, path, problem, *_),) = mistakes(GOOD + "currency: EUR\n")
    assert (line, path, problem) == (9, "currency", "this key stands twice")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "the file is empty"),
        (b"- a\n- b\n", "a plan is a mapping"),
        (b"a: [1, 2\nb: 3\n", "not valid YAML"),
        (b"\xff\xfeno", "not UTF-8"),
        (b"a: &x [*x]\n", "nests or repeats too much"),
        (
            b"a: &a [1,1,1,1,1,1,1,1,1,1]\n"
            + b"".join(b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 10)) for i in range(6)),
            "nests or repeats too much",
        ),
        (b"x: " + b"[" * 80 + b"]" * 80, "nests too deeply"),
        (b"x: " + b"[" * 5000 + b"]" * 5000, "nests too deeply"),
    ],
)
def test_a_file_that_is_no_plan_gets_a_clear_answer(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_bytes(content)
    with pytest.raises(PlanError, match=says):
        load_plan(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match=r"nowhere\.yaml.*cannot be read"):
        load_plan(tmp_path / "nowhere.yaml")


def test_the_schema_lists_every_family_and_needs_no_network() -> None:
    schema = plan_schema()
    json.dumps(schema)
    assert set(schema["properties"]["components"]["items"]["discriminator"]["mapping"]) == set(FAMILIES)


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_says_what_it_is_and_where_that_was_read(family: str) -> None:
    model = FAMILIES[family]
    assert model.definition.en
    assert model.definition.ar
    assert model.reference


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_family_is_in_the_guide(repository: Path, family: str) -> None:
    assert f"`{family}`" in (repository / "docs" / "plans.md").read_text(encoding="utf-8")


def test_the_examples_of_the_guide_are_plans(repository: Path) -> None:
    guide = (repository / "docs" / "plans.md").read_text(encoding="utf-8")
    examples = [block.split("```")[0] for block in guide.split("```yaml\n")[1:]]
    whole = [text for text in examples if text.startswith("id:")]
    assert whole
    for text in whole:
        plan = parse_plan(text)
        words = plan.describe()
        assert words.en
        assert words.ar


@given(
    st.integers(-(10**15), 10**15),
    st.integers(0, 10**6),
    st.integers(1, 10**6),
    st.sampled_from(["half_up", "half_even", "down"]),
)
def test_integer_rounding_is_the_rounding_of_the_exact_fraction(base: int, above: int, below: int, mode: str) -> None:
    from tests.compensation.slow_unilevel import whole

    whole_part, rest = product.py_func(base, above, below)
    assert Fraction(base * above, below) == whole_part + Fraction(rest, below)
    code = {"half_up": 0, "half_even": 1, "down": 2}[mode]
    assert rounded.py_func(whole_part, rest, below, code) == whole(Fraction(base * above, below), mode)


@given(st.fractions(min_value=0, max_value=1, max_denominator=1000))
def test_a_rate_written_out_reads_back_as_itself(rate: Fraction) -> None:
    assert parse_rate(rate_text(rate)) == rate
    assert parse_rate(decimal_text(rate)) == rate


@given(st.integers(-(10**12), 10**12), st.integers(0, 9))
def test_minor_units_written_out_read_back_as_themselves(minor: int, scale: int) -> None:
    assert to_minor(Fraction(minor_text(minor, scale)), scale) == minor
