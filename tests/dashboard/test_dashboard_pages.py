"""What the pages do without a browser: sign in, say what is wrong, escape what strangers wrote, keep answers apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import client, pictures, pieces
from dashboard.client import Asker, Refused, ServiceDown
from dashboard.screens.findings import fold
from dashboard.screens.overview import programme
from dashboard.words import WORDS

APP = str(Path(__file__).resolve().parents[2] / "dashboard" / "app.py")
HOSTILE = "<script>alert(1)</script>\"'&"
NOBODY = "http://127.0.0.1:9"


def said(app: AppTest) -> str:
    return " ".join(str(element.proto.body) for element in app.get("html"))


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("DOWNLINE_API", NOBODY)
    monkeypatch.delenv("DOWNLINE_TOKEN", raising=False)
    return AppTest.from_file(APP, default_timeout=20)


@pytest.mark.parametrize(("language", "label"), [("en", "Access token"), ("ar", "رمز الدخول")])
def test_without_a_token_there_is_a_form_for_one(app, language, label):
    app.query_params["lang"] = language
    app.run()
    assert [one.label for one in app.text_input] == [label]
    assert not app.exception


@pytest.mark.parametrize(("language", "words"), [("en", "cannot be reached"), ("ar", "تعذّر الوصول إلى الخدمة")])
def test_an_absent_api_is_said_in_words(app, monkeypatch, language, words):
    monkeypatch.setenv("DOWNLINE_TOKEN", "anything")
    app.query_params["lang"] = language
    app.run()
    assert words in said(app)
    assert "downline up" in said(app)
    assert not app.exception


def test_a_token_with_foreign_letters_is_wrong_and_no_crash(app):
    app.run()
    app.text_input[0].set_value("رمز")
    app.button[0].click().run()
    assert "does not know this token" in said(app)
    assert not app.exception


class Reader:
    """As much of a session as words need."""

    def __init__(self, language):
        self.language = language

    def text(self, text):
        return text[self.language]

    def word(self, key):
        return WORDS[key].say(self.language)


@pytest.mark.parametrize(("language", "unmeasured"), [("en", "Not measurable"), ("ar", "تعذّر القياس")])
def test_an_affiliate_programme_is_read_on_the_first_screen(language, unmeasured):
    lines = [
        {"text": {"en": f"{HOSTILE} en {number}", "ar": f"{HOSTILE} ar {number}"}, "measured": number < 2}
        for number in range(3)
    ]
    reading = {"kind": "mixed", "title": {"en": "T", "ar": "ت"}, "why": {"en": "W", "ar": "ل"}, "lines": lines}
    made = programme(Reader(language), reading)
    assert "<script>" not in made
    assert made.index(f"{language} 1") < made.index(unmeasured) < made.index(f"{language} 2")
    assert not programme(Reader(language), None)
    assert not programme(Reader(language), {**reading, "kind": "network"})


def test_strangers_words_are_escaped():
    for made in (
        pieces.ltr(HOSTILE),
        pieces.paragraph(HOSTILE),
        pieces.code(HOSTILE),
        pieces.records([HOSTILE], [{HOSTILE: HOSTILE}]),
        pieces.go(HOSTILE, pieces.ltr(HOSTILE)),
        pieces.tiles([{"label": HOSTILE, "value": HOSTILE, "detail": HOSTILE, "bound": HOSTILE}]),
        pieces.link("javascript:alert(1)//<script>"),
        pictures.columns([HOSTILE], [pictures.Bars(HOSTILE, "in", [1], [HOSTILE])], title=HOSTILE),
        pictures.rows([HOSTILE], [1], [HOSTILE], title=HOSTILE, arabic=True),
    ):
        assert "<script" not in made
        assert "javascript:alert(1)//<" not in made
    assert "href" not in pieces.link("javascript:alert(1)")


def test_answers_are_kept_apart_by_token_and_language(monkeypatch):
    asked: list[tuple[str, str]] = []

    class Answer:
        def __init__(self, asker: Asker) -> None:
            self.asker = asker

        def json(self) -> Any:
            return {"name": f"seen by {self.asker.token} in {self.asker.language}"}

    def answer(asker: Asker, method: str, path: str, query: dict[str, Any]) -> Answer:
        asked.append((asker.token, asker.language))
        return Answer(asker)

    monkeypatch.setattr(client, "_answer", answer)
    client._kept.clear()
    first, second = Asker(NOBODY, "one", "en"), Asker(NOBODY, "two", "en")
    assert first.kept("/x") == first.kept("/x") != second.kept("/x")
    assert Asker(NOBODY, "one", "ar").kept("/x") != first.kept("/x")
    assert asked == [("one", "en"), ("two", "en"), ("one", "ar")]
    client._kept.clear()


def test_what_is_not_the_api_is_no_answer():
    with pytest.raises(ServiceDown, match="downline up"):
        Asker(NOBODY, "t", "en").get("/me")


def test_a_problem_carries_its_places():
    problem = Refused({"status": 422, "code": "plan", "title": "T", "errors": [{"file": "plan.yaml", "line": 3}]}, 500)
    assert (problem.status, problem.code, problem.places[0]["line"]) == (422, "plan", 3)
    assert Refused({}, 502).title == "HTTP 502"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("الافتاء", "الإفتاء"),
        ("علي", "على"),
        ("مُحيل", "المحيل"),
        ("١٩٩٨", "1998"),
        ("fatwa", "FATWA"),
        ("شبـــكة", "الشبكة"),
    ],
)
def test_search_forgives_spelling(typed, written):
    assert fold(typed) in fold(written)
