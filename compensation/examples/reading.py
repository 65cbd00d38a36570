"""From an example in the published format to books: participants, trees, orders, facts and clicks.

Quantities are decimal text and are read exactly; what is finer than the plan's money is refused, volumes are held in as
many decimals as the example states.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from compensation.books import Books
from compensation.errors import BrokenExample
from compensation.plan import Plan
from genealogy.network import Network
from intake.currencies import MINOR_UNITS
from intake.text import Text, say

_COLUMNS = {
    "id", "sponsor", "placement", "leg", "matrix_parent", "rank", "kind", "joined", "left", "moves", "manager", "country",
}  # fmt: skip
"""Fields of a participant that are columns or trees; every other one is a fact of that name."""
_MONEY = ("amount", "cost", "tax", "freight", "discount")
_KINDS = {"manager": "affiliate_manager"}


def find(folder: Path) -> list[Path]:
    """The example files of a folder, by name; each must have its plan beside it.

    Raises:
        BrokenExample: the folder holds no example.
    """
    if not folder.is_dir():
        raise BrokenExample(
            folder,
            Text(
                en="is no folder; name the folder that holds <id>.json and <id>.plan.yaml",
                ar="ليس مجلدًا. يُرجى تسمية المجلد الذي فيه ⁨<id>.json⁩ و⁨<id>.plan.yaml⁩",
            ),
        )
    files = sorted(folder.glob("*.json"))
    if not files:
        raise BrokenExample(
            folder,
            Text(
                en="holds no example; one is <id>.json with <id>.plan.yaml beside it",
                ar="لا مثال فيه. المثال هو ⁨<id>.json⁩ وبجانبه ⁨<id>.plan.yaml⁩",
            ),
        )
    return files


def read(file: Path) -> dict[str, Any]:
    """The example as plain values.

    Raises:
        BrokenExample: it is no JSON, or lacks participants or expected awards.
    """
    try:
        example = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BrokenExample(
            file, say("cannot be read as JSON: {error}", "تتعذر قراءته كملف JSON: {error}", error=error)
        ) from error
    if not isinstance(example, dict):
        raise BrokenExample(
            file,
            Text(
                en="is no JSON object of participants, orders, plan and expected",
                ar="ليس كائن JSON فيه ⁨participants⁩ و⁨orders⁩ و⁨plan⁩ و⁨expected⁩",
            ),
        )
    for key in ("participants", "expected"):
        if not isinstance(example.get(key), list):
            raise BrokenExample(file, say("has no list {key!r}", "لا قائمة {key!r} فيه", key=key))
    for number, one in enumerate(example["participants"]):
        if not isinstance(one, dict) or not isinstance(one.get("id"), str):
            raise BrokenExample(
                file, say("participants[{number}] has no id", "لا معرّف في ⁨participants⁩ رقم {number}", number=number)
            )
    for number, one in enumerate(example.get("orders", [])):
        if not isinstance(one, dict) or not {"id", "participant"} <= set(one):
            raise BrokenExample(
                file,
                say(
                    "orders[{number}] needs id and participant",
                    "يحتاج ⁨orders⁩ رقم {number} إلى ⁨id⁩ و⁨participant⁩",
                    number=number,
                ),
            )
    for number, one in enumerate(example["expected"]):
        if not isinstance(one, dict) or not {"participant", "component", "amount"} <= set(one):
            raise BrokenExample(
                file,
                say(
                    "expected[{number}] needs participant, component and amount",
                    "يحتاج ⁨expected⁩ رقم {number} إلى ⁨participant⁩ و⁨component⁩ و⁨amount⁩",
                    number=number,
                ),
            )
        if not _is_number(one["amount"]):
            raise BrokenExample(
                file,
                say(
                    "expected[{number}]: amount is {one!r}, not a decimal number",
                    "المبلغ في ⁨expected⁩ رقم {number} هو {one!r}، وليس رقمًا عشريًا",
                    number=number,
                    one=one["amount"],
                ),
            )
    for key in ("participants", "orders"):
        seen: set[str] = set()
        for one in example.get(key, []):
            if one["id"] in seen:
                raise BrokenExample(
                    file,
                    say("{key}: two of them have the id {one!r}", "{key}: المعرّف {one!r} مكرر", key=key, one=one["id"]),
                )
            seen.add(one["id"])
    _needs(example["participants"], "moves", ("tree", "from"), file)
    _needs(example.get("orders", []), "clicks", ("affiliate",), file)
    return example


def _needs(rows: Iterable[Mapping[str, Any]], name: str, keys: tuple[str, ...], file: Path) -> None:
    """Refuse a list within a row whose entries lack one of the keys."""
    for row in rows:
        for number, one in enumerate(row.get(name) or ()):
            if not isinstance(one, dict) or not set(keys) <= set(one):
                raise BrokenExample(
                    file,
                    say(
                        "{row}: {name}[{number}] needs {keys}",
                        "{row}: يحتاج {name} رقم {number} إلى {keys}",
                        row=row["id"],
                        name=name,
                        number=number,
                        keys=" and ".join(keys),
                    ),
                )


# From the published format to books


def books(example: Mapping[str, Any], plan: Plan, file: Path) -> Books:
    """The records of an example, scaled to the plan's currency and to the finest volume it states."""
    scale = plan.decimals if plan.decimals is not None else MINOR_UNITS.get(plan.currency)
    if scale is None:
        raise BrokenExample(
            file,
            say(
                "its plan must say decimals: {currency} is no ISO 4217 code",
                "يجب أن تذكر خطته ⁨decimals⁩، فليس {currency} من رموز ISO 4217",
                currency=plan.currency,
            ),
        )
    people, orders = example["participants"], _in_order(example.get("orders", []))
    finest = max([3, *(_places(one.get(name)) for one in orders for name in ("volume", "points"))])
    periods = [str(one.get("period") or "1") for one in [*orders, *example["expected"]]]
    kinds = {one["id"]: one.get("kind") for one in people}
    table = [_order(one, kinds, scale, finest, file) for one in orders]
    schema: dict[str, Any] = {
        **dict.fromkeys(("id", "buyer_id", "seller_id", "buyer_kind", "product", "category"), pl.String),
        **dict.fromkeys(("quantity", *_MONEY, "volume", "points"), pl.Int64),
        **dict.fromkeys(("period", "reverses", "coupon_id", "new_customer", "currency"), pl.String),
        "date": pl.Datetime("ms"),
    }
    made = pl.DataFrame(table, schema=schema)
    if _dated(example):
        made, periods = made.drop("period"), [name for name in periods if name != "1"]
    return Books(
        _network(people, table, file),
        made,
        ranks=_ranks(people),
        facts=_facts(example, tuple(dict.fromkeys(periods))),
        clicks=_clicks(orders, file),
        periods=tuple(dict.fromkeys(periods)),
        currencies={plan.currency: scale},
        volume_decimals=finest,
    )


