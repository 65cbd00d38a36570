"""How `datasets/beehive` is made from the public source: addresses out, stable pseudonyms in.

A member becomes `B` and its activation number, a transaction `T` and its rank in time, a contract `C` and its
rank by first use. Nothing else is changed, and the only columns added say what the others imply: where the
joining date was taken from, and which level a payment buys by the scheme's own price list.

`python tests/datasets/beehive_source.py SOURCE datasets/beehive` writes the files anew.
"""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

PARTICIPANTS = (
    "participant_id",
    "sponsor_id",
    "joined",
    "joined_from",
    "joined_on_platform",
    "level",
    "activation_sequence",
)
TRANSFERS = (
    "transfer_id",
    "transaction_id",
    "time_utc",
    "participant_id",
    "kind",
    "amount_usdt",
    "level_bought",
    "contract",
    "method",
)
EPOCH = "1970-01-01 00:00:00"


def pseudonymised(source: Path) -> dict[str, bytes]:
    """The bundled files, by name, made from the normalised source folder."""
    people = _rows(source / "participants.csv")
    transfers = _rows(source / "scheme-transfers.csv")
    prices = _rows(source / "plan-levels.csv")
    alias = {row["participant_id"]: f"B{int(row['activation_sequence']):04d}" for row in people}
    transaction = _numbered("T", (row["tx_hash"] for row in transfers), 5)
    contract = _numbered("C", (row["contract"] for row in transfers), 1)
    level_of_price = {row["fee_usdt"].removesuffix(".00"): row["level"] for row in prices}
    return {
        "participants.csv": _csv(PARTICIPANTS, (_participant(row, alias) for row in people)),
        "transfers.csv": _csv(
            TRANSFERS,
            (
                {
                    "transfer_id": f"X{number:05d}",
                    "transaction_id": transaction[row["tx_hash"]],
                    "time_utc": row["time_utc"],
                    "participant_id": alias[row["participant_id"]],
                    "kind": row["kind"],
                    "amount_usdt": row["amount_usdt"],
                    "level_bought": _level_bought(row, level_of_price),
                    "contract": contract[row["contract"]],
                    "method": row["method_as_found"],
                }
                for number, row in enumerate(transfers, start=1)
            ),
        ),
        "price-list.csv": _csv(tuple(prices[0]), prices),
    }


def _participant(row: dict[str, str], alias: dict[str, str]) -> dict[str, str]:
    chain, platform = row["joined_at_chain_utc"], row["joined_at_platform"]
    known = platform != EPOCH
    return {
        "participant_id": alias[row["participant_id"]],
        "sponsor_id": alias[row["sponsor_id"]] if row["sponsor_id"] else "",
        "joined": chain or (platform if known else ""),
        "joined_from": "chain" if chain else "platform" if known else "unknown",
        "joined_on_platform": platform,
        "level": row["level"],
        "activation_sequence": row["activation_sequence"],
    }


def _level_bought(row: dict[str, str], level_of_price: dict[str, str]) -> str:
    if row["kind"] == "layer_payout":
        return ""
    return "Level 1" if row["kind"] == "entry_fee" else f"Level {level_of_price[row['amount_usdt']]}"


def _numbered(letter: str, keys: Iterable[str], width: int) -> dict[str, str]:
    distinct = dict.fromkeys(keys)
    return {key: f"{letter}{number:0{width}d}" for number, key in enumerate(distinct, start=1)}


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _csv(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


if __name__ == "__main__":
    for name, content in pseudonymised(Path(sys.argv[1])).items():
        (Path(sys.argv[2]) / name).write_bytes(content)
