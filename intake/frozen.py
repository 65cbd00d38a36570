"""What every model of every room is made of: a record that cannot be changed and refuses keys it does not know."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class Frozen(BaseModel):
    """Immutable, and strict about unknown keys, but forgiving about the derived ones that it wrote itself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _drop_derived(cls, data: Any) -> Any:
        derived = cls.model_computed_fields
        if isinstance(data, dict) and not derived.keys().isdisjoint(data):
            return {key: value for key, value in data.items() if key not in derived}
        return data
