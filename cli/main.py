"""Registers the commands, and turns every error into a sentence and an exit code."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import traceback
from typing import Any

import typer

from cli import check, findings, models, network, packs, payouts, plans, records, report, serving, synth, what_if
from cli.output import PipeClosed, on_one_line

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
        _say("stopped; nothing unfinished was kept")
        raise SystemExit(STOPPED) from None
    except (BrokenPipeError, PipeClosed):  # `downline ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(DONE) from None
    except Exception as error:  # noqa: BLE001 - the one place where any error becomes a sentence
        raise SystemExit(_report(error)) from None
    raise SystemExit(code if isinstance(code, int) else DONE)


def _report(error: Exception) -> int:
    usage = getattr(error, "format_message", None)
    if callable(usage):  # the parser's own: an unknown option, a missing argument
        context = getattr(error, "ctx", None)
        if type(error).__name__ == "NoArgsIsHelpError":  # the message is the help itself
            sys.stderr.write(f"{usage()}\n")
            return WRONG_INPUT
        _fail({"code": "usage", "detail": str(usage())}, f"{usage()}")
        if context is not None:
            _say(f"see: {context.command_path} --help")
        return WRONG_INPUT
    code = getattr(error, "code", None)
    if isinstance(code, str):
        problem: dict[str, str | int] = {"code": code, "detail": str(error)}
        problem |= {
            name: value
            for name in ("file", "line", "value")
            if isinstance(value := getattr(error, name, None), str | int)
        }
        _fail(problem, str(error))
        return WRONG_INPUT
    if isinstance(error, OSError) and error.filename:
        detail = f"{error.filename}: {error.strerror or error}"
        _fail({"code": "file", "detail": detail}, detail)
        return WRONG_INPUT
    with tempfile.NamedTemporaryFile("w", prefix="downline-fault-", suffix=".txt", delete=False) as stream:
        traceback.print_exception(error, file=stream)
    detail = (
        f"Downline stopped through a fault of its own ({type(error).__name__}). Your files are untouched. "
        f"Please report it with the details in {stream.name}"
    )
    _fail({"code": "own-fault", "detail": detail}, detail)
    return OWN_FAULT


def _fail(problem: dict[str, Any], sentence: str) -> None:
    if "--json" in sys.argv:
        sys.stdout.write(json.dumps({"error": problem}, ensure_ascii=False, indent=2) + "\n")
    _say(sentence)


def _say(sentence: str) -> None:
    lines = (on_one_line(line) for line in sentence.split("\n"))
    sys.stderr.write("downline: " + "\n".join(lines) + "\n")
