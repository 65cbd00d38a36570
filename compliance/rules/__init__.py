"""The law as data: rule packs, one YAML file a jurisdiction, and the model they must fit.

A newcomer's tour. `packs/us.yaml`, `gb.yaml`, `us-ca.yaml` and the others, one a jurisdiction, hold one entry a
rule, each with the instrument and article it comes from, the day it came into force where the source tells,
its wording in English and Arabic, what it is held against (an indicator of `compliance.indicators` with
comparator and threshold, or a question that a person answers, or the data that would be needed), what a
true comparison means, how grave it is, the page it was read on, whether it was verified there, and its
caveat: the strongest thing to be said against reading too much into it. `general` holds warning signs
without a statutory number, self-regulation and religious opinions; none of those is law.

`load_packs(["us", "general"], on=date(2024, 12, 31))` gives the rules that applied on a day. A rule whose
source was not seen has `enabled` false, and the judge leaves it alone unless it is asked for.
`docs/rules.md` shows how to add a rule with a YAML test and without a line of Python.
"""

from __future__ import annotations

from compliance.rules.known import give_pack, pack_file, pack_names
from compliance.rules.load import Pack, all_packs, load_pack, load_packs
from compliance.rules.model import SEVERITIES, InForce, Rule, rule_schema

__all__ = [
    "SEVERITIES",
    "InForce",
    "Pack",
    "Rule",
    "all_packs",
    "give_pack",
    "load_pack",
    "load_packs",
    "pack_file",
    "pack_names",
    "rule_schema",
]
