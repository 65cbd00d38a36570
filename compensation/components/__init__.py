"""The families of plan components: one file each, registered here by name.

To add one: write `compensation/components/<family>.py` with a subclass of `contract.Component` whose `family` is
a `Literal` of its name and whose docstring defines it and says where that was read; add it to `AnyComponent`.
Validation, JSON Schema, the documentation's list and the engine follow from that.
"""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field

from compensation.components.contract import Component
from compensation.components.recruitment_bonus import RecruitmentBonus
from compensation.components.unilevel import Unilevel
from compensation.components.upgrade_pass_up import UpgradePassUp

AnyComponent = Annotated[Unilevel | UpgradePassUp | RecruitmentBonus, Field(discriminator="family")]

FAMILIES: dict[str, type[Component]] = {
    get_args(model.model_fields["family"].annotation)[0]: model for model in get_args(get_args(AnyComponent)[0])
}
"""Every family by name."""

__all__ = ["FAMILIES", "AnyComponent", "Component", "RecruitmentBonus", "Unilevel", "UpgradePassUp"]
