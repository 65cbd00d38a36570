"""Rule packs: the law as data, with its sources, as it comes with the product."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.identity import actor
from api.models import PackInfo
from api.problems import RequestProblem, declared
from compliance.rules import Pack, load_pack, pack_names

router = APIRouter(prefix="/packs", tags=["rules"], dependencies=[Depends(actor)])


@router.get("", summary="List the rule packs", responses=declared())
def list_packs() -> list[PackInfo]:
    """Every pack with how many rules it has, how many are verified and therefore used, and how many ask a person."""
    return [_info(load_pack(name)) for name in pack_names()]


@router.get("/{pack_name}", summary="One rule pack", responses=declared(404, 422))
def get_pack(pack_name: Annotated[str, Path(description="Name of the pack.", examples=["us"], max_length=40)]) -> Pack:
    """Every rule with instrument, article, dates, wording, threshold, caveat, source, and the question it asks."""
    if pack_name not in pack_names():
        raise RequestProblem(
            "unknown-pack", f"there is no rule pack {pack_name!r}; there are: {', '.join(pack_names())}"
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
