"""The rule packs: complete against the legal reference, dated, sourced, in clean Arabic; and their loader."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import RulePackError, UnknownPack
from compliance.questionnaire import load_answers, questions
from compliance.rules import Rule, load_pack, load_packs, pack_names, rule_schema
from intake.text import Text

GENERAL = "general"
"""Warning signs and self-regulation belong to no country: jurisdiction XX."""
PRACTICE = "affiliate"
"""Practice of affiliate and referral programmes: no law, so not in the reference; tested in test_programme.py."""
RULES = [rule for rule in load_packs() if rule.pack != PRACTICE]
TEXTS = ("instrument", "article", "statement", "approximation", "needs", "question", "reference", "caveat")

# Words that arabic.md replaces by another one, and habits that it forbids.
WRONG_ARABIC = re.compile(
    "خرق|انتهاك|اختراق|التجنيد|الكفيل|أعلام حمراء|علامات حمراء|خطة التعويض|حوض|عتبة|سهم المشارك|الشركة التابعة"
    "|علم الأنساب|الخط السفلي|بواسطة|ضحايا|ربما|!|[٠-٩]"
)
LATIN_COMMA = re.compile("[\u0600-\u06ff]\\s*[,;?]")
LONE_WAW = re.compile("(?:^| )و ")
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


ASKED = "what a person must look up in contract, price list or promotion is asked for as a number"
LEVEL_OR_NONE = "a level above 0 that is paid is a share above 0"
DIFFERS: dict[str, tuple[set[str], str]] = {
    "sharia.islamweb.no_effort_pay": ({"unit"}, LEVEL_OR_NONE),
    "kr.dds.mlm_levels": ({"threshold", "unit"}, "three tiers of sellers are two sponsor links"),
    "za.cpa43.multiplication": ({"threshold", "unit", "kind"}, "0.2 is asked for as 20 percentage points"),
    "ind.promised_return": ({"kind", "means"}, "whether a return is promised is a yes or a no"),
    "ca.55.typical_disclosure": ({"kind", "means"}, "whether every statement carries it is a yes or a no"),
    "us.endorsement.255_5": ({"kind"}, "whether posts disclose it is a yes or a no, and a guide is no limit"),
    "us.dssrc.claims": ({"kind"}, ASKED),
    "us.ftc_guidance.typical_earnings": ({"kind"}, ASKED),
    "ind.earnings_claims": ({"kind"}, ASKED),
    "eg.cpl181.art9": ({"kind"}, ASKED),
    "om.md105_2021.fine": ({"kind"}, ASKED),
    "cn.direct2005.recruit_ban": ({"kind"}, ASKED),
    "us.omnitrition1996.buyback_90": ({"kind"}, ASKED),
    "sg.order.refund": ({"kind"}, ASKED),
    "sg.order.no_entry_payment": ({"kind"}, ASKED),
    "bh.md2_2015.ban": ({"kind"}, ASKED),
    "uk.tsr1997.notice60": ({"kind"}, ASKED),
    "jp.scta.cooling20": ({"kind"}, ASKED),
    "my.dsapsa.cooling10": ({"kind"}, ASKED),
}
"""Where a pack puts an entry of the reference otherwise, in which keys, and why."""


@pytest.fixture(scope="module")
def reference(shared_reference: Path) -> dict[str, dict[str, Any]]:
    entries = json.loads((shared_reference / "law.json").read_text(encoding="utf-8"))
    found = {entry["id"]: entry for entry in entries}
    assert len(found) == len(entries) == 161
    return found


def _pack_of(jurisdiction: str) -> str:
    return GENERAL if jurisdiction == "XX" else jurisdiction.lower()


def test_every_entry_of_the_reference_stands_once_in_the_pack_of_its_jurisdiction(
    reference: dict[str, dict[str, Any]],
) -> None:
    assert set(pack_names()) - {PRACTICE} == {_pack_of(entry["jurisdiction"]) for entry in reference.values()}
    assert sorted((rule.id, rule.pack) for rule in RULES) == sorted(
        (entry["id"], _pack_of(entry["jurisdiction"])) for entry in reference.values()
    )


def _stated(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the reference in the keys of a rule."""
    asked = entry["kind"] == "questionnaire"
    return {
        **{key: entry[key] for key in ("jurisdiction", "year", "severity", "legal_force", "verified", "page_date")},
        "comparator": entry["comparator"],
        "threshold": None if entry["threshold"] is None else Fraction(str(entry["threshold"])),
        "means": entry["comparison_means"] or (None if asked else "reference"),
        "unit": entry["unit"],
        "kind": "question" if asked else "figure",
        "verified_basis": entry["verified_basis"] or "none",
        "source_url": entry["source_url"] or None,
        "instrument": entry["instrument"],
        "article": entry["article"],
        "data_needed": tuple(entry["data_needed"]),
    }


