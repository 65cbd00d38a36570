"""The rule packs: complete against the legal reference, dated, sourced, in clean Arabic; and their loader."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import RulePackError, UnknownPack
from compliance.questionnaire import load_answers, questions
from compliance.rules import Rule, load_pack, load_packs, pack_names, rule_schema
from intake.text import Text

PACK_OF = {"US": "us", "US-TX": "us", "US-MS": "us", "US-CA": "us", "CN": "cn", "EU": "eu", "EG": "eg", "XX": "general"}
RULES = load_packs()
TEXTS = ("instrument", "article", "statement", "approximation", "needs", "question", "reference", "caveat")

# Words that arabic.md replaces by another one, and habits that it forbids.
WRONG_ARABIC = re.compile(
    "خرق|انتهاك|اختراق|التجنيد|الكفيل|أعلام حمراء|علامات حمراء|خطة التعويض|حوض|عتبة|سهم المشارك|الشركة التابعة"
    "|علم الأنساب|الخط السفلي|بواسطة|ضحايا|ربما|!|[٠-٩]"
)
LATIN_COMMA = re.compile("[\u0600-\u06ff]\\s*[,;?]")
LONE_WAW = re.compile("(?:^| )و ")
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def reference(shared_reference: Path) -> dict[str, dict[str, Any]]:
    entries = json.loads((shared_reference / "law.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in entries if entry["jurisdiction"] in PACK_OF}


def test_five_packs_hold_every_entry_of_their_jurisdictions(reference: dict[str, dict[str, Any]]) -> None:
    assert pack_names() == ("cn", "eg", "eu", "general", "us")
    assert {rule.id: rule.pack for rule in RULES} == {
        entry["id"]: PACK_OF[entry["jurisdiction"]] for entry in reference.values()
    }


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_entry_agrees_with_the_legal_reference(rule: Rule, reference: dict[str, dict[str, Any]]) -> None:
    """Nothing is lost or strengthened on the way from the reference to the pack."""
    entry = reference[rule.id]
    same = ("jurisdiction", "year", "severity", "legal_force", "verified", "page_date")
    assert {key: getattr(rule, key) for key in same} == {key: entry[key] for key in same}
    assert rule.verified_basis == (entry["verified_basis"] or "none")
    assert (rule.source_url or "") == (entry["source_url"] or "")
    assert rule.instrument.en == entry["instrument"]
    assert rule.article.en == entry["article"]
    assert rule.data_needed == tuple(entry["data_needed"])
    assert rule.enabled is entry["verified"]
    if rule.question is None:
        assert rule.comparator == entry["comparator"]
        assert rule.means == (entry["comparison_means"] or "reference")
        if entry["threshold"] is not None:
            assert rule.limit == Fraction(str(entry["threshold"]))
    else:
        assert rule.comparator is None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_wording_stands_in_both_languages_and_keeps_the_terms(rule: Rule) -> None:
    for name in TEXTS:
        text = getattr(rule, name)
        if text is None or not text.en:
            assert text is None or not text.ar
            continue
        assert text.ar, f"{rule.id}.{name} has no Arabic"
        if name != "article" or text.ar != "—":
            assert re.search("[\u0600-\u06ff]", text.ar) or re.fullmatch(r"[\d.()a-z ]+", text.ar), text.ar
        assert not WRONG_ARABIC.search(text.ar), text.ar
        assert not LATIN_COMMA.search(text.ar), text.ar
        assert not LONE_WAW.search(text.ar), text.ar
        assert not BIDI.search(text.ar + text.en), text.ar


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_numbers_of_the_english_stand_in_the_arabic(rule: Rule) -> None:
    """A figure lost in translation would be a different law; 12 months may be said in words."""
    figures = {"30", "70", "120", "70%", "90%", "51%", "80%", "93.84%", "72.3%", "73%", "98%", "224-1", "181"}
    for name in ("statement", "caveat"):
        text: Text = getattr(rule, name)
        for number in figures & set(re.findall(r"\d+(?:[.,-]\d+)*%?", text.en)):
            assert number in text.ar, f"{rule.id}.{name}: {number}"


def test_a_rule_starts_on_its_day_or_in_its_year() -> None:
    ids = {rule.id for rule in load_packs(["us"], on=date(2015, 6, 30))}
    assert "us.amway1979.retail70" in ids
    assert "us.herbalife2016.retail80" not in ids
    assert "us.herbalife2016.retail80" not in {rule.id for rule in load_packs(["us"], on=date(2016, 7, 24))}
    assert "us.herbalife2016.retail80" in {rule.id for rule in load_packs(["us"], on=date(2016, 7, 25))}
    assert len(load_packs(["general"], on=date(2000, 1, 1))) >= 31  # warning signs of ours have no beginning


def test_a_repealed_rule_ends_on_its_last_day(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(PACK.replace("{from: null, to: null}", "{from: 2001-01-01, to: 2010-12-31}"), encoding="utf-8")
    assert [rule.id for rule in load_packs([file], on=date(2010, 12, 31))] == ["zz.one"]
    assert load_packs([file], on=date(2011, 1, 1)) == []
    assert load_packs([file], on=date(2000, 12, 31)) == []


def test_unverified_rules_load_disabled_and_say_so() -> None:
    disabled = [rule for rule in RULES if not rule.enabled]
    assert len(disabled) == 10
    assert all(rule.verified_basis == "none" and rule.disabled_because is not None for rule in disabled)
    assert all(rule.source_url for rule in RULES if rule.enabled)


def test_orders_and_case_facts_are_never_grave() -> None:
    """Section 0 of the reference: an order on one company is medium at most, a fact of one case is
    context."""
    for rule in RULES:
        if rule.legal_force == "order-on-one-company":
            assert rule.severity in ("medium", "low", "info")
        if rule.legal_force == "case-fact":
            assert rule.severity == "info"
            assert rule.means in ("reference", "gate")
    egyptian = next(rule for rule in RULES if rule.id == "eg.fund_receiving")
    assert egyptian.means == "reference"  # never reported as a breach


PACK = """\
pack: mine
title: {en: "Mine", ar: "لي"}
about: {en: "A test.", ar: "تجربة."}
rules:
  - id: zz.one
    jurisdiction: XX
    instrument: {en: "Act", ar: "قانون"}
    article: {en: "1", ar: "1"}
    year: null
    in_force: {from: null, to: null}
    legal_force: guidance
    severity: low
    statement: {en: "Words.", ar: "كلام."}
    means: flag
    group: one
    metric: "a/b"
    indicator: churn
    comparator: ">"
    threshold: "0.5"
    caveat: {en: "Weigh it.", ar: "يُوزن."}
    source_url: "https://example.org"
    verified: true
    verified_basis: primary
    page_date: null