def _dated(example: Mapping[str, Any]) -> bool:
    """Whether dates say into which period orders fall: none names a period, and what is expected does."""
    orders = example.get("orders", [])
    return (
        bool(orders)
        and all(one.get("period") is None and one.get("date") is not None for one in orders)
        and any(one.get("period") not in (None, "1", 1) for one in example["expected"])
    )


def _in_order(orders: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(orders, key=lambda one: int(one.get("sequence") or 0))


def _places(text: object) -> int:
    """Decimals of a decimal text."""
    return len(str(text).partition(".")[2]) if text is not None else 0


def _scaled(value: object, places: int, what: str, file: Path) -> int | None:
    """Decimal text in units of 10^-places."""
    if value is None:
        return None
    try:
        exact = Fraction(str(value)) * 10**places
    except ValueError as error:
        raise BrokenExample(
            file,
            say(
                "{what} is {value!r}, not a decimal number",
                "قيمة {what} هي {value!r}، وليست رقمًا عشريًا",
                what=what,
                value=value,
            ),
        ) from error
    if exact.denominator != 1:
        raise BrokenExample(
            file,
            say(
                "{what} is {value}: finer than {places} decimals; say decimals: in the plan",
                "قيمة {what} هي {value}، وهي أدق من {places} منازل عشرية. يُرجى كتابة ⁨decimals⁩ في الخطة",
                what=what,
                value=value,
                places=places,
            ),
        )
    return int(exact)


_FIRST_DAY = datetime(2026, 1, 1)  # noqa: DTZ001 - the tables hold naive UTC times
"""Where a source counts days or hours instead of naming dates, they count from here."""


def _moment(value: object, what: str, file: Path) -> datetime | None:
    """A date, a moment, or the number of a day (1 = the first)."""
    if value is None:
        return None
    if isinstance(value, int) or (isinstance(value, str) and value.isdigit() and len(value) < 6):
        return _FIRST_DAY + timedelta(days=int(value) - 1)
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise BrokenExample(
            file,
            say(
                "{what} is {value!r}, not a date such as 2026-01-31",
                "قيمة {what} هي {value!r}، وليست تاريخًا مثل ⁨2026-01-31⁩",
                what=what,
                value=value,
            ),
        ) from error
    return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)


