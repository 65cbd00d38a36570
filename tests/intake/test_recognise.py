"""Files are recognised by their headings in six languages, and by their values where headings mislead."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.headings import vocabularies
from intake.matching import match
from intake.recognise import Guess, recognise_columns, recognise_table
from intake.schema import TABLES


def frame(columns: dict[str, list[str]]) -> pl.DataFrame:
    return pl.DataFrame({str(place): values for place, values in enumerate(columns.values())})


def recognised(
    columns: dict[str, list[str]], filename: str = "data.csv"
) -> tuple[str | None, dict[str, str], list[Guess]]:
    table, _, guesses = recognise_table(list(columns), frame(columns), filename)
    return table, targets(guesses), guesses


def targets(guesses: list[Guess]) -> dict[str, str]:
    return {guess.heading: guess.target for guess in guesses if guess.target}


def why(guesses: list[Guess], heading: str) -> str:
    return next(guess.why for guess in guesses if guess.heading == heading)


def read(path: Path) -> tuple[list[str], pl.DataFrame]:
    sample = pl.read_csv(path, infer_schema=False, n_rows=1000)
    return ["" if name.startswith("_duplicated") else name for name in sample.columns], sample


REAL = {
    "beehive-arbitrum/as-found/members_v2_rows.csv": (
        "participants",
        {"wallet_address": "id", "referrer_wallet": "sponsor_id", "current_level": "rank", "activation_time": "joined"},
    ),
    "beehive-arbitrum/as-found/members_transaction.csv": (
        "orders",
        {"wallet_address": "buyer_id", "payment_datetime": "date", "total_payment": "amount"},
    ),
    "beehive-arbitrum/as-found/filter_transaction.csv": (
        "orders",
        {"method": "product", "age": "date", "from_addr": "buyer_id", "to_addr": "seller_id", "amount": "amount", "token": "currency"},
    ),
    "beehive-arbitrum/normalised/participants.csv": (
        "participants",
        {"participant_id": "id", "sponsor_id": "sponsor_id", "joined_at_platform": "joined", "level": "rank"},
    ),
    "uccash-tourism-june/participants.csv": (
        "participants",
        {"member_id": "id", "sponsor_id": "sponsor_id", "signed_up_at": "joined"},
    ),
    "uccash-tourism-june/genealogy.csv": ("participants", {"user_id": "id", "lvl1": "sponsor_id"}),
    "uccash-tourism-june/deposits.csv": (
        "orders",
        {"member_id": "buyer_id", "paid_at": "date", "kind": "category", "amount_usd": "amount"},
    ),
    "uccash-tourism-june/commissions.csv": (
        "payouts",
        {
            "source_table": "component", "member_id": "participant_id", "from_member_id": "source_participant_id",
            "level": "level", "amount": "amount", "created_at": "date",
        },
    ),
    "uccash-tourism-june/withdrawals.csv": (
        "payouts",
        {"record_no": "id", "member_id": "participant_id", "paid_at": "date", "withdraw_amount": "amount"},
    ),
    "uccash-tourism-june/monthly-invoices.csv": (
        "orders",
        {"record_no": "id", "member_id": "buyer_id", "saving_value": "amount", "total_points": "volume", "created_at": "date"},
    ),
    "cdnow-retail-orders/orders.csv": (
        "orders",
        {"customer_id": "buyer_id", "date": "date", "number_of_cds": "quantity", "dollar_value": "amount"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REAL)
def test_a_real_file_is_recognised(name: str, shared_data: Path) -> None:
    headings, sample = read(shared_data / name)
    table, confidence, guesses = recognise_table(headings, sample, Path(name).name)
    assert (table, targets(guesses)) == REAL[name]
    assert confidence >= 70
    assert [guess.heading for guess in guesses] == headings
    assert all(guess.why for guess in guesses)
    assert targets(recognise_columns(REAL[name][0], headings, sample)) == REAL[name][1]


@pytest.mark.parametrize(
    "name",
    ["beehive-arbitrum/normalised/plan-levels.csv", "bitcoin-ponzi-daily-flows/daily-flows.csv", "math-genealogy-osu/people.csv",
     "ethereum-ponzi-contract-stats/chain_extend_large_scale.csv", "ethereum-ponzi-contract-stats/ponzi-addresses.csv"],
)  # fmt: skip
def test_a_file_like_none_of_the_tables_is_left_alone(name: str, shared_data: Path) -> None:
    headings, sample = read(shared_data / name)
    table, confidence, guesses = recognise_table(headings, sample, Path(name).name)
    assert table is None
    assert confidence < 40
    assert targets(guesses) == {}


@pytest.mark.parametrize(
    "name", ["uccash-tourism-june/wallet-transfers.csv", "beehive-arbitrum/normalised/scheme-transfers.csv"]
)
def test_a_mixed_ledger_is_only_half_believed(name: str, shared_data: Path) -> None:
    headings, sample = read(shared_data / name)
    _, confidence, _ = recognise_table(headings, sample, Path(name).name)
    assert confidence < 70


IDS = [f"UCT{1000 + place}" for place in range(60)]
SPONSORS = ["", *(IDS[place // 3] for place in range(59))]
DAYS = [f"2024-{1 + place % 12:02d}-{1 + place % 28:02d}" for place in range(60)]
AMOUNTS = [f"{place}.50" for place in range(60)]


@pytest.mark.parametrize(
    ("member", "sponsor", "joined"),
    [
        ("كود العضو", "كود الراعي (من أحاله)", "تاريخ الانضمام"),
        ("كُود الـعـضو", "الراعى", "تاريخ الإنضمام"),
        ("cedula", "FK_ID_REP_PADRE", "FECHA_CONTRATO"),
        ("código", "Patrocinador", "fecha de registro"),
        ("di_usuario", "di_ni_patrocinador", "di_data_cad"),
        ("id_distribuidor", "indicado por", "Data de Cadastro"),
        ("code membre", "code_parrain", "dateAjout"),
        ("identifiant", "parrainé par", "date d'inscription"),
        ("会员编号", "推荐人编号", "加入时间"),
        ("用户ID", "推荐人", "注册时间"),
        ("userId", "sponsorId", "joinedAt"),
        ("USER BEP20 ADDRESS", "REFERAL ADDRESS", "Activation_time"),
        ("user_id", "user_sponserid", "signuptime"),
        ("\ufeffuser_id", "sponser_id", "created_dt"),
        ("DISTID", "Referring User ID", "Agent Start DT"),
        ("Agent ID", "Spnosor ID", "Join-Date"),
        ("d_id", "s_id", "a_date"),
    ],
)
def test_members_are_recognised_in_every_language(member: str, sponsor: str, joined: str) -> None:
    table, found, guesses = recognised({member: IDS, sponsor: SPONSORS, joined: DAYS})
    assert table == "participants"
    assert found == {member: "id", sponsor: "sponsor_id", joined: "joined"}
    assert "are found in" in why(guesses, sponsor)


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (
            ("رقم الطلب", "كود العضو", "تاريخ الطلب", "إجمالي الطلب", "النقاط"),
            ("id", "buyer_id", "date", "amount", "volume"),
        ),
        (
            ("ID_PEDIDO", "FK_CEDULA_CLIENTE", "Fecha", "MONTO", "puntos"),
            ("id", "buyer_id", "date", "amount", "volume"),
        ),
        (
            ("Nº Pedido", "co_id_distribuidor", "data", "co_total_valor", "co_total_pontos"),
            ("id", "buyer_id", "date", "amount", "volume"),
        ),
        (
            ("numéro de commande", "client", "date de commande", "montant", "points"),
            ("id", "buyer_id", "date", "amount", "volume"),
        ),
        (("订单号", "会员编号", "下单时间", "订单金额", "积分"), ("id", "buyer_id", "date", "amount", "volume")),
        (("Reservation #", "AGENT ID", "date", "ORDER TOTAL", "pqv"), ("id", "buyer_id", "date", "amount", "volume")),
        (
            ("order_no", "purcheser_id", "created_at", "pay_amount", "invoice_bv"),
            ("id", "buyer_id", "date", "amount", "volume"),
        ),
    ],
)
def test_orders_are_recognised_in_every_language(headings: tuple[str, ...], expected: tuple[str, ...]) -> None:
    values = (
        [f"O-{place}" for place in range(60)],
        [*SPONSORS[1:], "UCT1000"],
        DAYS,
        AMOUNTS,
        [str(place % 9 + 1) for place in range(60)],
    )
    table, found, _ = recognised(dict(zip(headings, values, strict=True)))
    assert table == "orders"
    assert found == dict(zip(headings, expected, strict=True))


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (("beneficiary_user_id", "income_by", "niw_lvl", "niw_points"), ("participant_id", "source_participant_id", "level", "amount")),
        (("recipient_wallet", "triggering_member_wallet", "layer_number", "reward"),
         ("participant_id", "source_participant_id", "level", "amount")),
        (("cb_distribuidor", "niw_bonusfrom", "nível", "cb_credito"), ("participant_id", "source_participant_id", "level", "amount")),
        (("id_asociado", "id_referido", "Nivel", "Comisiones"), ("participant_id", "source_participant_id", "level", "amount")),
        (("المستفيد", "من العضو", "المستوى", "العمولة"), ("participant_id", "source_participant_id", "level", "amount")),
        (("رقم العضو", "من العضو", "المستوى", "العمولة"), ("participant_id", "source_participant_id", "level", "amount")),
        (("会员编号", "来源会员", "层级", "奖励金额"), ("participant_id", "source_participant_id", "level", "amount")),
        (("bénéficiaire", "filleul", "niveau", "commission"), ("participant_id", "source_participant_id", "level", "amount")),
    ],
)  # fmt: skip
def test_payouts_are_recognised_in_every_language(headings: tuple[str, ...], expected: tuple[str, ...]) -> None:
    values = ([*SPONSORS[1:], "UCT1000"], IDS, [str(place % 9 + 1) for place in range(60)], AMOUNTS)
    table, found, _ = recognised(dict(zip(headings, values, strict=True)))
    assert table == "payouts"
    assert found == dict(zip(headings, expected, strict=True))


def test_returns_ranks_and_moves_are_recognised() -> None:
    table, found, _ = recognised(
        {
            "refund_id": IDS,
            "order_no": [f"O{place}" for place in range(60)],
            "request_date": DAYS,
            "refund_status": ["Approved", "denied"] * 30,
            "refund_amount": AMOUNTS,
        }
    )
    assert (table, set(found.values())) == ("returns", {"id", "order_id", "requested", "outcome", "amount"})
    table, found, _ = recognised({"member_id": IDS, "month": ["2024-05"] * 60, "paid_as_rank": ["Gold", "Silver"] * 30})
    assert (table, set(found.values())) == ("ranks", {"participant_id", "period", "rank"})
    table, found, _ = recognised(
        {"member_id": IDS, "tree": ["sponsor"] * 60, "new_sponsor": SPONSORS, "effective_date": DAYS}
    )
    assert (table, set(found.values())) == ("moves", {"participant_id", "tree", "parent_id", "from"})


def test_level_is_a_rank_of_members_and_a_commission_level_of_payouts() -> None:
    levels = [str(1 + place % 4) for place in range(60)]
    assert recognised({"id": IDS, "sponsor_id": SPONSORS, "level": levels})[1]["level"] == "rank"
    assert (
        recognised({"user_id": IDS, "from_user_id": IDS, "level": levels, "commission": AMOUNTS})[1]["level"] == "level"
    )


def test_level_that_is_the_sponsors_plus_one_is_a_depth() -> None:
    depth = {"": 0}
    for member, sponsor in zip(IDS, SPONSORS, strict=True):
        depth[member] = depth[sponsor] + 1
    table, found, _ = recognised({"id": IDS, "sponsor_id": SPONSORS, "level": [str(depth[member]) for member in IDS]})
    assert table == "participants"
    assert "level" not in found
    assert "depth" not in found


def test_parent_is_the_sponsor_alone_and_the_placement_beside_one() -> None:
    places = ["", *(IDS[place // 2] for place in range(59))]
    legs = ["", *(["L", "R"] * 30)][:60]
    assert recognised({"id": IDS, "parent_id": SPONSORS})[1]["parent_id"] == "sponsor_id"
    beside = recognised({"id": IDS, "parent_id": places, "sponsor_id": SPONSORS, "position": legs})[1]
    assert beside == {"id": "id", "parent_id": "placement_id", "sponsor_id": "sponsor_id", "position": "leg"}
    binary = recognised({"id": IDS, "parent_id": places, "side": legs})[1]
    assert binary == {"id": "id", "parent_id": "placement_id", "side": "leg"}


def test_position_that_counts_a_queue_is_no_side() -> None:
    queue = [str(place + 1) for place in range(60)]
    assert "position" not in recognised({"id": IDS, "sponsor_id": SPONSORS, "position": queue})[1]


def test_referral_that_never_repeats_names_the_recruit() -> None:
    recruits = IDS[1:] + IDS[:1]
    _, found, _ = recognised({"user_id": IDS, "referee_id": recruits, "sponsor_id": SPONSORS})
    assert found == {"user_id": "id", "sponsor_id": "sponsor_id"}
    _, recruiter, _ = recognised({"user_id": IDS, "referee_id": SPONSORS})
    assert recruiter == {"user_id": "id", "referee_id": "sponsor_id"}


def test_a_user_name_may_hold_wallets_and_a_name_may_not() -> None:
    wallets = [f"0x{place:040x}" for place in range(1, 61)]
    uplines = ["", *(wallets[place // 3] for place in range(59))]
    _, found, _ = recognised({"User Name": wallets, "Referrer_User Name": uplines, "Agent Name": wallets})
    assert found == {"User Name": "id", "Referrer_User Name": "sponsor_id"}


def test_the_id_is_the_column_that_sponsors_refer_to() -> None:
    names = [f"user{place}" for place in range(60)]
    sponsors = ["", *(names[place // 3] for place in range(59))]
    _, found, guesses = recognised({"id": [str(place) for place in range(60)], "username": names, "sponsor": sponsors})
    assert found == {"username": "id", "sponsor": "sponsor_id"}
    assert "98%" in why(guesses, "username") or "100%" in why(guesses, "username")


def test_only_the_first_of_nine_uplines_is_the_sponsor() -> None:
    columns = {"d_id": IDS, "lvl1": SPONSORS} | {f"lvl{level}": SPONSORS for level in range(2, 10)}
    _, found, guesses = recognised(columns)
    assert found == {"d_id": "id", "lvl1": "sponsor_id"}
    assert "only the first is the sponsor" in why(guesses, "lvl2")


def test_row_numbers_empty_columns_and_directions_say_what_they_are() -> None:
    columns = {
        "": [str(place + 1) for place in range(60)], "member_id": IDS, "commission": AMOUNTS, "action": ["credit", "debit"] * 30, "x": [""] * 60,
    }  # fmt: skip
    table, found, guesses = recognised(columns)
    assert (table, found) == ("payouts", {"member_id": "participant_id", "commission": "amount"})
    assert why(guesses, "") == "row numbers"
    assert "direction" in why(guesses, "action")
    assert why(guesses, "x") == "the column is empty"


def test_of_two_columns_for_one_target_the_better_wins_and_the_other_says_so() -> None:
    _, found, guesses = recognised({"member_id": IDS, "withdraw_amount": AMOUNTS, "net_amount": AMOUNTS})
    assert found["withdraw_amount"] == "amount"
    assert "'withdraw_amount' fits better" in why(guesses, "net_amount")


def test_percentages_are_no_amounts() -> None:
    rates = [f"{place % 9}%" for place in range(60)]
    _, found, _ = recognised({"member_id": IDS, "commission": rates, "income": AMOUNTS})
    assert found == {"member_id": "participant_id", "income": "amount"}


@pytest.mark.parametrize("letter", ["R", "Q", "A"])
def test_a_letter_before_the_number_of_an_id_is_no_sign_of_a_currency(letter: str) -> None:
    ids = [f"{letter}{place:04d}" for place in range(60)]
    table, found, _ = recognised({"id": ids, "sponsor_id": ["", *ids[:59]], "joined": DAYS}, "members.csv")
    assert table == "participants"
    assert found == {"id": "id", "sponsor_id": "sponsor_id", "joined": "joined"}


def test_unknown_categories_are_named_and_not_taken() -> None:
    _, found, guesses = recognised({"order_id": IDS, "category": ["gold pass", "kit"] * 30, "amount": AMOUNTS})
    assert "category" not in found
    assert "values that are no known category" in why(guesses, "category")
    assert "gold pass" not in why(guesses, "category")


def test_a_file_without_headings_is_recognised_by_its_values_alone() -> None:
    table, confidence, guesses = recognise_table(
        ["col1", "col2", "col3"], frame({"a": IDS, "b": SPONSORS, "c": DAYS}), "members.csv"
    )
    assert table == "participants"
    assert confidence < 70
    assert [guess.target for guess in guesses] == ["id", "sponsor_id", "joined"]
    assert all(guess.confidence < 60 for guess in guesses)


def test_nothing_is_recognised_in_nothing() -> None:
    assert recognise_table([], pl.DataFrame(), "x.csv") == (None, 0, [])
    table, _, guesses = recognise_table(
        ["user_id", "sponsor_id"], pl.DataFrame(schema={"user_id": str, "sponsor_id": str}), "empty.csv"
    )
    assert table == "participants"
    assert [guess.target for guess in guesses] == ["id", "sponsor_id"]


def test_every_spelling_in_the_vocabulary_reaches_its_column() -> None:
    for table, vocabulary in vocabularies().items():
        assert set(vocabulary.columns) == {column.name for column in TABLES[table]}
        for target, spellings in vocabulary.columns.items():
            for spelling in spellings.values():
                found = match(spelling.text, vocabulary, target)
                assert found is not None, (table, spelling.text)
                assert found.score == (56 if spelling.weak else 88)


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_headings_and_values_give_one_guess_each_and_one_heading_per_column(data: st.DataObject) -> None:
    known = [
        text for vocabulary in vocabularies().values() for column in vocabulary.columns.values() for text in column
    ]
    headings = data.draw(st.lists(st.one_of(st.sampled_from(known), st.text(max_size=8)), max_size=6))
    pick = random.Random(data.draw(st.integers(0, 99)))
    values = {
        str(place): [pick.choice([*IDS, *DAYS, *AMOUNTS, ""]) for _ in range(12)] for place in range(len(headings))
    }
    table, confidence, guesses = recognise_table(headings, pl.DataFrame(values), "file.csv")
    assert [guess.heading for guess in guesses] == headings
    chosen = [guess.target for guess in guesses if guess.target]
    assert len(chosen) == len(set(chosen))
    assert 0 <= confidence <= 100
    assert all(0 <= guess.confidence <= 100 and guess.why for guess in guesses)
    assert table is None or set(chosen) <= {column.name for column in TABLES[table]}
