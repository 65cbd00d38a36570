"""The derived tables as plain joins and groups over the records, one SELECT each: what their quick making is held against.

Each names its table's columns and reads the list, the records and derived tables that are checked before it. Main currency is
USD, and nobody's row was refused.
"""

from __future__ import annotations

SIDE = """
    CASE WHEN o.buyer_kind IN ('customer', 'preferred_customer') AND b.kind IS NULL THEN 'outside'
         WHEN b.is_participant OR o.buyer_kind IN ('distributor', 'affiliate', 'affiliate_manager') THEN 'participant'
         WHEN b.row IS NOT NULL OR o.buyer_kind IS NOT NULL OR o.buyer_id IS NOT NULL THEN 'outside'
         ELSE 'unknown' END
"""

TABLES = {
    "order_facts": f"""
        SELECT CASE WHEN {{traced}} THEN o.id END AS order_id, b.row AS buyer, s.row AS seller, {SIDE} AS side,
               coalesce(o.category, 'unstated') AS category, o.date, CAST(date_trunc('month', o.date) AS DATE) AS month,
               o.amount, o.source_line - 2 AS place,
               coalesce(o.buyer_kind IN ('customer', 'preferred_customer'), false) AS called_customer, o.volume, o.points
        FROM orders o LEFT JOIN people b ON b.id = o.buyer_id LEFT JOIN people s ON s.id = o.seller_id
        WHERE o.currency = 'USD'
    """,
    "first_orders": """
        SELECT buyer AS row, min(date) AS first_order, max(date) AS last_order FROM order_facts
        WHERE buyer IS NOT NULL AND date IS NOT NULL GROUP BY 1
    """,
    "reward_facts": """
        SELECT p.row AS payee, coalesce(
                   CAST(date_trunc('month', r.date) AS DATE), CAST(try_strptime(r.period || '-01', '%Y-%m-%d') AS DATE)
               ) AS month, r.date, r.amount, r.component, r.level AS stated_level, f.place IS NOT NULL AS traced, f.side,
               f.category, coalesce(f.buyer, n.row) AS source, f.month AS ordered_month, f.place,
               coalesce(f.buyer, n.row) IS NOT NULL AND coalesce(f.buyer, n.row) = p.row AS own,
               f.date IS NOT NULL AND f.date <= c.first_order AS first_order,
               CASE WHEN s.pre >= p.pre AND s.pre < p.pre + p.size THEN s.depth - p.depth END AS distance
        FROM rewards r
        LEFT JOIN people p ON p.id = r.participant_id
        LEFT JOIN people n ON n.id = r.source_participant_id
        LEFT JOIN (SELECT DISTINCT ON (order_id) * FROM order_facts ORDER BY order_id, date, amount, place) f
            ON f.order_id = r.source_order_id
        LEFT JOIN first_orders c ON c.row = f.buyer
        LEFT JOIN people s ON s.row = coalesce(f.buyer, n.row)
        WHERE r.currency = 'USD'
    """,
    "order_months": """
        SELECT buyer AS row, month, sum(amount) AS paid_in,
               coalesce(sum(amount) FILTER (category IN ('product', 'autoship', 'unstated')), 0) AS goods,
               coalesce(sum(amount) FILTER (category = 'fee'), 0) AS fees,
               coalesce(sum(amount) FILTER (category = 'autoship'), 0) AS recurring,
               count(*) FILTER (amount > 0) AS purchases, sum(volume) AS volume, sum(coalesce(points, volume)) AS points,
               count(*) AS orders, min(date) AS first, max(date) AS last
        FROM order_facts WHERE side = 'participant' AND buyer IS NOT NULL GROUP BY 1, 2
    """,
    "other_months": """
        SELECT seller AS row, month, coalesce(sum(amount) FILTER (side = 'outside'), 0) AS outside,
               coalesce(sum(amount) FILTER (side = 'participant'), 0) AS unlisted,
               coalesce(sum(amount) FILTER (side = 'unknown'), 0) AS unknown,
               count(*) FILTER (side = 'outside' AND amount > 0) AS sales
        FROM order_facts WHERE side <> 'participant' OR buyer IS NULL GROUP BY 1, 2
    """,
    "reward_months": """
        SELECT payee AS row, month, sum(amount) AS paid_out, count(*) AS payouts,
               coalesce(sum(amount) FILTER (source IS NOT NULL AND NOT own), 0) AS for_others,
               min(date) AS first, max(date) AS last
        FROM reward_facts WHERE payee IS NOT NULL GROUP BY 1, 2
    """,
    "net": """
        SELECT p.row, p.id, p.sponsor_id, p.country, p.joined, p."left", p.depth, p.recruits,
               coalesce(i.amount, 0) - coalesce(f.amount, 0) AS paid_in, coalesce(f.amount, 0) AS refunded,
               coalesce(i.goods, 0) AS goods, coalesce(i.orders, 0) AS orders, coalesce(o.amount, 0) AS paid_out,
               coalesce(o.payouts, 0) AS payouts, coalesce(s.amount, 0) AS sold,
               coalesce(o.amount, 0) + coalesce(f.amount, 0) - coalesce(i.amount, 0) AS net,
               least(i.first, o.first) AS first_entry, greatest(i.last, o.last) AS last_entry
        FROM people p
        LEFT JOIN (SELECT buyer AS row, sum(amount) AS amount, count(*) AS orders, min(date) AS first, max(date) AS last,
                          sum(amount) FILTER (category IN ('product', 'autoship', 'unstated')) AS goods
                   FROM order_facts WHERE side = 'participant' GROUP BY 1) i USING (row)
        LEFT JOIN (SELECT payee AS row, sum(amount) AS amount, count(*) AS payouts, min(date) AS first, max(date) AS last
                   FROM reward_facts GROUP BY 1) o USING (row)
        LEFT JOIN (SELECT seller AS row, sum(amount) AS amount FROM order_facts WHERE side = 'outside' GROUP BY 1) s USING (row)
        LEFT JOIN (SELECT row, sum(amount) AS amount FROM refunds GROUP BY 1) f USING (row)
        WHERE p.is_participant
    """,
    "discount_only": """
        SELECT row FROM order_months JOIN net USING (row) WHERE recruits = 0 AND paid_out <= 0
        GROUP BY 1 HAVING sum(order_months.goods) > 0 AND max(order_months.goods) <= {allowance}
    """,
}
