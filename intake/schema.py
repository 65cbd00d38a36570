"""The tables: what every company's records become, whatever they looked like on arrival.

One schema for the whole house, written down here once; `arrow_schema` gives it to writers, `json_schema` and
`as_markdown` in `intake.publish` publish it. Ids are the company's own strings. Money is an int64 in the
currency's minor unit beside an ISO 4217 code (or a token that the data sheet declares with its scale), volume
is an int64 in thousandths of a point, dates are UTC timestamps in whole seconds (Parquet, which has no such
unit, hands them back in milliseconds). There are no floats.

Every row also says where it came from: `source_file` (as named in the reading) and `source_line` (the
1-based line of a text file on which the row starts; the 1-based row of a sheet or Parquet file).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

Kind = Literal["id", "text", "date", "period", "money", "volume", "integer", "choice", "currency", "fact"]

PARTICIPANT_KINDS = ("distributor", "preferred_customer", "customer", "affiliate", "affiliate_manager")
ORDER_CATEGORIES = ("starter_kit", "product", "autoship", "training", "sales_tool", "fee", "deposit")
RETURN_OUTCOMES = ("refunded", "partly_refunded", "refused", "pending")
LEGS = ("left", "middle", "right")  # or a positive number, for wider matrices
TREES = ("sponsor", "placement", "matrix")
CLICK_KINDS = ("click", "cart")
COMPLAINT_SUBJECTS = ("delivery", "product", "refund", "advertising", "commission", "other")

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "date": pa.timestamp("s"),
    "period": pa.string(),
    "money": pa.int64(),
    "volume": pa.int64(),
    "integer": pa.int64(),
    "choice": pa.string(),
    "currency": pa.string(),
    "fact": pa.string(),  # a plain decimal number, or `true` or `false`
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, kind, whether a row without it is refused, and what it means."""

    name: str
    kind: Kind
    about: str
    required: bool = False
    refers_to: str | None = None
    """`table.column` that the value should be found in; a miss is reported, the row is kept."""
    choices: tuple[str, ...] = ()
    open_choices: bool = False
    """Other values than `choices` are kept as they are and reported."""
    expendable: bool = False
    """A value that cannot be read is left empty and reported; the row is kept."""
    personal: bool = False
    """It says who somebody is or where to find him: masked unless the viewer's role may see names, kept out of notes,
    and never part of the rows behind a figure."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, what a row is, its columns, and the column that identifies a row."""

    name: str
    row: str
    columns: tuple[Column, ...]
    key: str | None = None

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError otherwise."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all columns."""
        return tuple(column.name for column in self.columns)

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)


def _id(name: str, about: str, *, required: bool = False, refers_to: str | None = None) -> Column:
    return Column(name, "id", about, required=required, refers_to=refers_to)


def _personal(name: str, about: str) -> Column:
    about = f"{about}; masked unless the viewer's role may see it"
    return Column(name, "text", about, expendable=True, personal=True)


PARTICIPANTS = Table(
    "participants",
    "a position in the network",
    (
        _id("id", "the company's own identifier of the position", required=True),
        _id("sponsor_id", "who personally recruited it; empty for a root", refers_to="participants.id"),
        _id("placement_id", "under whom it sits in the placement tree", refers_to="participants.id"),
        Column(
            "leg",
            "choice",
            "side or place under the placement parent",
            choices=LEGS,
            open_choices=True,
            expendable=True,
        ),
        _id("matrix_id", "under whom it sits in a forced matrix", refers_to="participants.id"),
        _id("manager_id", "the affiliate manager in charge of it", refers_to="participants.id"),
        Column("joined", "date", "when it joined", expendable=True),
        Column("left", "date", "when it left or was terminated", expendable=True),
        Column("kind", "choice", "what it is; empty means distributor", choices=PARTICIPANT_KINDS, expendable=True),
        Column("rank", "text", "rank or level held at the time of the file", expendable=True),
        Column("country", "text", "country, as written by the company", expendable=True),
        _personal("name", "name of the person"),
        _personal("person", "a number that one human or household has on all positions (tax number, identity card)"),
        _personal("phone", "telephone number"),
        _personal("email", "mail address"),
        _personal("address", "postal address"),
        _personal("bank", "bank account, card or wallet to which commissions are paid"),
    ),
    key="id",
)