"""


def write(folder: Path, old: str, new: str) -> Path:
    file = folder / "mine.yaml"
    assert old in PACK
    file.write_text(PACK.replace(old, new), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    severity: low", "    severity: hgih", "mine.yaml, line 12: zz.one: severity: 'hgih' is not known; did you mean high"),
        ("    threshold:", "    treshold:", "line 19: zz.one: treshold is no key of a rule; did you mean threshold"),
        ('threshold: "0.5"', "threshold: half", "line 19: zz.one: threshold: 'half': String should match"),
        ("    severity: low", "    severity: low\n    severity: high", "line 13: severity: stands twice, first on line 12"),
        ("means: flag", "means: flags", "line 14: zz.one: means: 'flags' is not known; did you mean flag?"),
        ('{en: "Words.", ar: "كلام."}', '{en: "Words."}', "line 13: zz.one: statement.ar is required"),
        ("    legal_force: guidance\n", "", "line 5: zz.one: legal_force is required"),
        ('    comparator: ">"\n', "", "zz.one: comparator and threshold come together or not at all"),
        ("verified: true", "verified: false", "zz.one: an unverified rule has verified_basis none"),
        ("pack: mine", "pack: [", "not valid YAML"),
        ("rules:\n", "entries:\n", "a pack is a mapping with title, about and a list of rules"),
        ("{from: null, to: null}", "{from: 2001-13-01, to: null}", "line 10: zz.one: in_force.from: '2001-13-01': Input should be a valid date"),
    ],
)  # fmt: skip
def test_mistake_is_named_with_file_line_key_and_way_out(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(RulePackError) as caught:
        load_pack(write(tmp_path, old, new))
    assert said in str(caught.value)
    assert "mine.yaml" in str(caught.value)


def test_a_threshold_stays_as_it_is_written(tmp_path: Path) -> None:
    """0.30 as a YAML float would be 0.3, and 0.1 no tenth."""
    pack = load_pack(write(tmp_path, 'threshold: "0.5"', "threshold: 0.30"))
    assert [rule.threshold for rule in pack.rules] == ["0.30"]


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    file = write(tmp_path, "means: flag", "means: flags")
    file.write_text(file.read_text(encoding="utf-8").replace("severity: low", "severity: lwo"), encoding="utf-8")
    with pytest.raises(RulePackError) as caught:
        load_pack(file)
    assert "line 12" in str(caught.value)
    assert "line 14" in str(caught.value)


def test_one_id_cannot_be_defined_twice(tmp_path: Path) -> None:
    entry = PACK.partition("rules:\n")[2]
    file = tmp_path / "mine.yaml"
    file.write_text(PACK + entry, encoding="utf-8")
    with pytest.raises(RulePackError, match="defined twice"):
        load_pack(file)
    single = write(tmp_path, "pack: mine", "pack: mine")
    other = tmp_path / "other.yaml"
    other.write_text(PACK, encoding="utf-8")
    with pytest.raises(RulePackError, match="already defined by pack mine"):
        load_packs([single, other])


def test_unknown_pack_lists_those_there_are() -> None:
    with pytest.raises(UnknownPack, match="atlantis; there are: cn, eg, eu, general, us"):
        load_packs(["us", "atlantis"])


def test_every_rule_knows_its_line() -> None:
    for rule in load_pack("cn").rules:
        assert rule.line is not None
    assert "indicator" in rule_schema()["properties"]


def test_answers_are_read_with_who_and_when(tmp_path: Path) -> None:
    rules = load_packs(["us", "eg"])
    asked = questions(rules)
    assert all(question.text.ar and question.why.en for question in asked)
    assert "us.herbalife2016.autoship" not in {question.rule for question in asked}  # its source was not seen
    file = tmp_path / "answers.yaml"
    file.write_text(
        '- {rule: eg.cbe194.crypto, value: "no", who: Sara, when: 2026-02-01, document: "Plan, page 3"}\n',
        encoding="utf-8",
    )
    assert load_answers(file, rules)["eg.cbe194.crypto"].document == "Plan, page 3"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("- {rule: eg.cbe194.cryto, value: 'no', who: S, when: 2026-02-01}", "did you mean eg.cbe194.crypto"),
        ("- {rule: eg.cbe194.crypto, value: 'maybe', who: S, when: 2026-02-01}", "neither yes, no nor unknown"),
        ("- {rule: us.sec.alert_hallmarks, value: 'many', who: S, when: 2026-02-01}", "is not a number"),
        ("- {rule: eg.cbe194.crypto, value: 'no', when: 2026-02-01}", "who: Field required"),
        ("rule: eg.cbe194.crypto", "answers are a list"),
    ],
)
def test_answer_that_does_not_fit_is_refused(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RulePackError, match=said):
        load_answers(file, load_packs(["us", "eg"]))
