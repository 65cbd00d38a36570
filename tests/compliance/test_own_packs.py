"""Rule packs of the reader's own: by their path or in a folder, beside those that come with the product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from compliance.errors import RulePackError, UnknownPack
from compliance.rules import all_packs, give_pack, known, load_pack, load_packs, pack_names

PACK = """\
pack: {name}
title: {{en: "Mine", ar: "إمارتي"}}
about: {{en: "A test.", ar: "تجربة."}}
rules:
  - id: {rule}
    jurisdiction: XX
    instrument: {{en: "Act", ar: "قانون"}}
    article: {{en: "1", ar: "1"}}
    legal_force: guidance
    severity: low
    statement: {{en: "Words.", ar: "كلام."}}
    means: compliant
    group: one
    metric: "a/b"
    question: {{en: "Is it so?", ar: "هل هو كذلك؟"}}
    answer: yes-no
    good_answer: "yes"
    caveat: {{en: "Weigh it.", ar: "يُوزن."}}
    source_url: "https://example.org"
    verified: true
    verified_basis: primary
"""


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv(known.FOLDER, raising=False)
    yield
    known._given.clear()


def write(file: Path, rule: str = "zz.one", name: str | None = None) -> Path:
    file.write_text(PACK.format(name=name or file.stem, rule=rule), encoding="utf-8")
    return file


def test_a_pack_given_by_its_file_is_known_by_its_name(tmp_path: Path) -> None:
    assert give_pack(write(tmp_path / "my-pack.yaml")) == "my-pack"
    assert "my-pack" in pack_names()
    assert [rule.id for rule in load_packs(["my-pack"])] == ["zz.one"]
    assert known.is_own("my-pack")
    assert not known.is_own("us")


def test_a_folder_of_packs_stands_beside_those_of_the_product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "one.yaml")
    write(tmp_path / "two.yml", rule="zz.two")
    (tmp_path / "notes.txt").write_text("not a pack", encoding="utf-8")
    before = pack_names()
    monkeypatch.setenv(known.FOLDER, str(tmp_path))
    assert set(pack_names()) == {*before, "one", "two"}
    assert {rule.id for rule in load_packs(["one", "two"])} == {"zz.one", "zz.two"}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("us.yaml", "us is the name of a pack that comes with the product; give the file another name"),
        ("My Pack.yaml", "a pack is named by its file"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_forgotten(tmp_path: Path, name: str, said: str) -> None:
    before = pack_names()
    with pytest.raises(RulePackError, match=said):
        give_pack(write(tmp_path / name))
    assert pack_names() == before


def test_two_files_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "folder" / "mine.yaml")
    monkeypatch.setenv(known.FOLDER, str(tmp_path / "folder"))
    assert give_pack(tmp_path / "folder" / "mine.yaml") == "mine"  # the same file twice is one pack
    with pytest.raises(RulePackError, match="mine is the name of"):
        give_pack(write(tmp_path / "mine.yaml"))
    assert pack_names().count("mine") == 1


def test_the_name_in_the_file_is_the_files(tmp_path: Path) -> None:
    give_pack(write(tmp_path / "mine.yaml", name="other"))
    with pytest.raises(RulePackError, match="pack: 'other' is not the name of the file; write pack: mine"):
        load_pack("mine")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RulePackError, match=r"none\.yaml.*cannot be read"):
        load_pack(tmp_path / "none.yaml")
    with pytest.raises(UnknownPack, match="there is no rule pack for none"):
        load_pack("none")


@pytest.mark.parametrize(
    ("search", "found"),
    [("emirates", ["ae"]), ("الامارات", ["ae"]), ("KR", ["kr"]), ("إمارتي", ["mine"]), ("atlantis", [])],
)
def test_packs_are_found_by_name_and_title(tmp_path: Path, search: str, found: list[str]) -> None:
    give_pack(write(tmp_path / "mine.yaml"))
    assert [pack.name for pack in all_packs(search)] == found


def test_packs_come_by_title() -> None:
    titles = [pack.title.en for pack in all_packs()]
    assert len(titles) == len(pack_names())
    assert titles == sorted(titles, key=str.casefold)


def test_a_measurement_that_does_not_exist_is_answered_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    file = write(tmp_path / "mine.yaml")
    asked = 'question: {en: "Is it so?", ar: "هل هو كذلك؟"}\n    answer: yes-no\n    good_answer: "yes"'
    measured = 'indicator: external_revenu_ratio\n    comparator: ">"\n    threshold: "0.5"'
    file.write_text(file.read_text(encoding="utf-8").replace(asked, measured), encoding="utf-8")
    with pytest.raises(RulePackError, match=r"line 15: zz\.one: indicator: .* did you mean external_revenue_ratio\?"):
        load_pack(file)
