"""Compensation plans as data: computed exactly, explained, reconciled."""

from compensation.computed import Computed
from compensation.computing import compute
from compensation.errors import CompensationError, Mistake, PlanError
from compensation.plan import Plan, load_plan, parse_plan, plan_schema

__all__ = [
    "CompensationError",
    "Computed",
    "Mistake",
    "Plan",
    "PlanError",
    "compute",
    "load_plan",
    "parse_plan",
    "plan_schema",
]
