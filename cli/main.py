"""Registers the commands, and turns every error into a sentence and an exit code."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import typer

from cli import check, findings, models, network, packs, payouts, plans, records, report, serving, synth, what_if
from cli.options import Language, asked_language
from cli.output import RIGHT_TO_LEFT, PipeClosed, on_one_line

if TYPE_CHECKING:
    from intake.text import Text

DONE, DID_NOT_HOLD, WRONG_INPUT, OWN_FAULT, STOPPED = 0, 1, 2, 70, 130

app = typer.Typer(
    name="downline",
    help="Check network-marketing, affiliate and referral companies: from their files to findings with evidence.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (records, report, findings, network, payouts, plans, models, what_if, check, packs, synth, serving):
    group.register(app)


def main() -> None:
    """The entry point of the `downline` command."""
    try:
        code = app(standalone_mode=False)  # what `typer.Exit` carried; nothing where a command ran through
        sys.stdout.flush()  # here, where a closed pipe is still answered
    except typer.Exit as stop:
        raise SystemExit(stop.exit_code) from None
    except (KeyboardInterrupt, typer.Abort):
        from intake.text import Text

        _say(Text(en="stopped; nothing unfinished was kept", ar="أُوقف الأمر، ولم يُحفظ شيء ناقص"))
        raise SystemExit(STOPPED) from None
    except (BrokenPipeError, PipeClosed):  # `downline ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(DONE) from None
    except Exception as error:  # noqa: BLE001 - the one place where any error becomes a sentence
        raise SystemExit(_report(error)) from None
    raise SystemExit(code if isinstance(code, int) else DONE)


def _report(error: Exception) -> int:
    from cli.usage import system_text, usage_text
    from intake.text import Said, say, verbatim

    usage = getattr(error, "format_message", None)
    if callable(usage):  # the parser's own: an unknown option, a missing argument
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":  # the message is the help itself
            sys.stderr.write(f"{usage()}\n")
            return WRONG_INPUT
        _fail({"code": "usage"}, usage_text(error))
        if context is not None:
            _say(say("see: {command}", "للمساعدة: {command}", command=f"{context.command_path} --help"))
        return WRONG_INPUT
    code = getattr(error, "code", None)
    if isinstance(code, str):
        problem: dict[str, str | int] = {"code": code}
        more: dict[str, str | int] = {
            name: value
            for name in ("file", "line", "value")
            if isinstance(value := getattr(error, name, None), str | int)
        }
        _fail(problem, error.text if isinstance(error, Said) else verbatim(error), more)
        return WRONG_INPUT
    if isinstance(error, OSError) and error.filename:
        _fail({"code": "file"}, system_text(error))
        return WRONG_INPUT
    with tempfile.NamedTemporaryFile("w", prefix="downline-fault-", suffix=".txt", delete=False) as stream:
        traceback.print_exception(error, file=stream)
    detail = say(
        "Downline stopped through a fault of its own ({kind}). Your files are untouched. "
        "Please report it with the details in {file}",
        "توقف Downline بسبب عطل فيه ({kind}). لم تتغيّر الملفات. يُرجى الإبلاغ عنه مع التفاصيل التي في {file}",
        kind=type(error).__name__,
        file=stream.name,
    )
    _fail({"code": "own-fault"}, detail)
    return OWN_FAULT


def _fail(problem: dict[str, Any], text: Text, more: Mapping[str, Any] = MappingProxyType({})) -> None:
    if "--json" in sys.argv:
        error = {**problem, "detail": text.in_language(_language().value), **more}
        sys.stdout.write(json.dumps({"error": error}, ensure_ascii=False, indent=2) + "\n")
    _say(text)


def _say(text: Text) -> None:
    language = _language()
    lines = (on_one_line(line) for line in text.in_language(language.value).split("\n"))
    start = RIGHT_TO_LEFT if language is Language.AR else ""
    sys.stderr.write(f"{start}downline: " + f"\n{start}".join(lines) + "\n")


def _language() -> Language:
    return asked_language(sys.argv, os.environ)
