"""Commands about findings: `questions` lists what only a person can answer, `answer` keeps answers with a case, and
`changes` says what came out otherwise, and why, between two analyses or two dates of the law."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.options import CaseFolder, Json, Lang, Language, Law
from cli.output import on_one_line, print_json, print_lines
from cli.records import actor, laws, opened_case, parsed_day

if TYPE_CHECKING:
    from cases.answers import AskedQuestion
    from compliance.changes import ChangedFinding, Changes
    from compliance.questionnaire import Answer

Day = Annotated[str | None, typer.Option(help="A day, YYYY-MM-DD.")]

WORDS = {
    "answered": {"en": "answered", "ar": "الإجابة"},
    "by": {"en": "by", "ar": "أجاب"},
    "kinds": {"en": "answer with", "ar": "الإجابة بـ"},
    "none_open": {"en": "No question is open.", "ar": "لا أسئلة بلا إجابة."},
    "kept": {"en": "kept; the next `downline analyze` uses it", "ar": "حُفظت الإجابة، ويستخدمها التحليل القادم"},
    "nothing": {
        "en": "Nothing came out otherwise.",
        "ar": "لم تتغيّر أي نتيجة.",
    },
    "inputs": {"en": "What differs in the inputs", "ar": "ما اختلف في المدخلات"},
    "findings": {"en": "Findings that came out otherwise", "ar": "النتائج التي تغيّرت"},
    "figures": {"en": "Figures that changed", "ar": "القيم التي تغيّرت"},
    "same": {"en": "unchanged: findings {findings}, figures {figures}", "ar": "بلا تغيير: نتائج {findings}، قيم {figures}"},
    "because": {"en": "because", "ar": "السبب"},
    "absent": {"en": "not applied", "ar": "غير مطبَّقة"},
    "unmeasured": {"en": "not measurable", "ar": "تعذّر القياس"},
    "none": {"en": "none", "ar": "لا شيء"},
}  # fmt: skip
INPUTS = {
    "snapshot": {"en": "records", "ar": "السجلات"},
    "plan": {"en": "plan", "ar": "خطة العمولات"},
    "packs": {"en": "rule packs", "ar": "حزم القواعد"},
    "law_of": {"en": "law in force on", "ar": "القواعد السارية في"},
    "answers": {"en": "answers", "ar": "الإجابات"},
    "assumptions": {"en": "assumptions", "ar": "الافتراضات"},
    "program": {"en": "program", "ar": "البرنامج"},
}
KINDS = {
    "yes-no": {"en": "yes, no or unknown", "ar": "yes (نعم) أو no (لا) أو unknown (غير معروف)"},
    "number": {"en": "a number or unknown", "ar": "رقم أو unknown (غير معروف)"},
    "text": {"en": "words", "ar": "كلمات"},
}


def register(app: typer.Typer) -> None:
    """Adds this file's commands."""
    app.command()(questions)
    app.command()(answer)
    app.command()(changes)


