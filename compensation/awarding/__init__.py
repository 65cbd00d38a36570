"""How each family computes: from the records, laid out as arrays, to claims and awards.

One file a family, named as the family is, beside what several families share: who an order belongs to (`customers`,
`attribution_search`, `order_claims`), what a period holds (`of_period`, `on_awards`), places in computed matrices.
What a family *is*, with its parameters, stands in `components`; what it says of itself in `wording`; its loops in
`kernels`.
"""
