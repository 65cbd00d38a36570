"""Checking a company without its records: would I lose money, and what should I ask?

Somebody who was offered a place in a network has the plan, the costs and perhaps the company's published income
table, and five minutes. `check_company(CheckInputs(...))` answers with a `CompanyCheck`:

1. **Three figures with their sums.** What the first year costs; what the middle participant is left with; the chance
   of coming out ahead. A published table proves only so much: a bracket "1 to 250" says nothing of where in it people
   stand. So a figure is a range from what the table proves to what it leaves possible, in exact fractions, and never
   a guess in between. People whom the table leaves out are counted as having received nothing; that is said, and the
   figure for the listed people stands beside it.
2. **People needed.** With a bonus for recruiting: how many recruits cover the cost, and what that means three levels
   down.
3. **Warning signs.** Costs, plan and table become `Measurement`s under the ids that the indicators use, and
   `compliance.judge` holds the country's rules against them. A rule that only records could answer is counted, not
   guessed.
4. **What the table hides.** Only what can be told from the table or was stated with it.
5. **Questions for the sponsor**, gravest first, from the rules themselves.

Modules: `ranges` and `published` read tables as companies print them; `income` is the table and what it proves;
`answering` makes the figures; `signs` the measurements; `hidden` the remarks; `checking` puts it together; `plain`
says it in short lines; `model` is the data that goes in and comes out; `errors` how it says no.

    table = read_income_table(Path("income.csv"), currency="USD", scale=2)
    check = check_company(CheckInputs(joining=4900, monthly=6500, currency="USD", scale=2, income=table, laws=("us",)))
    print("\\n".join(check_lines(check, "en")))
"""

from __future__ import annotations

from compliance.check.checking import check_company, packs_of
from compliance.check.errors import CheckInputError, IncomeTableError
from compliance.check.income import Bracket, IncomePeriod, IncomeTable, Population
from compliance.check.model import CheckInputs, CompanyCheck, Figure, Hidden, PeopleNeeded
from compliance.check.plain import check_lines
from compliance.check.published import parse_income_table, read_income_table

__all__ = [
    "Bracket",
    "CheckInputError",
    "CheckInputs",
    "CompanyCheck",
    "Figure",
    "Hidden",
    "IncomePeriod",
    "IncomeTable",
    "IncomeTableError",
    "PeopleNeeded",
    "Population",
    "check_company",
    "check_lines",
    "packs_of",
    "parse_income_table",
    "read_income_table",
]
