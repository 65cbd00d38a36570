"""Every way in which the command line itself says no; what the rooms below raise passes through unchanged.

    CommandError                code: command
      NoAnalysis                no-analysis             the case holds records and no analysis of them yet
      NoPlan                    no-plan                 the analysis was made without a compensation plan
      NothingToReconcile        nothing-to-reconcile    no recorded payouts, or no plan to recompute them by
      NothingToInfer            nothing-to-infer        no recorded payouts, or no orders, to find a plan from
      WrongLaw                  wrong-law               --law names no rule pack, or one that there is not
      OfACase                   of-a-case               an option for new records with a case folder
      OfNoCase                  of-no-case              an option for a case folder with records

`main` shows the message and exits with 2. Mistakes that the parser finds (an unknown option) are the parser's own.
"""

# ruff: noqa: N818 - the names say what happened; "Error" at the end of each would add nothing

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar


class CommandError(Exception):
    """Root of everything the command line raises on purpose."""

    code: ClassVar[str] = "command"


class NoAnalysis(CommandError):
    """The case holds no analysis yet."""

    code = "no-analysis"

    def __init__(self, case: Path) -> None:
        super().__init__(f"{case} holds no analysis yet: run `downline analyze FOLDER --case {case}`")


class NoPlan(CommandError):
    """The analysis was made without a plan, so nothing was recomputed."""

    code = "no-plan"

    def __init__(self, case: Path) -> None:
        super().__init__(
            f"the analysis of {case} has no compensation plan and recorded orders to apply it to: "
            f"run `downline analyze FOLDER --case {case} --plan PLAN`"
        )


class NothingToReconcile(CommandError):
    """There are not both recorded and recomputed payouts."""

    code = "nothing-to-reconcile"

    def __init__(self, case: Path) -> None:
        super().__init__(
            f"the analysis of {case} has nothing to reconcile, which takes recorded payouts and a compensation plan: "
            f"run `downline analyze FOLDER --case {case} --plan PLAN`"
        )


class NothingToInfer(CommandError):
    """There are no recorded payouts, or no orders, to find a plan from."""

    code = "nothing-to-infer"

    def __init__(self, case: Path) -> None:
        super().__init__(
            f"the records of {case} have no payouts or no orders, and a plan is found from both: import the tables that "
            f"hold them with `downline import`"
        )


class WrongLaw(CommandError):
    """`--law` is not a list of rule packs."""

    code = "wrong-law"

    @classmethod
    def empty(cls, text: str) -> WrongLaw:
        """Nothing stands where a name should."""
        return cls(f"--law {text!r} has an empty name: separate rule packs by single commas, such as us,cn")

    @classmethod
    def unknown(cls, meant: Mapping[str, str | None], known: Sequence[str]) -> WrongLaw:
        """Names of no pack, each with the pack that was probably meant."""
        names = ", ".join(f"{name!r} (did you mean {near}?)" if near else repr(name) for name, near in meant.items())
        return cls(f"there is no rule pack for {names}; there are: {', '.join(known)}")


class OfACase(CommandError):
    """A case folder was named, and an option that is for records yet to be read."""

    code = "of-a-case"

    def __init__(self, folder: Path, option: str) -> None:
        super().__init__(f"{folder} is a case folder, whose records were read already: leave out {option}")


class OfNoCase(CommandError):
    """A snapshot was named, of something that holds none."""

    code = "of-no-case"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"--snapshot is for a case folder, and {folder} is none: name the case, or leave out --snapshot"
        )


class SynthUnclear(CommandError):
    """`synth` was not told enough to make up a company."""

    code = "synth-unclear"

    @classmethod
    def no_kind(cls, kinds: Sequence[str]) -> SynthUnclear:
        """Which kind?"""
        return cls(f"name a kind of company: {', '.join(kinds)}; `downline synth --list` says what they are")

    @classmethod
    def no_folder(cls, kind: str) -> SynthUnclear:
        """Where to?"""
        return cls(f"name a new folder for the files: downline synth {kind} --out FOLDER")

    @classmethod
    def messy_parquet(cls) -> SynthUnclear:
        """Parquet has no mess of this kind."""
        return cls("--messy is made for text files: leave out --format parquet, or --messy")