ORDERS = Table(
    "orders",
    "an order line",
    (
        _id("id", "order or line number"),
        Column("date", "date", "when it was ordered or paid"),
        Column("delivered", "date", "when it reached the buyer", expendable=True),
        _id("seller_id", "who is credited with the sale", refers_to="participants.id"),
        _id("buyer_id", "who bought; a customer need not be a participant"),
        Column("buyer_kind", "choice", "what the buyer is, where the company says so", choices=PARTICIPANT_KINDS),
        Column("product", "text", "product or package"),
        Column("category", "choice", "what kind of thing was bought", choices=ORDER_CATEGORIES),
        Column("quantity", "integer", "pieces"),
        Column(
            "amount",
            "money",
            "price paid for the line, with its tax and freight, in minor units; negative for a reversal",
            required=True,
        ),
        Column("tax", "money", "the part of `amount` that is tax and no sale; negative for a reversal"),
        Column("freight", "money", "the part of `amount` that is freight and no sale; negative for a reversal"),
        Column(
            "discount",
            "money",
            "coupon or discount granted, already deducted from `amount`: the list price is both together",
        ),
        Column("cost", "money", "wholesale price or cost of the line; negative for a reversal", expendable=True),
        Column("volume", "volume", "commissionable volume (BV, CV) of the line, in thousandths"),
        Column(
            "points", "volume", "qualifying points (PV) of the line, where they are not the `volume`; in thousandths"
        ),
        Column("currency", "currency", "ISO 4217 code or declared token", required=True),
        _id("reverses", "the order that this one takes back, in whole or in part", refers_to="orders.id"),
        _id("coupon_id", "whose coupon the buyer used", refers_to="participants.id"),
        Column("receipt", "text", "number of the receipt that the seller gave the customer", expendable=True),
    ),
    key="id",
)

PAYOUTS = Table(
    "payouts",
    "a payment the company recorded",
    (
        _id("id", "number of the payment"),
        Column("date", "date", "when it was credited or paid"),
        Column("period", "period", "commission period, YYYY, YYYY-MM, YYYY-Www or YYYY-MM-DD"),
        _id("participant_id", "who received it", required=True, refers_to="participants.id"),
        Column("component", "text", "which bonus of the plan it was paid for"),
        Column("level", "integer", "commission level, where recorded"),
        Column("amount", "money", "amount in minor units; negative for a clawback", required=True),
        Column("currency", "currency", "ISO 4217 code or declared token", required=True),
        _id("source_order_id", "the order that gave rise to it", refers_to="orders.id"),
        _id("source_participant_id", "the participant who gave rise to it", refers_to="participants.id"),
    ),
    key="id",
)

RETURNS = Table(
    "returns",
    "a return or refund request",
    (
        _id("id", "number of the request"),
        _id("order_id", "the order it is about", refers_to="orders.id"),
        _id("participant_id", "who asked", refers_to="participants.id"),
        Column("requested", "date", "when it was asked for"),
        Column("decided", "date", "when it was decided"),
        Column("outcome", "choice", "how it was decided", choices=RETURN_OUTCOMES),
        Column("amount", "money", "amount given back, in minor units"),
        Column("currency", "currency", "ISO 4217 code or declared token"),
    ),
    key="id",
)

RANKS = Table(
    "ranks",
    "a rank held in a period",
    (
        _id("participant_id", "who held it", required=True, refers_to="participants.id"),
        Column("period", "period", "commission period", required=True),
        Column("rank", "text", "name of the rank", required=True),
    ),
)