def _kept(rule: Rule, stated: dict[str, Any]) -> dict[str, Any]:
    """The same keys of the rule; what a question stands for the reference leaves open."""
    own = {key: getattr(rule, key) for key in stated if key not in ("kind", "threshold", "instrument", "article")}
    return {
        **own,
        "threshold": rule.limit,
        "means": None if stated["means"] is None else rule.means,
        "kind": "figure" if rule.question is None else "question",
        "source_url": rule.source_url or None,
        "instrument": rule.instrument.en,
        "article": rule.article.en,
    }


def test_entries_agree_with_the_legal_reference(reference: dict[str, dict[str, Any]]) -> None:
    """Nothing is lost or strengthened on the way from the reference to the packs, save what is listed."""
    differs = {}
    for rule in RULES:
        stated = _stated(reference[rule.id])
        kept = _kept(rule, stated)
        if keys := {key for key in stated if kept[key] != stated[key]}:
            differs[rule.id] = keys
        assert rule.enabled is stated["verified"]
    assert differs == {name: keys for name, (keys, _) in DIFFERS.items()}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_wording_stands_in_both_languages_and_keeps_the_terms(rule: Rule) -> None:
    for name in TEXTS:
        text = getattr(rule, name)
        if text is None or not text.en:
            assert text is None or not text.ar
            continue
        assert text.ar, f"{rule.id}.{name} has no Arabic"
        if name not in ("article", "instrument") or text.ar != "—":
            assert re.search("[\u0600-\u06ff]", text.ar) or re.fullmatch(r"[\d.()a-z ]+", text.ar), text.ar
        assert not WRONG_ARABIC.search(text.ar), text.ar
        assert not LATIN_COMMA.search(text.ar), text.ar
        assert not LONE_WAW.search(text.ar), text.ar
        assert not BIDI.search(text.ar + text.en), text.ar


IN_WORDS = {"1": "الأول", "2": "الثاني", "9": "التاسعة", "10": "العشرة"}
NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_numbers_are_the_same_in_both_languages(rule: Rule) -> None:
    """A figure lost or added in translation would be a different law; ordinals may be said in words."""
    for name in TEXTS:
        text: Text | None = getattr(rule, name)
        if text is None:
            continue
        english, arabic = Counter(NUMBER.findall(text.en)), Counter(NUMBER.findall(text.ar))
        lost = {number for number in english - arabic if IN_WORDS.get(number, "\0") not in text.ar}
        added = set(arabic - english) if name != "instrument" else set()  # the English may shorten an instrument's name
        assert (lost, added) == (set(), set()), f"{rule.id}.{name}"


def test_a_rule_without_a_source_or_a_ban_never_reads_as_leave() -> None:
    """Not found is not allowed: whoever reads such an entry must read that as well."""
    for rule in RULES:
        if rule.legal_force == "not-found":
            assert rule.means == "reference"
            assert rule.severity == "info"
            assert "Not found is not allowed" in rule.caveat.en, rule.id
            assert "لا يعني الإباحة" in rule.caveat.ar, rule.id
    for name in ("ae", "kw"):
        assert "Not found is not allowed" in load_pack(name).about.en
        assert "لا يعني الإباحة" in load_pack(name).about.ar


def test_only_taiwans_regulator_has_a_number_for_mainly() -> None:
    """Section 11 of the reference: nobody else's "primarily" is half."""
    numbers = {rule.id for rule in RULES if rule.indicator == "recruitment_share" and rule.threshold is not None}
    assert numbers == {"tw.mlmsa18.main50"}


