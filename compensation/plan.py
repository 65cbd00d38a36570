"""A compensation plan as data, and reading one from a file with every mistake named at once.

`load_plan` reads YAML or JSON; `parse_plan` takes the text itself. The model is the language: `plan_schema` gives
its JSON Schema to editors. Validation goes in two rounds, first each value by itself, then what must fit
together (a rank that a component names must exist); each mistake comes with line, path, value and a way out.
"""

from __future__ import annotations

import contextlib
import re
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError, field_validator
from pydantic_core import ErrorDetails

from compensation.components import FAMILIES, AnyComponent
from compensation.errors import Mistake, PlanError
from compensation.frame import Activity, AlwaysActive, PeriodLength, Ranks, Rounding, Volumes
from compensation.limits import Limit
from compensation.notation import PlanDocument, read_document, written
from compensation.payment import Payment
from compensation.quantities import Factor
from intake.closest import closest
from intake.frozen import Frozen
from intake.mistakes import Mistaken, mistake_of
from intake.text import NOTHING, Text, say
from intake.yaml_lines import Path_

CURRENCY = r"^[A-Z][A-Z0-9]{1,11}$"


class Plan(Frozen):
    """A compensation plan: the frame, and the components that pay."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,79}$")]
    title: Text
    about: Text | None = None
    source: str | None = None
    """Where the plan was read: a page, a brochure, or the records themselves."""
    currency: Annotated[str, Field(pattern=CURRENCY)]
    decimals: Annotated[int, Field(ge=0, le=9)] | None = None
    """Decimals of the plan's money, where they are not the currency's own."""
    period: PeriodLength = "month"
    timezone: str = "UTC"
    """Where the days of periods begin and end."""
    exchange: dict[Annotated[str, Field(pattern=CURRENCY)], Factor] = Field(default_factory=dict)
    """Units of the plan's currency per unit of another: orders in it are brought over at this rate, each part of the
    price rounded by the plan's rule. Orders in currencies that are not listed are left out."""
    rounding: Rounding = Rounding()
    volumes: Volumes = Volumes()
    activity: Activity = AlwaysActive()
    ranks: Ranks | None = None
    components: Annotated[list[AnyComponent], Field(min_length=1)]
    limits: tuple[Limit, ...] = ()
    """Caps and pools, each applied as soon as the last component it binds is computed."""
    payment: Payment | None = None
    """When what was earned is paid out; nothing means at the close of its period."""

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, value: str) -> str:
        try:
            zoneinfo.ZoneInfo(value)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            close = closest(value, sorted(zoneinfo.available_timezones()))
            raise Mistaken(
                say(
                    "unknown time zone{value}",
                    "منطقة زمنية غير معروفة{value}",
                    value=say("; did you mean {close}?", ". هل المقصود {close}؟", close=close) if close else NOTHING,
                )
            ) from error
        return value

    def component(self, identifier: str) -> AnyComponent:
        """The component of that id; KeyError otherwise."""
        for component in self.components:
            if component.id == identifier:
                return component
        raise KeyError(identifier)

    def describe(self) -> Text:
        """The plan in plain words, component by component."""
        parts = [component.describe() for component in self.components]
        parts += [limit.describe() for limit in self.limits]
        if self.payment is not None:
            parts.append(self.payment.describe())
        return Text(en="\n".join(part.en for part in parts), ar="\n".join(part.ar for part in parts))


COMPONENT_ADAPTER: TypeAdapter[AnyComponent] = TypeAdapter(AnyComponent)
"""Validates a single component, for tools that edit plans piece by piece."""


