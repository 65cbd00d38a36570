"""The derived tables that indicators count over: each is built once, when something asks for it.

`people` numbers everybody (`row`) and carries the sponsor tree; `order_facts` and `reward_facts` say of each
order and reward whose money it was, in integers that group fast; `net` has one row for everyone ever
enrolled; `money_in` and `money_out` are the company's own rows, with file and line, for evidence. Only rows
in the main currency are counted; `Records.other_currencies` says what was left out. What names match, and sums for each
person and month, are found in NumPy (`compliance.found_rows`, `compliance.person_sums`); the rest is the SQL here.
"""

# ruff: noqa: S608 - put together from constants of this file; the one value that is filled in is quoted

from __future__ import annotations

import pyarrow as pa

COMPUTED = pa.schema(
    [
        ("line", pa.int64()),
        ("period", pa.string()),
        ("date", pa.timestamp("s")),
        ("participant_id", pa.string()),
        ("component", pa.string()),
        ("amount", pa.int64()),
        ("currency", pa.string()),
        ("source_order_id", pa.string()),
        ("source_participant_id", pa.string()),
        ("level", pa.int32()),
        ("rate", pa.string()),
        ("base", pa.int64()),
        ("status", pa.string()),
        ("note", pa.string()),
    ]
)
RECONCILIATION = pa.schema(
    [
        ("status", pa.string()),
        ("recorded", pa.int64()),
        ("recomputed", pa.int64()),
        ("difference", pa.int64()),
    ]
)
"""What the plan's engine writes, for snapshots on which it was not run."""

CUSTOMER_KINDS = "('customer', 'preferred_customer')"
SELLER_KINDS = "('distributor', 'affiliate', 'affiliate_manager')"

SIDES = ("participant", "outside", "unknown")
CATEGORIES = ("starter_kit", "product", "autoship", "training", "sales_tool", "fee", "deposit", "unstated")
TYPES = (f"CREATE TYPE side AS ENUM {SIDES}", f"CREATE TYPE category AS ENUM {CATEGORIES}")
"""The types by which orders are told apart; the code of a value is its place."""

SIDE = f"""
    CASE WHEN o.buyer_kind IN {CUSTOMER_KINDS} AND b.states_kind IS NOT TRUE THEN 'outside'::side
         WHEN b.is_participant OR o.buyer_kind IN {SELLER_KINDS} THEN 'participant'::side
         WHEN b.row IS NULL AND o.buyer_kind IS NULL AND {{lost}} THEN 'unknown'::side
         WHEN b.row IS NOT NULL OR o.buyer_kind IS NOT NULL OR o.buyer_id IS NOT NULL THEN 'outside'::side
         ELSE 'unknown'::side END
"""
"""Whose money an order is. A listed position counts as a participant unless its own kind says customer; where
the list has no kinds, the order's buyer_kind decides. A buyer who is not on the list is outside, unless he may
have stood in a row of the list that was refused (`lost`, see `LOST`)."""

LOST = {"nobody": "false", "known": "o.buyer_id IN (SELECT id FROM lost_ids)", "anybody": "o.buyer_id IS NOT NULL"}
"""Which unlisted buyers may be participants whose row was refused."""

REWARDS_FROM_PAYOUTS = """
CREATE VIEW rewards AS
SELECT id, date, period, participant_id, component, level, amount, currency, source_order_id,
       source_participant_id, source_file, source_line
FROM payouts
"""

REWARDS_FROM_COMPUTED = """
CREATE VIEW rewards AS
SELECT CAST(line AS VARCHAR) AS id, CAST(date AS TIMESTAMP) AS date, period, participant_id, component,
       CAST(level AS BIGINT) AS level, amount, currency, source_order_id, source_participant_id,
       'computed' AS source_file, CAST(line AS BIGINT) AS source_line
FROM computed
WHERE status IN ('paid', 'released')
"""

CATEGORY = (
    "CASE WHEN o.category IS NULL THEN 'unstated'::category"
    + "".join(f" WHEN o.category = '{name}' THEN '{name}'::category" for name in CATEGORIES)
    + " ELSE o.category::category END"
)
"""A comparison with each takes a third of what the cast does; the cast says what is wrong with a word that is none of them."""

ORDER_FACTS = f"""
CREATE TABLE order_facts AS
SELECT {{order_id}} AS order_id, b.row AS buyer, b.seller, {SIDE} AS side, {CATEGORY} AS category, o.date,
       CAST(date_trunc('month', o.date) AS DATE) AS month, o.amount, o.file_row_number::UINTEGER AS place, b.customer,
       coalesce(o.buyer_kind IN {CUSTOMER_KINDS}, false) AS called_customer, o.volume, o.points
FROM {{orders}} o POSITIONAL JOIN order_parties b
WHERE {{counted_orders}}
"""
"""`customer` is a number of whoever bought, on the list or not; NULL where an order names nobody. It tells buyers apart and
says nothing else: it is the same only while the snapshot is open. `order_parties` is found by `compliance.found_rows`."""