def _ordered_at(one: Mapping[str, Any], file: Path) -> datetime | None:
    """When an order was placed; hours count from the click that led to it."""
    date = _moment(one.get("date") if one.get("date") is not None else one.get("day"), f"order {one['id']}: date", file)
    hours = one.get("bought_after_hours", one.get("added_after_hours"))
    if hours is None:
        return date
    return (date or _FIRST_DAY) + timedelta(hours=float(str(hours)))


def _order(
    one: Mapping[str, Any], kinds: Mapping[str, str | None], scale: int, finest: int, file: Path
) -> dict[str, Any]:
    who, kind = one["participant"], one.get("buyer_kind")
    here = f"order {one['id']}"
    buys = kind in (None, "participant", "new_participant") or kinds.get(who) == "customer"
    row: dict[str, Any] = {
        "id": one["id"],
        "buyer_id": who if buys else one.get("buyer"),
        "seller_id": one.get("seller") if buys else who,
        "buyer_kind": kind,
        "product": one.get("product"),
        "category": one.get("category", one.get("product")),
        "quantity": int(one["quantity"]) if one.get("quantity") is not None else None,
        "volume": _scaled(one.get("volume"), finest, f"{here}: volume", file),
        "points": _scaled(one.get("points"), finest, f"{here}: points", file),
        "period": str(one.get("period") or "1"),
        "currency": one.get("currency"),
        "reverses": one.get("reverses"),
        "coupon_id": one.get("coupon_of"),
        "new_customer": None if one.get("new_customer") is None else str(one["new_customer"]).lower(),
        "date": _ordered_at(one, file),
    }
    row |= {name: _scaled(one.get(name), scale, f"{here}: {name}", file) for name in _MONEY}
    row["amount"] = row["amount"] or 0
    return row


def _network(people: list[dict[str, Any]], orders: list[dict[str, Any]], file: Path) -> Network:
    first = {}
    for row in reversed(orders):
        first[row["buyer_id"] or row["seller_id"]] = row["date"]
    columns: dict[str, list[Any]] = defaultdict(list)
    for one in people:
        joined = one.get("joined")
        columns["id"].append(one["id"])
        columns["sponsor_id"].append(one.get("sponsor"))
        columns["placement_id"].append(one.get("placement"))
        columns["matrix_id"].append(one.get("matrix_parent"))
        columns["leg"].append(None if one.get("leg") is None else str(one["leg"]))
        columns["manager_id"].append(one.get("manager"))
        columns["person"].append(one.get("owner"))
        rank = one.get("rank")
        columns["country"].append(one.get("country"))
        columns["rank"].append(None if rank is None or isinstance(rank, Mapping) else str(rank))
        columns["kind"].append(_KINDS.get(str(one.get("kind")), one.get("kind")))
        columns["joined"].append(
            _moment(joined, f"{one['id']}: joined", file) if _is_date(joined) else first.get(one["id"])
        )
        columns["left"].append(_moment(one.get("left"), f"{one['id']}: left", file))
    text: dict[str, Any] = dict.fromkeys(columns, pl.String) | {"joined": pl.Datetime("ms"), "left": pl.Datetime("ms")}
    table = pl.DataFrame(dict(columns), schema=text)
    for name in ("placement_id", "matrix_id"):
        if table[name].null_count() == len(table):
            table = table.drop(name)
    moves = [
        {
            "participant_id": one["id"],
            "tree": "matrix" if move["tree"] == "matrix_parent" else move["tree"],
            "parent_id": move.get("parent"),
            "leg": None if move.get("leg") is None else str(move["leg"]),
            "from": _moment(move["from"], f"{one['id']}: moves", file),
        }
        for one in people
        for move in one.get("moves") or ()
    ]
    kinds: dict[str, Any] = {
        **dict.fromkeys(("participant_id", "tree", "parent_id", "leg"), pl.String),
        "from": pl.Datetime("ms"),
    }
    return Network.from_table(table, pl.DataFrame(moves, schema=kinds) if moves else None)