def test_a_rule_starts_on_its_day_or_in_its_year() -> None:
    ids = {rule.id for rule in load_packs(["us"], on=date(2015, 6, 30))}
    assert "us.amway1979.retail70" in ids
    assert "us.herbalife2016.retail80" not in ids
    assert "us.herbalife2016.retail80" not in {rule.id for rule in load_packs(["us"], on=date(2016, 7, 24))}
    assert "us.herbalife2016.retail80" in {rule.id for rule in load_packs(["us"], on=date(2016, 7, 25))}
    assert len(load_packs(["general"], on=date(2000, 1, 1))) >= 31  # warning signs of ours have no beginning


@pytest.mark.parametrize(
    ("rule", "before", "first", "last"),
    [
        ("uk.tsr1997.exclusions", date(1997, 8, 20), date(1997, 8, 21), None),
        ("my.dsapsa.pyramid_features", date(2011, 2, 28), date(2011, 3, 1), None),
        ("in.ds2021.no_pyramid", date(2021, 12, 27), date(2021, 12, 28), None),
        ("in.guidelines2016.pyramid_def", date(2015, 12, 31), date(2016, 1, 1), date(2021, 12, 27)),
        ("kr.dds.price_cap", date(2024, 12, 31), date(2025, 6, 1), None),
        ("uk.dmcca2024.banned_pyramid", date(2025, 4, 5), date(2025, 4, 6), None),
        ("tw.regs.unfair_acts", None, date(2010, 1, 1), date(2014, 12, 31)),
    ],
)
def test_law_that_came_and_went_counts_on_its_days(
    rule: str, before: date | None, first: date, last: date | None
) -> None:
    def counts(day: date) -> bool:
        return rule in {each.id for each in load_packs(on=day)}

    assert before is None or not counts(before)
    assert counts(first)
    assert last is None or (counts(last) and not counts(last + timedelta(days=1)))
    assert last is not None or counts(date(2026, 12, 31))


def test_a_repealed_rule_ends_on_its_last_day(tmp_path: Path) -> None:
    file = tmp_path / "old.yaml"
    file.write_text(PACK.replace("{from: null, to: null}", "{from: 2001-01-01, to: 2010-12-31}"), encoding="utf-8")
    assert [rule.id for rule in load_packs([file], on=date(2010, 12, 31))] == ["zz.one"]
    assert load_packs([file], on=date(2011, 1, 1)) == []
    assert load_packs([file], on=date(2000, 12, 31)) == []


def test_unverified_rules_load_disabled_and_say_so() -> None:
    disabled = [rule for rule in RULES if not rule.enabled]
    assert len(disabled) == 19
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
        ('threshold: "0.5"', "threshold: half", "line 19: zz.one: threshold: 'half' is not understood; write a number"),
        ("    severity: low", "    severity: low\n    severity: high", "line 13: severity: stands twice, first on line 12"),
        ("means: flag", "means: flags", "line 14: zz.one: means: 'flags' is not known; did you mean flag?"),
        ('{en: "Words.", ar: "كلام."}', '{en: "Words."}', "line 13: zz.one: statement.ar is required"),
        ("    legal_force: guidance\n", "", "line 5: zz.one: legal_force is required"),
        ('    comparator: ">"\n', "", "zz.one: comparator and threshold come together or not at all"),
        ("verified: true", "verified: false", "zz.one: an unverified rule has verified_basis none"),
        ("pack: mine", "pack: [", "not valid YAML"),
        ("rules:\n", "entries:\n", "a pack is a mapping with the keys pack, title, about and rules"),
        ("{from: null, to: null}", "{from: 2001-13-01, to: null}", "line 10: zz.one: in_force.from: '2001-13-01' is not understood; write a day such as"),
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
    with pytest.raises(
        UnknownPack, match=r"atlantis; there are: ae, affiliate, au, .*, us, us-ca, us-ms, us-tx, vn, za"
    ):
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
        ("- {rule: eg.cbe194.crypto, value: 'no', when: 2026-02-01}", "who: is required"),
        ("rule: eg.cbe194.crypto", "answers are a list"),
    ],
)
def test_answer_that_does_not_fit_is_refused(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(RulePackError, match=said):
        load_answers(file, load_packs(["us", "eg"]))
