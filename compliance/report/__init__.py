"""The report: one model, rendered as a self-contained HTML page in English or Arabic.

`assemble` gathers what the other parts computed into a `Report`; `render_html` writes it down. The first screen is
what a regulator would read aloud: how many people, how much in, how much out, who funded the payouts, what share
paid in more than they got back, how top-heavy, which warning signs are met under which instrument, and what could
not be measured and why. Below it each figure leads to its definition, its rows and the query that gives them.
"""

from compliance.report.assemble import assemble
from compliance.report.model import Report
from compliance.report.reading import OtherForm, read_report
from compliance.report.render import render_html
from compliance.report.summary import summary_lines

__all__ = ["OtherForm", "Report", "assemble", "read_report", "render_html", "summary_lines"]