MONTH_NUMBER = "coalesce(year(month) * 12 + month(month) - 13, -1)::INTEGER"
"""The months of a column `month` since January of the year 1, -1 for none. Several times faster than `datediff`."""

PRODUCTS = "('product', 'autoship', 'unstated')"
"""Categories that somebody can use up. An order without a category is taken for a product, to the company's
favour, and counted in a note."""

JOINING = "('fee', 'starter_kit', 'deposit')"
"""Categories that buy a position or a claim and nothing to use."""

REFUNDS = """
CREATE TABLE refunds AS
SELECT coalesce(p.row, b.row) AS row, CAST(date_trunc('month', coalesce(r.decided, r.requested)) AS DATE) AS month,
       CAST(sum(r.amount) AS BIGINT) AS amount
FROM returns r
LEFT JOIN people p ON p.id = r.participant_id
LEFT JOIN returned_lines o ON o.id = r.order_id AND r.participant_id IS NULL
LEFT JOIN people b ON b.id = o.buyer_id
WHERE r.outcome IN ('refunded', 'partly_refunded') AND r.amount IS NOT NULL
  AND coalesce(r.currency, {currency}) = {currency} AND coalesce(p.row, b.row) IS NOT NULL
GROUP BY 1, 2
"""
"""What was given back to each in the month in which it was decided, else asked for; NULL where neither is dated."""

REWARD_MONTH = """
CAST(date_trunc('month', coalesce(r.date,
    try_strptime(r.period, '%Y-%m-%d'), try_strptime(r.period || '-01', '%Y-%m-%d'),
    try_strptime(r.period || '-1', '%G-W%V-%u'), try_strptime(r.period || '-01-01', '%Y-%m-%d'))) AS DATE)
"""

REWARD_FACTS = f"""
CREATE TABLE reward_facts AS
SELECT l.payee, {REWARD_MONTH} AS month, r.date, r.amount, r.component, r.level AS stated_level, l.traced,
       ({list(SIDES)}::side[])[l.side + 1] AS side, ({list(CATEGORIES)}::category[])[l.category + 1] AS category,
       l.source, l.ordered_month, l.place, l.own, l.first_order, l.distance
FROM rewards r POSITIONAL JOIN reward_links l
WHERE {{counted_rewards}}
"""
"""`reward_links` is found by `compliance.found_rows`."""

REWARD_KINDS = """
CREATE TABLE reward_kinds AS
SELECT CASE GROUPING(month, cell, unit) WHEN 3 THEN 'month' WHEN 5 THEN 'cell' ELSE 'unit' END AS apart,
       month, cell, unit, traced, side, category, own,
       CAST(sum(amount) AS BIGINT) AS amount, CAST(count(*) AS BIGINT) AS lines
FROM (SELECT r.month, p.cell, p.unit, r.traced, r.side, r.category, r.own, r.amount
      FROM reward_facts r LEFT JOIN people p ON p.row = r.payee)
GROUP BY GROUPING SETS ((month, traced, side, category, own), (cell, traced, side, category, own),
                        (unit, traced, side, category, own))
"""
"""All rewards by what gave rise to them, three times: by month, by part of the company, and by group of people. Few rows, so
that a figure which is a sum of rewards can be taken apart without reading them again."""

NET = """
CREATE TABLE net AS
SELECT p.row, p.id, p.sponsor_id, p.country, p.joined, p."left", p.depth, p.recruits,
       s.paid_in - s.amount AS paid_in, s.amount AS refunded, s.goods, s.orders, s.paid_out, s.payouts, s.outside AS sold,
       s.paid_out + s.amount - s.paid_in AS net, s.first_entry, s.last_entry
FROM people p JOIN person_totals s USING (row)
WHERE p.is_participant
"""
"""What everyone ever enrolled paid, received and sold, added up by `compliance.person_sums`."""

CELLS = """
CREATE TABLE cells AS
SELECT DISTINCT cell, CAST(date_trunc('month', joined) AS DATE) AS cohort, country, branch FROM people
"""
"""The parts of the company in which month of joining, country and branch are the same."""

PLACED_ORDERS = f"""
CREATE VIEW placed_orders AS
SELECT o.source_file, o.source_line, o.id AS order_id, o.date, o.buyer_id, ({SIDE})::VARCHAR AS side,
       o.seller_id, o.category, o.product, o.amount, o.currency, o.file_row_number AS place, b.row AS buyer
FROM {{orders}} o LEFT JOIN people b ON b.id = o.buyer_id
WHERE o.currency = {{currency}}
"""
"""`place` is the row of the order in the snapshot's table: by it a few rows are read without reading all of them."""

MONEY_IN = """
CREATE VIEW money_in AS SELECT * EXCLUDE (place, buyer) FROM placed_orders
"""

