"""The choice of rule packs: by title in the reader's language, and nothing unsaid where no rule was found."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from intake.text import Language


def choice(tongue: str) -> None:
    from types import SimpleNamespace
    from typing import Any

    from compliance.rules import all_packs
    from dashboard import figures
    from dashboard.screens import upload
    from dashboard.words import WORDS

    language: Any = tongue
    session: Any = SimpleNamespace(
        language=language,
        word=lambda key: WORDS[key].say(language),
        text=lambda text: text[language],
        number=str,
        apart=lambda value: figures.apart(str(value), language),
    )
    packs = [
        {
            "name": pack.name,
            "title": pack.title.model_dump(),
            "about": pack.about.model_dump(),
            "enabled": sum(rule.enabled for rule in pack.rules),
        }
        for pack in all_packs()
    ]
    upload._chosen_laws(session, packs)


def chosen(language: Language) -> AppTest:
    return AppTest.from_function(choice, default_timeout=20, kwargs={"tongue": language}).run()


@pytest.mark.parametrize(
    ("language", "general", "one"),
    [("en", "General warning signs", "Oman · om (2)"), ("ar", "علامات تحذير عامة", "عُمان")],
)
def test_every_pack_is_offered_by_its_title(language: Language, general: str, one: str) -> None:
    app = chosen(language)
    assert not app.exception
    (laws,) = app.multiselect
    assert laws.value == ["general"]
    assert laws.options[0].startswith(general)
    assert sum(option.startswith(one) for option in laws.options) == 1
    titles = [option.partition(" · ")[0].casefold() for option in laws.options[1:]]
    assert titles == sorted(titles)
    assert len(titles) >= 28


@pytest.mark.parametrize(("language", "said"), [("en", "Not found is not allowed"), ("ar", "لا يعني الإباحة")])
def test_where_no_rule_was_found_that_is_said(language: Language, said: str) -> None:
    app = chosen(language)
    assert said not in str([element.proto.body for element in app.get("html")])
    app.multiselect[0].set_value(["ae"]).run()
    assert said in str([element.proto.body for element in app.get("html")])