def _ranks(people: list[dict[str, Any]]) -> pl.DataFrame | None:
    """Ranks that change from period to period, where the example states them so."""
    rows = [
        (one["id"], str(period), str(rank))
        for one in people
        if isinstance(one.get("rank"), Mapping)
        for period, rank in one["rank"].items()
    ]
    schema = dict.fromkeys(("participant_id", "period", "rank"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row") if rows else None


def _is_date(value: object) -> bool:
    """Whether it is a date or the number of a day, and no words such as "this month"."""
    return isinstance(value, int) or (isinstance(value, str) and value[:1].isdigit())


def _given_by(
    component: Mapping[str, Any], ids: set[str], periods: Iterable[str]
) -> Iterator[tuple[str | None, str | None, str, str]]:
    """What a component's text gives as data, in the period that it names or in every one."""
    stated = component.get("period")
    for who, path, value in _given(component, ids, ""):
        period, name = None if stated is None else str(stated), path
        for each in periods:
            if f".{each}." in f".{path}.":
                period, name = each, f".{path}.".replace(f".{each}.", ".").strip(".")
        yield who, period, f"{component.get('name')}.{name}", value


def _facts(example: Mapping[str, Any], periods: Iterable[str]) -> pl.DataFrame:
    rows: list[tuple[str | None, str | None, str, str]] = []
    ids = {one["id"] for one in example["participants"]}
    for one in example["participants"]:
        for name, value in one.items():
            if name in _COLUMNS:
                continue
            if isinstance(value, Mapping):
                rows += [(one["id"], str(period), name, str(each).lower()) for period, each in value.items()]
            elif isinstance(value, str | int | bool):
                rows.append((one["id"], None, name, str(value).lower()))
        if one.get("joined") is not None and not _is_date(one["joined"]):
            rows.append((one["id"], None, "new", "true"))
    plan = example.get("plan") or {}
    for component in plan.get("components", []) if isinstance(plan, dict) else []:
        rows += _given_by(component, ids, periods)
    schema = dict.fromkeys(("participant_id", "period", "fact", "value"), pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _given(inside: Mapping[str, Any], ids: set[str], path: str) -> Iterator[tuple[str | None, str, str]]:
    """What a component's text gives as data: a value per participant, or a number of the company."""
    for key, value in inside.items():
        name = f"{path}{key}"
        if isinstance(value, Mapping) and value and set(value) <= ids:
            for who, stated in value.items():
                if isinstance(stated, Mapping):
                    for part, each in stated.items():
                        yield who, f"{name.removesuffix('_by_participant')}.{part}", str(each)
                else:
                    yield who, name.removesuffix("_by_participant"), str(stated)
        elif isinstance(value, Mapping):
            yield from _given(value, ids, f"{name}.")
        elif not isinstance(value, bool) and _is_number(value):
            yield None, name, str(value)


def _is_number(value: object) -> bool:
    try:
        Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        return False
    return isinstance(value, str | int)


def _clicks(orders: list[dict[str, Any]], file: Path) -> pl.DataFrame | None:
    rows: list[tuple[str, str, datetime | None, str]] = []
    for one in orders:
        for click in one.get("clicks") or ():
            when = _moment(click.get("date", click.get("day")), f"order {one['id']}: click", file)
            rows.append((click["affiliate"], one["id"], when, click.get("kind", "click")))
        if one.get("added_after_hours") is not None or one.get("bought_after_hours") is not None:
            start = _moment(one.get("date"), f"order {one['id']}: date", file) or _FIRST_DAY
            rows.append((one["participant"], one["id"], start, "click"))
            if one.get("added_after_hours") is not None:
                added = start + timedelta(hours=float(str(one["added_after_hours"])))
                rows.append((one["participant"], one["id"], added, "cart"))
    schema: dict[str, Any] = {
        "participant_id": pl.String, "order_id": pl.String, "date": pl.Datetime("ms"), "kind": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row") if rows else None