MOVES = Table(
    "moves",
    "a dated change of parent in a named tree",
    (
        _id("participant_id", "who moved", required=True, refers_to="participants.id"),
        Column("tree", "choice", "which tree", choices=TREES, required=True),
        _id("parent_id", "the new parent; empty for a root", refers_to="participants.id"),
        Column("leg", "choice", "side or place under the new parent", choices=LEGS, open_choices=True),
        Column("from", "date", "from when on", required=True),
    ),
)

CLICKS = Table(
    "clicks",
    "a visit that an affiliate referred",
    (
        _id("participant_id", "the affiliate who referred it", required=True, refers_to="participants.id"),
        _id("order_id", "the order that it led to, where the company says so", refers_to="orders.id"),
        _id("buyer_id", "the visitor, as the orders name the buyer"),
        Column("date", "date", "when it took place", required=True),
        Column("kind", "choice", "what was done; empty means click", choices=CLICK_KINDS),
    ),
)

FACTS = Table(
    "facts",
    "something the company states of a participant in a period",
    (
        _id("participant_id", "of whom; empty: of the company as a whole", refers_to="participants.id"),
        Column("period", "period", "commission period; empty: in every period"),
        Column(
            "fact", "text", "name of what is stated, such as active, personal_volume, qualified, rate", required=True
        ),
        Column("value", "fact", "what is stated: a decimal number, or true or false", required=True),
    ),
)

COMPLAINTS = Table(
    "complaints",
    "a complaint, ticket or dispute",
    (
        _id("id", "number of the complaint"),
        Column("date", "date", "when it was made"),
        _id("order_id", "the order it is about", refers_to="orders.id"),
        _id("buyer_id", "who complained, as the orders name the buyer"),
        _id("participant_id", "the affiliate or seller it is about", refers_to="participants.id"),
        Column("subject", "choice", "what it is about", choices=COMPLAINT_SUBJECTS, expendable=True),
        Column("resolved", "date", "when it was closed", expendable=True),
    ),
    key="id",
)

INVITATIONS = Table(
    "invitations",
    "an invitation that somebody sent to a possible customer",
    (
        _id("id", "number of the invitation"),
        _id("participant_id", "who invited; a customer need not be a participant", required=True),
        Column("date", "date", "when it was sent", expendable=True),
        _personal("contact", "where it was sent: mail address, telephone number, or a code made of it"),
        _id("buyer_id", "who followed it, as the orders name the buyer; empty while nobody did"),
        Column("accepted", "date", "when it was followed", expendable=True),
        _id("order_id", "the first order that it led to, where the company says so", refers_to="orders.id"),
        Column("channel", "text", "how it was sent", expendable=True),
    ),
    key="id",
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (PARTICIPANTS, ORDERS, PAYOUTS, RETURNS, RANKS, MOVES, CLICKS, FACTS, COMPLAINTS, INVITATIONS)
}

PERSONAL = frozenset(column.name for table in TABLES.values() for column in table if column.personal)
"""Columns that say who somebody is."""

ORIGIN = (
    pa.field("source_file", pa.string(), nullable=False),
    pa.field("source_line", pa.int64(), nullable=False),
)


def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of one table, origin columns last."""
    return pa.schema([pa.field(column.name, ARROW_TYPES[column.kind]) for column in TABLES[table]] + list(ORIGIN))


REFUSED = pa.schema(
    [
        pa.field("file", pa.string(), nullable=False),
        pa.field("line", pa.int64(), nullable=False),
        pa.field("table", pa.string()),
        pa.field("column", pa.string()),  # heading as found
        pa.field("value", pa.string()),  # the offending value, cut at 500 characters
        pa.field("code", pa.string(), nullable=False),  # see intake.errors.RefusalCode
        pa.field("hint", pa.string(), nullable=False),
        pa.field("row", pa.string()),  # the whole row as found, JSON
    ]
)
"""One row per refused row of the input, for `refused.parquet`."""
