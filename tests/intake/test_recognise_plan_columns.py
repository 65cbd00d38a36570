"""What only some plans need (matrices, managers, PV beside BV, taxes, coupons, clicks, facts) is recognised, and not mistaken."""

from __future__ import annotations

import polars as pl
import pytest

from intake.recognise import recognise_columns, recognise_table

IDS = [f"A{1000 + place}" for place in range(60)]
SPONSORS = ["", *(IDS[place // 3] for place in range(59))]
PLACES = ["", *(IDS[place // 2] for place in range(59))]
LEGS = ["", *(["L", "R"] * 30)][:60]
DAYS = [f"2024-{1 + place % 12:02d}-{1 + place % 28:02d}" for place in range(60)]
AMOUNTS = [f"{place}.50" for place in range(60)]
PARTS = [f"{place % 7}.25" for place in range(60)]
SMALL = [str(place % 9 + 1) for place in range(60)]
ORDERS = [f"O-{place}" for place in range(60)]
EARLIER = ["", *ORDERS[:-1]]
CUSTOMERS = [f"C-{place % 20}" for place in range(60)]
ORDER = {"order_id": ORDERS, "buyer_id": CUSTOMERS, "date": DAYS, "amount": AMOUNTS}
MEMBER = {"id": IDS, "sponsor_id": SPONSORS}


def recognised(columns: dict[str, list[str]], filename: str = "data.csv") -> tuple[str | None, dict[str, str]]:
    frame = pl.DataFrame({str(place): values for place, values in enumerate(columns.values())})
    table, _, guesses = recognise_table(list(columns), frame, filename)
    return table, {guess.heading: guess.target for guess in guesses if guess.target}


@pytest.mark.parametrize(
    "headings",
    [
        ("tax", "shipping", "discount", "wholesale_price", "original_order_id", "coupon_owner"),
        ("VAT amount", "Freight", "coupon_discount", "cost_price", "refund_of", "coupon_affiliate_id"),
        ("ضريبة القيمة المضافة", "رسوم الشحن", "الخصم", "سعر الجملة", "الطلب الأصلي", "صاحب القسيمة"),
        ("IVA", "flete", "descuento", "precio mayorista", "pedido original", "dueño del cupón"),
        ("ICMS", "frete", "desconto", "preço de atacado", "pedido estornado", "dono do cupom"),
        ("TVA", "frais de port", "remise", "prix de gros", "commande d'origine", "titulaire du coupon"),
        ("税额", "运费", "折扣", "成本", "原订单号", "优惠券所有者"),
    ],
)
def test_the_parts_of_an_order_are_recognised_in_every_language(headings: tuple[str, ...]) -> None:
    targets = ("tax", "freight", "discount", "cost", "reverses", "coupon_id")
    values = (PARTS, PARTS, PARTS, PARTS, EARLIER, SPONSORS)
    table, found = recognised(ORDER | dict(zip(headings, values, strict=True)))
    assert table == "orders"
    assert {heading: found.get(heading) for heading in headings} == dict(zip(headings, targets, strict=True))
    assert found["amount"] == "amount"
    assert found["order_id"] == "id"


@pytest.mark.parametrize("heading", ["tax", "freight", "discount", "cost"])
def test_a_part_of_an_amount_that_would_cost_rows_is_left_out(heading: str) -> None:
    for values in (["10%", *PARTS[1:]], ["ten", "eleven", "twelve", "some", *PARTS[4:]]):
        assert heading not in recognised(ORDER | {heading: values}, "orders.csv")[1]


@pytest.mark.parametrize(
    "heading", ["shipping_zip", "tax_rate", "tax_id", "shipping_address", "coupon_code", "discount_code"]
)
def test_what_only_sounds_like_a_part_of_an_amount_is_not_one(heading: str) -> None:
    assert heading not in recognised(ORDER | {heading: SMALL}, "orders.csv")[1]


def volumes(*headings: str) -> list[str | None]:
    """What each heading is taken for beside the columns of an order."""
    values = [[*SMALL], [*PARTS]]
    frame = pl.DataFrame({str(place): values[place] for place in range(len(headings))})
    return [guess.target for guess in recognise_columns("orders", headings, frame)]


@pytest.mark.parametrize("points", ["PV", "QV", "points", "personal_volume", "النقاط", "puntos", "pontos", "积分"])
def test_points_are_the_volume_unless_the_commissionable_volume_stands_beside_them(points: str) -> None:
    assert volumes(points) == ["volume"]
    assert volumes(points, "BV") == ["points", "volume"]
    assert volumes("volume", points) == ["volume", "points"]


@pytest.mark.parametrize(
    "volume", ["total_cv", "Business Volume", "commissionable_volume", "حجم العمولة", "volumen comisionable"]
)
def test_the_commissionable_volume_is_known_by_many_names(volume: str) -> None:
    assert volumes("PV", volume) == ["points", "volume"]
    assert volumes(volume, "points") == ["volume", "points"]


def test_two_kinds_of_points_are_one_volume() -> None:
    assert volumes("PV", "QV") == ["volume", None]


def test_a_matrix_is_the_placement_unless_another_placement_stands_beside_it() -> None:
    alone = recognised(MEMBER | {"matrix_parent": PLACES, "matrix_position": SMALL})[1]
    assert (alone["matrix_parent"], alone["matrix_position"]) == ("placement_id", "leg")
    both = {"matrix_parent": SPONSORS, "matrix_position": SMALL, "placement_id": PLACES}
    for columns in (both, dict(reversed(both.items()))):
        found = recognised(MEMBER | columns)[1]
        assert (found["matrix_parent"], found["placement_id"]) == ("matrix_id", "placement_id")
        assert "matrix_position" not in found  # not a place in the placement tree
    sided = recognised(MEMBER | {"placement_id": PLACES, "side": LEGS, "matrix_parent": SPONSORS})[1]
    assert sided["side"] == "leg"
    assert recognised(MEMBER | {"matrix_id": PLACES})[1]["matrix_id"] == "matrix_id"


@pytest.mark.parametrize(
    "heading",
    [
        "affiliate_manager_id",
        "manager_id",
        "مدير المسوقين بالعمولة",
        "gerente de afiliados",
        "responsable affiliés",
        "联盟经理",
    ],
)
def test_managers_of_affiliates_are_recognised(heading: str) -> None:
    table, found = recognised({"affiliate_id": IDS, heading: SPONSORS, "joined": DAYS}, "affiliates.csv")
    assert table == "participants"
    assert found[heading] == "manager_id"


def test_a_list_of_employees_is_no_network() -> None:
    assert recognised({"employee": ["x y"] * 60, "id": IDS, "manager_id": SPONSORS}, "staff.csv")[0] is None


@pytest.mark.parametrize(
    ("affiliate", "order", "date"),
    [
        ("affiliate_id", "order_id", "clicked_at"),
        ("المسوق بالعمولة", "رقم الطلب", "تاريخ النقرة"),
        ("id_afiliado", "pedido", "fecha de clic"),
        ("id_afiliado", "id_pedido", "data do clique"),
        ("id_affilié", "id_commande", "date du clic"),
        ("联盟会员ID", "订单号", "点击时间"),
    ],
)
def test_clicks_are_recognised_in_every_language(affiliate: str, order: str, date: str) -> None:
    table, found = recognised({affiliate: SPONSORS, order: ORDERS, date: DAYS})
    assert (table, found) == ("clicks", {affiliate: "participant_id", order: "order_id", date: "date"})


def test_clicks_must_say_what_they_are() -> None:
    columns = {"affiliate_id": SPONSORS, "customer_id": CUSTOMERS, "date": DAYS}
    assert recognised(columns)[0] != "clicks"
    assert recognised(columns, "clicks.csv")[0] == "clicks"
    assert recognised(columns | {"event_type": ["click", "add to cart"] * 30})[0] == "clicks"
    paid = {"affiliate_id": SPONSORS, "order_id": ORDERS, "date": DAYS, "commission": AMOUNTS}
    assert recognised(paid)[0] == "payouts"


@pytest.mark.parametrize(
    ("member", "period", "fact", "value"),
    [
        ("member_id", "month", "fact", "value"),
        ("كود العضو", "الشهر", "الواقعة", "القيمة"),
        ("id_asociado", "mes", "hecho", "valor"),
        ("id_distribuidor", "mês", "fato", "valor"),
        ("code membre", "mois", "fait", "valeur"),
        ("会员编号", "月份", "事实", "数值"),
    ],
)
def test_facts_are_recognised_in_every_language(member: str, period: str, fact: str, value: str) -> None:
    stated = {member: IDS, period: ["2024-05"] * 60, fact: ["active", "rate"] * 30, value: ["نعم", "12.5%"] * 30}
    table, found = recognised(stated)
    assert table == "facts"
    assert found == {member: "participant_id", period: "period", fact: "fact", value: "value"}


def test_pairs_of_names_and_values_are_facts_only_where_something_says_so() -> None:
    pairs = {"member_id": IDS, "metric": ["active", "rate"] * 30, "value": ["yes", "2"] * 30}
    assert recognised(pairs)[0] is None
    assert recognised(pairs, "facts.csv")[0] == "facts"
    prose = {"member_id": IDS, "fact": ["active", "rate"] * 30, "value": ["a good", "year"] * 30}
    assert recognised(prose)[0] is None
