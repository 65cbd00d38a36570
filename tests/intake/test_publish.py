"""The schema as it is published agrees with the schema as it is used."""

from __future__ import annotations

import pytest

import intake
from intake.errors import HINTS, RefusalCode, hint_for
from intake.publish import as_markdown, json_schema
from intake.schema import TABLES, arrow_schema


@pytest.mark.parametrize("table", TABLES)
def test_json_schema_has_the_columns_of_the_files(table: str) -> None:
    schema = json_schema(table)
    assert list(schema["properties"]) == arrow_schema(table).names
    assert schema["required"] == [*TABLES[table].required, "source_file", "source_line"]


def test_optional_choices_may_be_null() -> None:
    kind = json_schema("participants")["properties"]["kind"]
    assert kind["type"] == ["string", "null"]
    assert kind["enum"][-1] is None


def test_the_page_tells_every_column_and_every_code() -> None:
    page = as_markdown()
    for table in TABLES.values():
        assert f"## {table.name}" in page
        for column in table:
            assert column.about in page
    for code in RefusalCode:
        assert f"`{code}`" in page


def test_every_code_has_a_hint_in_both_languages() -> None:
    assert set(HINTS) == set(RefusalCode)
    for code in RefusalCode:
        hint = hint_for(code.value)
        assert hint.en.endswith(".")
        assert any("\u0600" <= letter <= "\u06ff" for letter in hint.ar)


def test_every_public_name_is_there() -> None:
    assert all(getattr(intake, name) is not None for name in intake.__all__)
    with pytest.raises(AttributeError, match="nothing_of_the_kind"):
        intake.nothing_of_the_kind  # noqa: B018