def questions(
    case: CaseFolder,
    law: Law = None,
    every: Annotated[bool, typer.Option("--all", help="Also those that are answered.")] = False,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """What the rules ask that no record can answer, gravest first, and what was answered."""
    from cases.answers import asked
    from compliance.rules import SEVERITIES, load_packs

    opened = opened_case(case)
    packs = laws(law)
    found = asked(opened, load_packs(opened.laws() if packs is None else packs))
    found.sort(key=lambda each: [*map(str, SEVERITIES)].index(each.question.severity))
    shown = [each for each in found if every or each.is_open]
    if json:
        print_json([each.model_dump(mode="json") | {"open": each.is_open} for each in shown])
        return
    if not shown:
        print_lines(WORDS["none_open"][lang.value])
    for each in shown:
        print_lines(*_question(each, lang.value), "")
    if any(each.is_open for each in shown):
        print_lines(f'downline answer {case} RULE VALUE --who "..." --document "..."')


def _question(each: AskedQuestion, lang: str) -> list[str]:
    question, answer = each.question, each.answer
    lines = [f"{question.rule}  ({getattr(question.instrument, lang)})", f"  {getattr(question.text, lang)}"]
    if answer is None:
        return [*lines, f"  {WORDS['kinds'][lang]}: {KINDS[question.kind][lang]}"]
    source = "" if answer.document is None else f" ({on_one_line(answer.document)})"
    given = f"{on_one_line(answer.value)}, {WORDS['by'][lang]} {on_one_line(answer.who)}, {answer.when}"
    return [*lines, f"  {WORDS['answered'][lang]}: {given}{source}"]


def answer(
    case: CaseFolder,
    rule: Annotated[str | None, typer.Argument(help="Id of the rule that asks, as `downline questions` lists it.")] = None,
    value: Annotated[str | None, typer.Argument(help="yes, no, unknown, a number, or words.")] = None,
    who: Annotated[str | None, typer.Option(help="Who answers: name and function.")] = None,
    when: Day = None,
    document: Annotated[
        str | None, typer.Option(help="From which document: its title and page, or a file, whose hash is then kept.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="Anything else that belongs to the answer.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Many answers: a YAML or JSON list of rule, value, who, when, document.")
    ] = None,
    law: Annotated[
        str | None, typer.Option("--law", help="A rule pack of your own that asks, by its file, such as ./mine.yaml.")
    ] = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:  # fmt: skip
    """Keep a person's answer with a case: who, when, from which document. `unknown` takes one back."""
    from cases.answers import give
    from cli.errors import WrongOption
    from compliance.questionnaire import load_answers
    from compliance.rules import load_packs
    from intake.text import Text

    if (file is None) == (rule is None):
        raise WrongOption(
            Text(
                en="give a rule and a value, or --file with a list of answers",
                ar="يُرجى ذكر قاعدة وقيمة، أو ⁨--file⁩ مع قائمة إجابات",
            )
        )
    opened = opened_case(case)
    laws(law)  # what a pack of one's own asks is known from here on
    if file is not None:
        given = list(load_answers(file, load_packs()).values())
    else:
        if rule is None or not value or not who:
            needed = Text(
                en="an answer needs the rule, the value, and --who",
                ar="تحتاج الإجابة إلى القاعدة والقيمة و⁨--who⁩",
            )
            raise WrongOption(needed, "RULE VALUE --who")
        given = [_answer(rule, value, who, parsed_day(when, "--when") or date.today(), document, note)]  # noqa: DTZ011 - the day here
    kept = give(opened, given, actor=actor())
    if json:
        print_json(kept)
    else:
        print_lines(*(f"{each.answer.rule}: {on_one_line(each.answer.value)}" for each in kept))
        print_lines(WORDS["kept"][lang.value])


def _answer(rule: str, value: str, who: str, when: date, document: str | None, note: str | None) -> Answer:
    from compliance.questionnaire import Answer

    digest = None
    if document is not None and (path := Path(document)).is_file():
        digest, document = hashlib.sha256(path.read_bytes()).hexdigest(), path.name
    return Answer(
        rule=rule, value=value, who=who, when=when, document=document, document_sha256=digest, note=note
    )  # fmt: skip


def changes(
    case: CaseFolder,
    before: Annotated[str | None, typer.Option("--from", help="The earlier analysis; default the one before.")] = None,
    after: Annotated[str | None, typer.Option("--to", help="The later analysis; default the last one.")] = None,
    law_from: Annotated[str | None, typer.Option(help="Compare two dates of the law instead: the first day.")] = None,
    law_to: Annotated[str | None, typer.Option(help="The second day.")] = None,
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """What came out otherwise between two analyses of a case, or between the law of two days, and why."""
    from cases.changes import between, between_days
    from cli.errors import NoAnalysis, WrongOption
    from intake.text import Text, say

    opened = opened_case(case)
    first, second = parsed_day(law_from, "--law-from"), parsed_day(law_to, "--law-to")
    if (first is None) != (second is None):
        both = Text(en="two dates of the law are needed", ar="يلزم تاريخان للقواعد")
        raise WrongOption(both, "--law-from, --law-to")
    known = opened.analyses()
    if not known:
        raise NoAnalysis(case)
    if first is not None and second is not None:
        found = between_days(opened.analysis(after), first, second)
    else:
        later = opened.analysis(after)
        earlier = [each for each in known if each.id != later.id]
        if before is None and not earlier:
            raise WrongOption(
                say(
                    "{case} has one analysis only; analyse it again with other inputs, or give --law-from and --law-to",
                    "في {case} تحليل واحد فقط. يُرجى تحليله من جديد بمدخلات أخرى، أو ذكر ⁨--law-from⁩ و⁨--law-to⁩",
                    case=case,
                )
            )
        found = between(opened.analysis(before) if before is not None else earlier[-1], later)
    if json:
        print_json(found)
    else:
        print_lines(*change_lines(found, lang.value))


def change_lines(found: Changes, lang: str) -> list[str]:
    """The changes as lines of text."""

    def say(word: str) -> str:
        return WORDS[word][lang]

    lines: list[str] = []
    if found.inputs:
        lines += [
            say("inputs"),
            *(f"  {INPUTS[name][lang]}: {_step(old, new, lang)}" for name, (old, new) in found.inputs.items()),
            "",
        ]
    if found.findings:
        lines += [say("findings"), *(line for each in found.findings for line in _changed(each, lang)), ""]
    if found.figures:
        lines.append(say("figures"))
        for figure in found.figures:
            sides = [
                say("unmeasured") if side is None else getattr(side, lang) for side in (figure.before, figure.after)
            ]
            step: Any = figure.difference_shown
            more = "" if step is None else f" ({getattr(step, lang)})"
            lines.append(f"  {getattr(figure.title, lang)}: {_step(sides[0], sides[1], lang)}{more}")
        lines.append("")
    if found.nothing:
        lines.append(say("nothing"))
    lines.append(say("same").format(findings=found.same_findings, figures=found.same_figures))
    return lines


def _changed(each: ChangedFinding, lang: str) -> list[str]:
    sides = [
        WORDS["absent"][lang]
        if side is None
        else getattr(side.label, lang) + ("" if side.shown is None else f" ({getattr(side.shown, lang)})")
        for side in (each.before, each.after)
    ]
    comma = "،" if lang == "ar" else ","
    heading = f"  {each.rule}  ({getattr(each.instrument, lang)}{comma} {getattr(each.article, lang)})"
    return [
        heading,
        f"    {_step(sides[0], sides[1], lang)}",
        f"    {WORDS['because'][lang]}: {getattr(each.why, lang)}",
    ]


def _step(old: str | None, new: str | None, lang: str) -> str:
    """From one side to the other; an arrow would point the wrong way in a line of Arabic."""
    first, second = (WORDS["none"][lang] if side is None else side for side in (old, new))
    return f"من {first} إلى {second}" if lang == "ar" else f"{first} -> {second}"
