"""What a unilevel says of itself: its rule in plain words, and the walk of a single order, told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.text import Text

if TYPE_CHECKING:
    from compensation.components.unilevel import Unilevel
    from compensation.evaluation import Evaluation
    from compensation.explaining import Step


def describe(component: Unilevel) -> Text:
    """The component in plain words."""
    return Text(en=f"Level commission {component.id}", ar=f"عمولة المستويات {component.id}")


def tell(component: Unilevel, evaluation: Evaluation, order: int) -> list[Step]:
    """The walk from one order."""
    raise NotImplementedError
