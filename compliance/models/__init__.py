"""The field's mathematics: formulas that need no records, each with its source and what it does not show.

`evaluate(model, inputs)` answers a model by its name, such as `rrt.expected_recruits`, for whoever checks figures
against a table of reference values; `names()` lists them. Inside Downline the functions are called directly, each theme
from its module:

    structural     struct.*    complete trees, cohorts, splitting boards, the bound on breaking even
    flow           flow.*      where the money paid out can have come from
    rewards        vk.*        retail and recruiting reward, reconstructed after Vander Nat and Keep
    rrt, port      rrt.*, port.*    trees that grow by blind chance, or towards those who recruited already
    branching      gw.*        Galton-Watson processes and the chain letter
    mechanisms     mech.*      reward mechanisms and false names
    contracts      forsage.*   the smart-contract matrices X3 and X4
    ponzi          ponzi.*     a fund that pays withdrawals from deposits
    saturation     sat.*       exhaustion, logistic and Bass growth, the growth that payouts need
    inequality     ineq.*      Gini, Theil, Herfindahl, top shares
    shape          tree.*      the shape of one tree
    power_law      fit.*       exponents of heavy tails
    bunching       bunch.*, density.*    purchases heaped up at a threshold
    orders         spike.*, inventory.*  period ends, goods neither sold nor used
    chance         stat.*      an interval and a tail
    benford        benford.*   first digits
    benchmarks     benchmark.* published constants, which are data (benchmarks.yaml)

`registry` holds what a model is and how its inputs are read, `quantities` the types of inputs, `harmonic` and `roots`
the numerical ground, `vectors` the comparison with a file of expected values. docs/models.md says what each is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from intake.on_demand import on_demand

if TYPE_CHECKING:
    from compliance.models.evaluating import catalogue, evaluate, names
    from compliance.models.vectors import Verdict, verify_file

__all__ = ["Verdict", "catalogue", "evaluate", "names", "verify_file"]

_HOMES = {
    "Verdict": "vectors",
    "catalogue": "evaluating",
    "evaluate": "evaluating",
    "names": "evaluating",
    "verify_file": "vectors",
}

__getattr__ = on_demand(__name__, _HOMES)
