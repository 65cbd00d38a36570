"""The examples in `definitions/`: what the sources define and no published example shows.

The amounts were worked out by hand from the definition that each example names, as its `calc` says, and were not taken
from what the plan computes; here `calc` is held to `amount`. `test_published_examples` computes them like the others.
"""

from __future__ import annotations

import ast
import json
import operator
from fractions import Fraction
from pathlib import Path

import pytest

from compensation import examples

FOLDER = Path(__file__).with_name("definitions")
FILES = examples.find(FOLDER)
_DOES = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def _value(node: ast.expr, text: str) -> Fraction:
    if isinstance(node, ast.BinOp):
        made = _DOES[type(node.op)](_value(node.left, text), _value(node.right, text))
        assert isinstance(made, Fraction)
        return made
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, text)
    return Fraction(ast.get_source_segment(text, node) or "")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_what_is_expected_follows_from_its_arithmetic_and_names_its_definition(file: Path) -> None:
    example = json.loads(file.read_text(encoding="utf-8"))
    assert example["id"] == file.stem
    assert all(source["kind"] == "definition" and source["paragraph"] for source in example["source"])
    for one in example["expected"]:
        assert _value(ast.parse(one["calc"], mode="eval").body, one["calc"]) == Fraction(one["amount"]), one