MONEY_OUT = """
CREATE VIEW money_out AS
SELECT r.source_file, r.source_line, r.id AS payout_id, r.date, r.period, r.participant_id,
       r.component, r.level, r.amount, r.currency, r.source_order_id, r.source_participant_id
FROM rewards r
WHERE r.currency = {currency}
"""

BUYER_MONTHS = """
CREATE VIEW buyer_periods AS
SELECT row, month AS period, paid_in AS paid, goods, recurring, purchases AS orders, volume, points
FROM order_months WHERE month IS NOT NULL
"""

BUYER_PERIODS = f"""
CREATE TABLE buyer_periods AS
SELECT buyer AS row, CAST(date_trunc('{{period}}', date) AS DATE) AS period,
       CAST(sum(amount) AS BIGINT) AS paid,
       CAST(coalesce(sum(amount) FILTER (category IN {PRODUCTS}), 0) AS BIGINT) AS goods,
       CAST(coalesce(sum(amount) FILTER (category = 'autoship'), 0) AS BIGINT) AS recurring,
       CAST(count(*) FILTER (amount > 0) AS INTEGER) AS orders,
       CAST(sum(volume) AS BIGINT) AS volume, CAST(sum(coalesce(points, volume)) AS BIGINT) AS points
FROM order_facts
WHERE side = 'participant' AND buyer IS NOT NULL AND date IS NOT NULL
GROUP BY 1, 2
"""
"""What each participant bought in each commission period (UTC), in money, and in volume and qualifying points where orders
carry them (points where no other are given are the volume). Calendar months, where no plan says otherwise, stand ready."""

ORDER_LINES = """
CREATE VIEW order_lines AS SELECT *, file_row_number AS place FROM {orders}
"""
"""The orders as they stand, with the `place` by which `order_facts` names them: for what only few of them are asked."""

RETURN_REQUESTS = """
CREATE TABLE return_requests AS
SELECT r.id, r.order_id, r.outcome, r.requested, r.decided, r.source_file, r.source_line,
       CASE WHEN coalesce(r.currency, {currency}) = {currency} THEN r.amount END AS paid,
       CASE WHEN o.price > 0 THEN o.price END AS price, o.bought, coalesce(p.row, b.row) AS row,
       coalesce(p.is_participant, b.is_participant, false) AS by_participant
FROM returns r
LEFT JOIN (
    SELECT id, min(buyer_id) AS buyer_id, min(date) AS bought,
           CAST(sum(amount) FILTER (currency = {currency}) AS BIGINT) AS price
    FROM returned_lines GROUP BY id
) o ON o.id = r.order_id
LEFT JOIN people p ON p.id = r.participant_id
LEFT JOIN people b ON b.id = o.buyer_id
"""
"""Each request for a refund with the order that it is about: what was given back of which price, and whose it is. The
price is the sum of the order's lines."""

RETURNED_LINES = """
CREATE TABLE returned_lines AS
SELECT id, buyer_id, date, amount, currency, file_row_number AS place FROM {orders}
WHERE id IN (SELECT order_id FROM returns)
"""
"""The orders that requests for a refund name."""

RETURNED_FACTS = """
CREATE TABLE returned_lines AS
SELECT f.order_id AS id, b.id AS buyer_id, f.date, f.amount, {currency} AS currency, f.place
FROM order_facts f LEFT JOIN people b ON b.row = f.buyer
WHERE f.order_id IN (SELECT order_id FROM returns)
"""
"""The same where every order is in `order_facts`, with its number."""

AS_MADE = "CREATE TABLE {name} AS SELECT * FROM made"
"""For tables that are made in NumPy: `compliance.people`, `compliance.person_sums`."""

FITTING = {
    "order_months": "SELECT CAST(sum(abs(volume::HUGEINT)) AS BIGINT),"
    " CAST(sum(abs(coalesce(points, volume)::HUGEINT)) AS BIGINT) FROM order_facts",
    "net": "SELECT CAST(sum(abs(amount::HUGEINT)) AS BIGINT) FROM refunds",
}
"""What fails where NumPy may have added up more than 64 bits hold, beyond the amounts that `compliance.largest_sums` checks."""

DEPENDS = {
    "people": (),
    "order_facts": ("people",),
    "first_orders": ("order_facts",),
    "returned_lines": ("order_facts",),
    "refunds": ("people", "returned_lines"),
    "buyer_periods": ("order_months",),
    "order_lines": (),
    "return_requests": ("people", "returned_lines"),
    "reward_facts": ("people", "order_facts", "first_orders"),
    "order_months": ("order_facts",),
    "reward_months": ("reward_facts",),
    "reward_kinds": ("reward_facts", "cells"),
    "other_months": ("order_facts",),
    "net": ("people", "order_months", "other_months", "refunds", "reward_months"),
    "discount_only": ("order_months", "net"),
    "cells": ("people",),
    "placed_orders": ("people",),
    "money_in": ("placed_orders",),
    "money_out": (),
}
"""Which derived table is made from which."""
