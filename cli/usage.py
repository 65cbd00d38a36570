"""What the parser finds wrong with a command line, and what the operating system refuses, in both languages.

The parser's own sentences are English. Their Arabic is made here from the same parts: the option or argument, the
value, what is allowed. A sentence of the parser that is not known here stands in Arabic behind a lead.
"""

from __future__ import annotations

import errno
import re
from typing import Any

from pydantic import ValidationError

from intake.mistakes import mistake_of
from intake.system import refused
from intake.text import Text, apart, say


def system_text(error: OSError) -> Text:
    """What the system refused, after the name of the file; and where nothing is there, what to look at."""
    if error.errno == errno.ENOENT:
        return say(
            "{file}: no such file or folder; check the name, and the folder that you are in",
            "{file}: لا ملف ولا مجلد بهذا الاسم؛ يُرجى التحقق من الاسم ومن المجلد الحالي",
            file=error.filename,
        )
    return say("{file}: {why}", "{file}: {why}", file=error.filename, why=refused(error))


def usage_text(error: Any) -> Text:
    """A mistake on the command line; the English is the parser's own.

    Args:
        error: the parser's exception (`click.UsageError` and its kinds).
    """
    return Text(en=str(error.format_message()), ar=_arabic(error))


def _arabic(error: Any) -> str:
    kind, hint = type(error).__name__, _hint(error)
    ours = getattr(error, "text", None)
    if isinstance(ours, Text):
        return ours.ar if hint is None else f"{apart(hint)}: {ours.ar}"
    match kind:
        case "NoSuchOption":
            return f"لا خيار باسم {apart(error.option_name)}{_meant(error.possibilities)}"
        case "UsageError" if unknown := _NO_COMMAND.search(str(error.message)):
            return f"لا أمر باسم {apart(unknown[1])}"
        case "UsageError" if extra := _EXTRA.search(str(error.message)):
            return f"كلمات زائدة في الأمر: {apart(extra[1])}"
        case "MissingParameter" if hint is not None:
            return f"{apart(hint)} مطلوب"
        case "BadOptionUsage":
            return f"يحتاج الخيار {apart(error.option_name)} إلى قيمة"
        case "BadParameter" if hint is not None:
            return f"{apart(hint)}: {_wanted(error)}"
        case _:
            return f"تعذّر فهم الأمر: {apart(error.format_message())}"


def _hint(error: Any) -> str | None:
    """The option or argument, as a reader writes it."""
    given = getattr(error, "param_hint", None)
    parameter = getattr(error, "param", None)
    if given is None and parameter is not None:
        given = parameter.get_error_hint()
    if given is None:
        return None
    return (given if isinstance(given, str) else " / ".join(given)).strip("'\"")


def _meant(possibilities: Any) -> str:
    near = list(possibilities or ())
    return f". هل المقصود {apart(near[0])}؟" if near else ""


def _wanted(error: Any) -> str:
    """What the option takes: the parser checks values with pydantic, whose mistakes have their words already."""
    choices = _CHOICES.search(str(error.message))
    if choices is not None:
        return f"{apart(choices[1])} ليست من القيم المقبولة: {apart(choices[2])}"
    if isinstance(error.__cause__, ValidationError):
        return mistake_of(error.__cause__.errors()[0]).ar
    return f"قيمة غير مقبولة: {apart(error.message)}"


_NO_COMMAND = re.compile(r"No such command '(.*?)'")
_EXTRA = re.compile(r"unexpected extra arguments? \((.*)\)")
_CHOICES = re.compile(r"('.*?') is not one of (.*?)\.?$")
"""The parser's own sentences, which carry the words in no other way."""
