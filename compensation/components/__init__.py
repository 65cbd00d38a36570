"""The families of plan components: one file each, named as the family is, found here by looking into this folder.

To add one: write `compensation/components/<family>.py` with a subclass of `contract.Component` whose `family` is a
`Literal` of its name and whose docstring defines it and says where that was read. Validation, JSON Schema, the
documentation's list and the engine follow from that.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args

from pydantic import Field

from compensation.components.contract import Component


def _families() -> dict[str, type[Component]]:
    found: dict[str, type[Component]] = {}
    for module in sorted(each.name for each in pkgutil.iter_modules(__path__)):
        for value in vars(importlib.import_module(f"{__name__}.{module}")).values():
            own = isinstance(value, type) and issubclass(value, Component) and value.__module__.endswith(f".{module}")
            if own and "family" in value.model_fields:
                found[get_args(value.model_fields["family"].annotation)[0]] = value
    return found


FAMILIES: dict[str, type[Component]] = _families()
"""Every family by name."""

if TYPE_CHECKING:
    AnyComponent = Component
else:
    AnyComponent: Any = Annotated[Union[tuple(FAMILIES.values())], Field(discriminator="family")]  # noqa: UP007

__all__ = ["FAMILIES", "AnyComponent", "Component"]
