"""Rule packs: the law as data, with its sources: those that come with the product, and the operator's own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from api.identity import actor
from api.models import PackInfo
from api.problems import RequestProblem, declared
from compliance.rules import Pack, all_packs, load_pack, pack_names
from intake.text import say

Search = Annotated[
    str, Query(description="Part of a name or of a title in either language.", examples=["emirates"], max_length=100)
]

router = APIRouter(prefix="/packs", tags=["rules"], dependencies=[Depends(actor)])


@router.get("", summary="List the rule packs", responses=declared(422))
def list_packs(search: Search = "") -> list[PackInfo]:
    """Every pack, by its English title, with how many rules it has, how many are verified and therefore used, and how
    many ask a person."""
    return [_info(pack) for pack in all_packs(search)]


@router.get("/{pack_name}", summary="One rule pack", responses=declared(404, 422))
def get_pack(pack_name: Annotated[str, Path(description="Name of the pack.", examples=["us"], max_length=40)]) -> Pack:
    """Every rule with instrument, article, dates, wording, threshold, caveat, source, and the question it asks."""
    if pack_name not in pack_names():
        raise RequestProblem(
            "unknown-pack",
            say(
                "there is no rule pack {pack_name!r}; there are: {pack_names}",
                "لا توجد حزمة قواعد باسم {pack_name!r}. الموجود: {pack_names}",
                pack_name=pack_name,
                pack_names=", ".join(pack_names()),
            ),
        )
    return load_pack(pack_name)


def _info(pack: Pack) -> PackInfo:
    return PackInfo(
        name=pack.name,
        title=pack.title,
        about=pack.about,
        rules=len(pack.rules),
        enabled=sum(rule.enabled for rule in pack.rules),
        questions=sum(rule.is_question and rule.enabled for rule in pack.rules),
    )
