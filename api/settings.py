"""What the operator may set, each with a bound that holds when nothing is set. All of it comes from the environment.

DOWNLINE_HOME       folder of the cases (default: the user's data folder)
DOWNLINE_HOSTS      names under which the service may be asked for, with commas (default: this machine only)
DOWNLINE_ORIGINS    web origins whose pages may call the service, with commas (default: none)
DOWNLINE_DATABASE   address of the registry, where it is not the SQLite file in the home folder
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

MIB, GIB = 1 << 20, 1 << 30
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Settings:
    """Bounds on requests, in bytes unless the name says otherwise, and who may ask."""

    hosts: tuple[str, ...] = THIS_MACHINE
    """Values of the Host header that are answered, without the port; `*` for any."""
    origins: tuple[str, ...] = ()
    """Web origins that may read answers in a browser (CORS)."""
    json_body: int = 8 * MIB
    """A request's JSON."""
    form_body: int = GIB
    """A multipart form with all its files; larger files are sent one by one with PUT."""
    check_body: int = 22 * MIB
    """A form of the check that needs no token: one income table and one plan."""
    form_files: int = 200
    """Files in one form."""
    event_seconds: float = 0.25
    """How often a stream of events looks at its job."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        """The settings that environment variables give."""
        given = os.environ if environment is None else environment
        return cls(
            hosts=_list(given.get("DOWNLINE_HOSTS")) or THIS_MACHINE, origins=_list(given.get("DOWNLINE_ORIGINS"))
        )


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in (text or "").split(",") if part.strip())
