"""Checking a company without its records: would I lose money, and what should I ask?

Somebody who was offered a place in a network has the plan, the costs and perhaps the company's published income
table, and five minutes. `check_company(CheckInputs(...))` answers with a `CompanyCheck`:

1. **Three figures with their sums.** What the first year costs; what the middle participant is left with; the chance
   of coming out ahead. A published table proves only so much: a bracket "1 to 250" says nothing of where in it people
   stand. So a figure is a range from what the table proves to what it leaves possible, in exact fractions, and never
   a guess in between. People whom the table leaves out are counted as having received nothing; that is said, and the
   figure for the listed people stands beside it. Where an income was named, a fourth figure says who reached it.
2. **People needed.** With a bonus for recruiting: how many recruits cover the cost, and three levels down.
3. **Warning signs.** Costs, plan and table become `Measurement`s under the ids that the indicators use, and
   `compliance.judge` holds the country's rules against them. What only records could answer is counted, not guessed.
4. **What the table hides**, and the five practices that weaken such tables; only what can be told from the table.
5. **Comparison** with published tables of real companies: shares of like people, never money across currencies.
6. **A job, or only a commission?** And **questions for the sponsor**, gravest first, from the rules themselves.

Modules, from a file to the answer: `grid`, `pdf_words`, `pdf_tables`, `arabic_text`, `choosing` find a table; `columns`,
`ranges`, `brackets`, `published` read it; `income` is the table and what it proves; `answering`, `reaching` make the
figures; `signs` the measurements; `hidden`, `practices` the remarks; `real_tables`, `comparing` the comparison; `job`;
`checking` puts it together; `plain` and `page` say it; `request` is what a person types; `model` the data in and out.

    request = CheckRequest(joining="49", monthly="65", currency="USD", laws=("us",), income={"text": pasted})
    check = check_company(inputs_of(request))
    print("\\n".join(check_lines(check, "en")))
"""

from __future__ import annotations

from compliance.check.checking import check_company, packs_of
from compliance.check.errors import CheckBusy, CheckInputError, IncomeTableError
from compliance.check.income import Bracket, IncomePeriod, IncomeTable, Population
from compliance.check.model import CheckInputs, CompanyCheck, Figure, Hidden, PeopleNeeded
from compliance.check.page import check_page
from compliance.check.plain import check_lines
from compliance.check.published import parse_income_table, read_income_table
from compliance.check.request import CheckRequest, IncomeGiven, Uploaded, inputs_of

__all__ = [
    "Bracket",
    "CheckBusy",
    "CheckInputError",
    "CheckInputs",
    "CheckRequest",
    "CompanyCheck",
    "Figure",
    "Hidden",
    "IncomeGiven",
    "IncomePeriod",
    "IncomeTable",
    "IncomeTableError",
    "PeopleNeeded",
    "Population",
    "Uploaded",
    "check_company",
    "check_lines",
    "check_page",
    "inputs_of",
    "packs_of",
    "parse_income_table",
    "read_income_table",
]
