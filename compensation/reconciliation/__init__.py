"""Recorded against recomputed, to the minor unit, and why they differ.

`reconciling` holds recorded payments against computed ones, `pairing` finds which belongs to which; `causes` tries why
the rest differs: what the ledger itself shows (`cause_claims`), and the plan run again with one thing changed
(`trials`). `cause_words` says each cause in both languages.
"""
