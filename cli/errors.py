"""Every way in which the command line itself says no; what the rooms below raise passes through unchanged.

    CommandError                code: command
      NoAnalysis                no-analysis             the case holds records and no analysis of them yet
      NoPlan                    no-plan                 the analysis was made without a compensation plan
      NothingToReconcile        nothing-to-reconcile    no recorded payouts, or no plan to recompute them by
      NothingToInfer            nothing-to-infer        no recorded payouts, or no orders, to find a plan from
      WrongLaw                  wrong-law               --law names no rule pack, or one that there is not
      OfACase                   of-a-case               an option for new records with a case folder
      OfNoCase                  of-no-case              an option for a case folder with records
      Unreadable                file                    a file that an option names cannot be read
      ServingError              serving                 the API or the dashboard did not start, or stopped

`main` shows the message and exits with 2. Mistakes that the parser finds (an unknown option) are the parser's own, and
`cli.usage` says them; `WrongOption` is how a command joins them. Import this module inside functions: it brings more
than `--help` should wait for.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each would add nothing

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import typer

from intake.system import refused
from intake.text import NOTHING, Said, Text, say, verbatim


class CommandError(Said):
    """Root of everything the command line raises on purpose."""

    code: ClassVar[str] = "command"


class NoAnalysis(CommandError):
    """The case holds no analysis yet."""

    code = "no-analysis"

    def __init__(self, case: Path) -> None:
        super().__init__(
            say(
                "{case} holds no analysis yet: run `downline analyze FOLDER --case {case}`",
                "لا تحليل في {case} بعد. يُجريه الأمر {command}",
                case=case,
                command=f"downline analyze FOLDER --case {case}",
            )
        )


class NoPlan(CommandError):
    """The analysis was made without a plan, so nothing was recomputed."""

    code = "no-plan"

    def __init__(self, case: Path) -> None:
        super().__init__(
            say(
                "the analysis of {case} has no compensation plan and recorded orders to apply it to: run `{command}`",
                "لا خطة عمولات في تحليل {case} مع طلبات مسجَّلة تُطبَّق عليها. يُجرى تحليل بها بالأمر {command}",
                case=case,
                command=f"downline analyze FOLDER --case {case} --plan PLAN",
            )
        )


class NothingToReconcile(CommandError):
    """There are not both recorded and recomputed payouts."""

    code = "nothing-to-reconcile"

    def __init__(self, case: Path) -> None:
        super().__init__(
            say(
                "the analysis of {case} has nothing to reconcile, which takes recorded payouts and a compensation plan: "
                "run `{command}`",
                "لا مدفوعات تُطابَق في تحليل {case}، فالمطابقة تحتاج إلى دفعات مسجَّلة وخطة عمولات. "
                "يُجرى تحليل بها بالأمر {command}",
                case=case,
                command=f"downline analyze FOLDER --case {case} --plan PLAN",
            )
        )


class NothingToInfer(CommandError):
    """There are no recorded payouts, or no orders, to find a plan from."""

    code = "nothing-to-infer"

    def __init__(self, case: Path) -> None:
        super().__init__(
            say(
                "the records of {case} have no payouts or no orders, and a plan is found from both: import the tables "
                "that hold them with `downline import`",
                "لا دفعات أو لا طلبات في سجلات {case}، والخطة تُستنتج منهما معًا. "
                "يُرجى استيراد جدوليهما بالأمر ⁨downline import⁩",
                case=case,
            )
        )


class WrongLaw(CommandError):
    """`--law` is not a list of rule packs."""

    code = "wrong-law"

    @classmethod
    def empty(cls, text: str) -> WrongLaw:
        """Nothing stands where a name should."""
        return cls(
            say(
                "--law {text!r} has an empty name: separate rule packs by single commas, such as us,cn",
                "في {option} اسم فارغ. يُفصل بين حزم القواعد بفاصلة واحدة، مثل ⁨us,cn⁩",
                text=text,
                option=f"--law {text!r}",
            )
        )

    @classmethod
    def unknown(cls, meant: Mapping[str, str | None], known: Sequence[str]) -> WrongLaw:
        """Names of no pack, each with the pack that was probably meant."""
        named = [
            say("{name!r} (did you mean {near}?)", "{name!r} (هل المقصود {near}؟)", name=name, near=near)
            if near
            else verbatim(repr(name))
            for name, near in meant.items()
        ]
        return cls(
            say(
                "there is no rule pack for {names}; there are: {known}",
                "لا توجد حزمة قواعد باسم {names}. الموجود: {known}",
                names=Text(en=", ".join(each.en for each in named), ar="، ".join(each.ar for each in named)),
                known=", ".join(known),
            )
        )


class OfACase(CommandError):
    """A case folder was named, and an option that is for records yet to be read."""

    code = "of-a-case"

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(
            say(
                "{folder} is a case folder, whose records were read already: leave out {option}",
                "{folder} مجلد ملف فحص قُرئت سجلاته من قبل. يُرجى حذف الخيار {option}",
                folder=folder,
                option=option,
            )
        )


class OfNoCase(CommandError):
    """A snapshot was named, of something that holds none."""

    code = "of-no-case"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            say(
                "--snapshot is for a case folder, and {folder} is none: name the case, or leave out --snapshot",
                "الخيار ⁨--snapshot⁩ لمجلد ملف فحص، وليس {folder} كذلك. يُرجى تسمية ملف الفحص، أو حذف الخيار",
                folder=folder,
            )
        )


class Unreadable(CommandError):
    """A file that an option names is not there, or may not be read."""

    code = "file"

    def __init__(self, option: str, error: OSError) -> None:
        super().__init__(
            say(
                "{option}: {file}: cannot be read: {why}; check that it is there and may be read",
                "{option}: تتعذّر قراءة {file}: {why}. يُرجى التأكد من وجوده ومن إذن قراءته",
                option=option,
                file=error.filename,
                why=refused(error),
            )
        )


class SynthUnclear(CommandError):
    """`synth` was not told enough to make up a company."""

    code = "synth-unclear"

    @classmethod
    def no_kind(cls, kinds: Sequence[str]) -> SynthUnclear:
        """Which kind?"""
        return cls(
            say(
                "name a kind of company: {kinds}; `downline synth --list` says what they are",
                "يُرجى تسمية نوع الشركة: {kinds}. يصفها الأمر ⁨downline synth --list⁩",
                kinds=", ".join(kinds),
            )
        )

    @classmethod
    def no_folder(cls, kind: str) -> SynthUnclear:
        """Where to?"""
        return cls(
            say(
                "name a new folder for the files: {command}",
                "يُرجى تسمية مجلد جديد للملفات: {command}",
                command=f"downline synth {kind} --out FOLDER",
            )
        )

    @classmethod
    def messy_parquet(cls) -> SynthUnclear:
        """Parquet has no mess of this kind."""
        return cls(
            Text(
                en="--messy is made for text files: leave out --format parquet, or --messy",
                ar="الخيار ⁨--messy⁩ للملفات النصية. يُرجى حذف ⁨--format parquet⁩ أو ⁨--messy⁩",
            )
        )


class ServingError(CommandError):
    """A child process did not start, or stopped by itself."""

    code = "serving"

    @classmethod
    def no_dashboard(cls) -> ServingError:
        """There is no dashboard to start."""
        return cls(
            Text(
                en="the dashboard is not part of this installation; --api-only starts the API without it",
                ar="لوحة المتابعة ليست ضمن هذا التثبيت. تعمل الواجهة البرمجية دونها بالخيار ⁨--api-only⁩",
            )
        )

    @classmethod
    def late(cls, child: Text, seconds: float, log: Path) -> ServingError:
        """It took too long."""
        return cls(
            say(
                "{child} did not answer within {seconds:.0f} s; its log is {log}",
                "{child}: لا رد حتى الآن. الثواني المنقضية: {seconds:.0f}. السجل: {log}",
                child=child,
                seconds=seconds,
                log=log,
            )
        )

    @classmethod
    def stopped(cls, child: Text, code: int, last: str, log: Path) -> ServingError:
        """It ended by itself; `last` is the last line of its log."""
        return cls(
            say(
                "{child} stopped (exit code {code}){last}; its log is {log}",
                "{child}: توقف التشغيل (رمز الخروج: {code}){last}. السجل: {log}",
                child=child,
                code=code,
                last=say(": {last}", ": {last}", last=last) if last else NOTHING,
                log=log,
            )
        )


class WrongOption(typer.BadParameter):
    """Options that make no sense, alone or together; the parser's kind of mistake, found by a command.

    Args:
        text: what is wrong, and the way out.
        option: the option or argument, as it is written.
    """

    def __init__(self, text: Text, option: str | None = None) -> None:
        self.text = text
        super().__init__(text.en, param_hint=option)

    @classmethod
    def no_day(cls, written: str, option: str) -> WrongOption:
        """Something else than a day."""
        return cls(
            say(
                "{written!r} is not a day; write it as YYYY-MM-DD",
                "{written!r} ليس تاريخًا. يُكتب بالصيغة ⁨YYYY-MM-DD⁩",
                written=written,
            ),
            option,
        )