def plan_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of the plan language."""
    schema = Plan.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Compensation plan"} | schema


def load_plan(path: Path | str) -> Plan:
    """Read a plan from a YAML or JSON file.

    Raises:
        PlanError: the file cannot be read or has mistakes; all of them are listed.
    """
    return _plan_of(read_document(Path(path)))


def parse_plan(text: str, *, name: str = "<plan>") -> Plan:
    """Read a plan from YAML or JSON text; raises as `load_plan` does."""
    return _plan_of(read_document(text, name=name))


def _plan_of(document: PlanDocument) -> Plan:
    if not isinstance(document.content, dict):
        line, column = document.place(())
        raise PlanError.of(
            document.file,
            Text(
                en="a plan is a mapping of keys (id, title, currency, components, ...)",
                ar="تتكوّن الخطة من مفاتيح وقيم (⁨id, title, currency, components, ...⁩)",
            ),
            line=line,
            column=column,
        )
    try:
        plan = Plan.model_validate(document.content)
    except ValidationError as error:
        mistakes = [_mistake(document, details) for details in error.errors()]
        raise PlanError(mistakes + _misplaced(document, *_valid_parts(document))) from error
    mistakes = _misplaced(document, plan.currency, plan.ranks, dict(enumerate(plan.components)))
    mistakes += _placed(document, _misfit_limits(plan))
    if mistakes:
        raise PlanError(mistakes)
    return plan


def _valid_parts(document: PlanDocument) -> tuple[str, Ranks | None, dict[int, AnyComponent]]:
    """Of a plan with mistakes, the parts that are right by themselves, so that these can be checked together."""
    content = document.content
    components: dict[int, AnyComponent] = {}
    listed = content.get("components")
    for index, part in enumerate(listed if isinstance(listed, list) else []):
        with contextlib.suppress(ValidationError):
            components[index] = COMPONENT_ADAPTER.validate_python(part)
    ranks = content.get("ranks")
    if isinstance(ranks, dict) and isinstance(ranks.get("order"), list):
        usable: dict[str, Any] = {"order": ranks["order"]}
        if ranks.get("source") == "purchases":  # other sources make no difference to how parts fit together
            usable["source"] = "purchases"
        with contextlib.suppress(ValidationError):
            return str(content.get("currency")), Ranks.model_validate(usable), components
        return str(content.get("currency")), None, {}
    return str(content.get("currency")), None, components


Misfit = tuple[Path_, Text, str | None, Text | None]
"""Path, problem, value, nearest right thing."""


def _misplaced(
    document: PlanDocument, currency: str, ranks: Ranks | None, components: Mapping[int, AnyComponent]
) -> list[Mistake]:
    return _placed(document, misfits(currency, ranks, components))


def _placed(document: PlanDocument, found: list[Misfit]) -> list[Mistake]:
    return [
        Mistake(document.file, *document.place(path), written(path), problem, value, nearest)
        for path, problem, value, nearest in found
    ]


def _misfit_limits(plan: Plan) -> list[Misfit]:
    """Limits that name what the plan does not have."""
    found: list[Misfit] = []
    known = [component.id for component in plan.components]
    ranks = plan.ranks.order if plan.ranks else []
    seen: set[str] = set()
    for index, limit in enumerate(plan.limits):
        here: Path_ = ("limits", index)
        if limit.id in seen:
            same = Text(en="another limit has this id", ar="لحد آخر المعرّف نفسه")
            found.append(((*here, "id"), same, limit.id, _OWN_ID))
        seen.add(limit.id)
        for place, name in enumerate(limit.components):
            if name not in known:
                found.append(((*here, "components", place), _NO_COMPONENT, name, _suggest(name, known)))
        for path, rank in limit.ranks_named():
            if rank not in ranks:
                found.append(((*here, *path), _NO_RANK, rank, _suggest(rank, ranks) if ranks else None))
    return found


def misfits(currency: str, ranks: Ranks | None, components: Mapping[int, AnyComponent]) -> list[Misfit]:
    """What does not fit together among parts that are right by themselves."""
    found: list[Misfit] = []
    names = ranks.order if ranks else []
    seen: set[str] = set()
    for index, component in components.items():
        here: Path_ = ("components", index)
        if component.id in seen:
            same = Text(en="another component has this id", ar="لمكوّن آخر المعرّف نفسه")
            found.append(((*here, "id"), same, component.id, _OWN_ID))
        seen.add(component.id)
        for path, other in component.reads():
            if other not in seen or other == component.id:
                later = other in {each.id for each in components.values()}
                earlier = sorted(seen - {component.id})
                problem = _READS_LATER if later else _NO_COMPONENT
                hint = _LIST_FIRST if later else _suggest(other, earlier) if earlier else _LIST_BEFORE
                found.append(((*here, *path), problem, other, hint))
        for path, rank in component.ranks_named():
            if rank not in names:
                found.append(((*here, *path), _NO_RANK, rank, _suggest(rank, names) if names else _ADD_RANKS))
        bought = ranks is not None and ranks.source == "purchases"
        if component.needs_bought_ranks() and not bought:
            found.append((here, _NOT_BOUGHT, None, _BUY_RANKS))
        if component.currency not in (None, currency) and component.pays_in_its_base_currency():
            found.append(
                (
                    (*here, "currency"),
                    Text(
                        en="rates of an amount are paid in the currency of the amount",
                        ar="النسب من مبلغ تُدفع بعملة ذلك المبلغ",
                    ),
                    component.currency,
                    say(
                        "use {currency}, fixed amounts, or measure: volume",
                        "يمكن استعمال {currency} أو مبالغ ثابتة أو ⁨measure: volume⁩",
                        currency=currency,
                    ),
                )
            )
    return found


_NO_COMPONENT = Text(en="unknown component", ar="مكوّن غير معروف")
_NO_RANK = Text(en="unknown rank", ar="رتبة غير معروفة")
_OWN_ID = Text(en="give each its own", ar="يُرجى أن يكون لكل منها معرّفه")
_READS_LATER = Text(en="is reckoned on a component that stands after it", ar="يُحتسب على مكوّن يأتي بعده")
_LIST_FIRST = Text(
    en="list it first; what reads itself in a circle has no order",
    ar="يُرجى تقديمه في القائمة؛ وما يعتمد على نفسه في حلقة لا ترتيب له",
)
_LIST_BEFORE = Text(en="list it before this one", ar="يُرجى وضعه قبل هذا")
_ADD_RANKS = Text(
    en="the plan has no ranks; add ranks: {order: [lowest, ..., highest]}",
    ar="لا رتب في الخطة؛ يُرجى إضافة ⁨ranks: {order: [lowest, ..., highest]}⁩",
)
_NOT_BOUGHT = Text(
    en="follows ranks as they are bought; the plan's ranks are not", ar="يتبع رتبًا تُشترى، ورتب الخطة ليست كذلك"
)
_BUY_RANKS = Text(en="say ranks: {source: purchases, order: [...]}", ar="تُكتب ⁨ranks: {source: purchases, order: [...]}⁩")


def _suggest(value: str, allowed: list[str]) -> Text:
    close = closest(value, allowed)
    if close:
        return say("did you mean {close}?", "هل المقصود {close}؟", close=close)
    return say("use one of: {allowed}", "يُستعمل أحد: {allowed}", allowed=", ".join(allowed))


_BRANCHES = frozenset(FAMILIES) | {
    "always",
    "personal_volume",
    "purchases",
    "status",
    "autoship",
    "requirements",
}


def _location(document: PlanDocument, loc: tuple[int | str, ...]) -> Path_:
    """A pydantic location without the names of union branches, which do not stand in the file."""
    path: Path_ = ()
    for part in loc:
        inside = document.value_at(path)
        is_key = isinstance(inside, dict) and part in inside
        if not is_key and isinstance(part, str) and (part in _BRANCHES or not isinstance(inside, dict)):
            continue
        if isinstance(part, int) and not isinstance(inside, list):
            continue  # one value where a list may stand
        path = (*path, part)
    return path


def _mistake(document: PlanDocument, details: ErrorDetails) -> Mistake:
    path = _location(document, details["loc"])
    kind, context = details["type"], details.get("ctx", {})
    value = document.value_at(path)
    shown = value if isinstance(value, str) else None
    problem, nearest, at_key = mistake_of(details), _nearest_of(context), False
    parent_path = path[:-1]
    if kind == "extra_forbidden":
        problem, shown, at_key = Text(en="unknown key", ar="مفتاح غير معروف"), None, True
        nearest = _suggest(str(path[-1]), _keys_allowed(document, parent_path))
        if value is None:  # what stands after a comma between braces is read as a key
            nearest = say(
                "{nearest}; a text that holds a comma needs quotes",
                "{nearest} والنص الذي فيه فاصلة يحتاج إلى علامتي اقتباس",
                nearest=nearest,
            )
    elif kind == "missing":
        problem = Text(en="missing", ar="مطلوب وغير موجود")
        nearest = say("add {example}", "يُرجى إضافة {example}", example=f"{path[-1]}: ...")
    elif kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        problem, nearest = Text(en="not one of the choices", ar="ليس من القيم المقبولة"), _suggest(str(value), allowed)
    elif kind == "union_tag_invalid":
        tag = str(context.get("discriminator", "")).strip("'")
        allowed = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
        path = (*path, tag)
        shown = str(context.get("tag"))
        problem, nearest = say("unknown {tag}", "قيمة {tag} غير معروفة", tag=tag), _suggest(shown, allowed)
    elif kind == "union_tag_not_found":
        tag = str(context.get("discriminator", "")).strip("'")
        problem, shown = say("has no {tag}", "بلا {tag}", tag=tag), None
        nearest = say("say which {tag} it is", "يُرجى تحديد {tag}", tag=tag)
    elif kind == "string_pattern_mismatch":
        problem = Text(en="not written as it must be", ar="ليس مكتوبًا بالصيغة المطلوبة")
        nearest = say("it must match {pattern}", "الصيغة المطلوبة {pattern}", pattern=context.get("pattern"))
    elif kind in ("int_parsing", "int_type", "int_from_float"):
        problem = Text(en="not a whole number", ar="ليس رقمًا صحيحًا")
        nearest = Text(en="write digits only", ar="يُكتب بالأرقام فقط")
    elif kind in ("bool_parsing", "bool_type"):
        problem = Text(en="neither true nor false", ar="ليس ⁨true⁩ ولا ⁨false⁩")
        nearest = Text(en="write true or false", ar="تُكتب ⁨true⁩ أو ⁨false⁩")
    elif kind in ("list_type", "model_type", "dict_type", "model_attributes_type"):
        listed = Text(en="a list is needed here", ar="تلزم هنا قائمة")
        problem = (
            listed if kind == "list_type" else Text(en="a mapping of keys is needed here", ar="تلزم هنا مفاتيح وقيم")
        )
    line, column = document.place(path, key=at_key)
    return Mistake(document.file, line, column, written(path), problem, shown, nearest)


def _nearest_of(context: Mapping[str, Any]) -> Text | None:
    """The way out that a validator of ours gave."""
    raised = context.get("error")
    return raised.nearest if isinstance(raised, Mistaken) else None


def _keys_allowed(document: PlanDocument, path: Path_) -> list[str]:
    """Names of the keys that the schema allows at a path of this document."""
    schema = plan_schema()
    definitions = schema.get("$defs", {})
    places: list[dict[str, Any]] = [schema]
    value = document.content
    for part in path:
        value = value[part] if isinstance(value, dict | list) else None  # type: ignore[index]
        step = [
            place["items"]
            if isinstance(part, int) and "items" in place
            else place.get("properties", {}).get(part, place.get("additionalProperties"))
            for place in places
        ]
        places = [one for place in step if isinstance(place, dict) for one in _alternatives(place, definitions, value)]
    names: list[str] = []
    for place in places:
        names += [name for name in place.get("properties", {}) if name not in names]
    return names


def _alternatives(place: dict[str, Any], definitions: dict[str, Any], value: Any) -> list[dict[str, Any]]:
    if "$ref" in place:
        return _alternatives(definitions[place["$ref"].rsplit("/", 1)[-1]], definitions, value)
    mapping = place.get("discriminator", {}).get("mapping")
    if mapping and isinstance(value, dict):
        chosen = mapping.get(value.get(place["discriminator"]["propertyName"]))
        if chosen:
            return _alternatives({"$ref": chosen}, definitions, value)
    branches = place.get("oneOf", []) + place.get("anyOf", []) + place.get("allOf", [])
    if branches:
        return [one for branch in branches for one in _alternatives(branch, definitions, value)]
    return [place]
