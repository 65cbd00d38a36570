"""What the tests found, in English and Arabic, and which part of the plan makes it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compensation.gaming.outcomes import Tested, TestId, Try
from compensation.gaming.saying import Said, apart, decimal_text_of, ltr
from compensation.quantities import rate_text
from intake.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compensation.gaming.goods import Goods
    from compensation.gaming.growth import Grown
    from compensation.gaming.rank_search import Reached, Way
    from compensation.gaming.terms import Terms
    from compensation.plan import Plan

TITLES: dict[TestId, Text] = {
    "positions": Text(en="One person as several positions", ar="شخص واحد في مواضع متعددة"),
    "holding": Text(en="Buying in order to be paid", ar="الشراء من أجل القبض"),
    "bought_ranks": Text(en="Buying a rank", ar="شراء رتبة"),
    "recruiting": Text(en="Recruiting without any customer", ar="الاستقطاب بلا أي عميل"),
    "wash": Text(en="Buying, being paid, giving back", ar="الشراء ثم القبض ثم الإعادة"),
    "cheapest_ranks": Text(en="The cheapest way to each rank", ar="أرخص طريق إلى كل رتبة"),
    "growth": Text(en="Who is behind while it grows", ar="من يدفع أكثر مما يقبض أثناء النمو"),
}
"""What each test is called."""


def not_run(identifier: TestId, why: str) -> Tested:
    """A test that could not be put to the plan."""
    text = Text(
        en=f"This could not be tried on the plan alone: {why}.",
        ar=f"تعذّر تجريب ذلك على الخطة وحدها: {apart(why)}.",
    )
    return Tested(id=identifier, title=TITLES[identifier], asked=text, found=text, not_run=text)


def positions(plan: Plan, goods: Goods, terms: Terms, tries: tuple[Try, ...]) -> Tested:
    """Splitting into false positions."""
    said = Said(plan, goods)
    best = max(tries, key=lambda each: each.profit)
    if best.profit > 0:
        gain, cost, pay = said.money(best.profit), said.money(best.cost), said.money(best.pay)
        found = Text(
            en=f"One person earns more as several: {best.what.en} brings {gain.en} more (costs {cost.en}, pays "
            f"{pay.en}), though nothing more is sold.",
            ar=f"يزيد ما يُدفع للشخص الواحد إذا توزّع على مواضع: {best.what.ar}؛ الزيادة {gain.ar} (التكلفة {cost.ar}، "
            f"والمدفوع {pay.ar})، دون أي بيع إضافي.",
        )
    else:
        found = Text(
            en="None of the splits tried earns more than it costs.",
            ar="لا يزيد ما يُدفع على التكلفة في أي من التقسيمات المجرَّبة.",
        )
    return Tested(
        id="positions",
        title=TITLES["positions"],
        asked=Text(
            en=f"Chains, positions side by side and the tripod, 2 to {terms.most_positions} positions, above three kinds "
            "of downline; the best of each is listed. Cost and pay are the difference to one position.",
            ar=f"سلاسل ومواضع متجاورة وثلاثية، من 2 إلى {terms.most_positions} مواضع، فوق ثلاثة أشكال من الشبكة التابعة؛ "
            "ويُعرض أفضل كل منها. التكلفة والمدفوع هما الفرق عن الموضع الواحد.",
        ),
        tries=tries,
        found=found,
        because=said.because(best.parts) if best.profit > 0 else None,
    )


def holding(plan: Plan, goods: Goods, tries: tuple[Try, ...]) -> Tested:
    """Buying to be paid."""
    said = Said(plan, goods)
    asked = Text(
        en="One participant buys in the period, or buys nothing, above a full tree of two each, 0 to 126 people, all of "
        "whom buy. Cost and pay are the difference that the purchase makes to him.",
        ar="مشارك يشتري في الفترة أو لا يشتري، فوق شجرة كاملة باثنين لكل مشارك، من 0 إلى 126 مشاركًا يشترون جميعًا. "
        "التكلفة والمدفوع هما الفرق الذي يحدثه الشراء له.",
    )
    if not tries:
        none = Text(
            en="The plan pays on no regular purchase, and asks for none.",
            ar="لا تدفع الخطة عن شراء دوري ولا تشترطه.",
        )
        return Tested(id="holding", title=TITLES["holding"], asked=asked, found=none)
    cost = said.money(tries[0].cost)
    worth = next((each for each in tries if each.profit >= 0), None)
    rule = (
        Text(en="The plan asks for own purchases. ", ar="تشترط الخطة شراءً شخصيًا. ")
        if goods.asked
        else Text(en="The plan asks for no own purchase. ", ar="لا تشترط الخطة شراءً شخصيًا. ")
    )
    if all(each.pay == 0 for each in tries):
        found = Text(
            en=f"{rule.en}Buying for {cost.en} changes nothing in what one is paid.",
            ar=f"{rule.ar}والشراء بمبلغ {cost.ar} لا يغيّر ما يُدفع للمشتري.",
        )
    elif worth is None:
        found = Text(
            en=f"{rule.en}Under none of these does the purchase of {cost.en} bring back what it costs.",
            ar=f"{rule.ar}ولا يسترد الشراء بمبلغ {cost.ar} تكلفته في أي من هذه الحالات.",
        )
    else:
        found = Text(
            en=f"{rule.en}The purchase of {cost.en} brings back what it costs from here on: {worth.what.en}; with fewer "
            "of those tried it does not.",
            ar=f"{rule.ar}ويسترد الشراء بمبلغ {cost.ar} تكلفته ابتداءً من: {worth.what.ar}؛ ولا يستردها فيما دونه من "
            "الحالات المجرَّبة.",
        )
    best = max(tries, key=lambda each: each.profit)
    because = said.because(best.parts)
    return Tested(id="holding", title=TITLES["holding"], asked=asked, tries=tries, found=found, because=because)


def bought_ranks(plan: Plan, goods: Goods, tries: tuple[Try, ...]) -> Tested:
    """Buying a rank."""
    said = Said(plan, goods)
    asked = Text(
        en="Ranks that are bought, one after the other: what buying one more adds, if a line of people below buys every "
        "rank up to the same one.",
        ar="الرتب التي تُشترى، واحدة بعد أخرى: ما يضيفه شراء رتبة أخرى إذا اشترت سلسلة المشاركين تحته كل الرتب حتى "
        "الرتبة نفسها.",
    )
    if not tries:
        none = Text(en="The plan has no rank that is bought.", ar="لا رتبة تُشترى في هذه الخطة.")
        return Tested(id="bought_ranks", title=TITLES["bought_ranks"], asked=asked, found=none)
    worth = [each for each in tries if each.profit > 0]
    found = Text(
        en=f"{len(worth)} of {len(tries)} ranks bring more than they cost, in this world in which everybody below buys.",
        ar=f"عدد الرتب التي تعود بأكثر من تكلفتها: {len(worth)} من {len(tries)}، في هذا العالم الذي يشتري فيه كل من تحته.",
    )
    best = max(tries, key=lambda each: each.profit)
    because = said.because(best.parts)
    return Tested(
        id="bought_ranks", title=TITLES["bought_ranks"], asked=asked, tries=tries, found=found, because=because
    )


def recruiting(
    plan: Plan, goods: Goods, terms: Terms, tries: tuple[Try, ...], group: tuple[int, int], joining: int | None
) -> Tested:
    """Recruits without any customer."""
    said = Said(plan, goods)
    even = next((number for number, each in enumerate(tries) if number and each.cost and each.profit >= 0), None)
    paid_in, paid_out = said.money(group[0]), said.money(group[1])
    if tries[-1].pay <= 0:
        en, ar = "Recruits alone bring no pay.", "لا يُدفع شيء عن المستقطَبين وحدهم."
    elif even is not None:
        cost = said.money(tries[even].cost)
        en = f"Without any customer, {even} recruit(s) bring back the own cost of {cost.en}."
        ar = f"دون أي عميل يُسترد ما دفعه المشارك ({cost.ar}) عند هذا العدد من المستقطَبين: {even}."
    elif not tries[0].cost:
        pay = said.money(tries[1].pay)
        en = f"Taking part costs nothing; without any customer, the first recruit brings {pay.en}."
        ar = f"لا تكلفة للمشاركة؛ ودون أي عميل يعود أول مستقطَب بمبلغ {pay.ar}."
    else:
        cost = said.money(tries[0].cost)
        en = f"Without any customer, up to {terms.most_recruits} recruits do not bring back the own cost of {cost.en}."
        ar = f"دون أي عميل لا يُسترد ما دفعه المشارك ({cost.ar}) حتى هذا العدد من المستقطَبين: {terms.most_recruits}."
    en += f" All of the largest group together paid {paid_in.en} and got {paid_out.en}."
    ar += f" ودفعت أكبر مجموعة مجتمعةً {paid_in.ar} وقبضت {paid_out.ar}."
    if joining is not None:
        amount = said.money(joining)
        en += f" Somebody's joining alone, without any purchase but the joining package, pays the sponsor {amount.en}."
        ar += f" وانضمام شخص وحده، بلا شراء سوى باقة الانضمام، يدفع للراعي {amount.ar}."
    return Tested(
        id="recruiting",
        title=TITLES["recruiting"],
        asked=Text(
            en=f"0 to {terms.most_recruits} direct recruits, each of whom buys what a participant buys in the first "
            "period; nothing is sold outside.",
            ar=f"من 0 إلى {terms.most_recruits} من المشاركين المباشرين، يشتري كل منهم ما يشتريه المشارك في الفترة الأولى؛ "
            "ولا يُباع شيء خارج الشبكة.",
        ),
        tries=tries,
        found=Text(en=en, ar=ar),
        because=said.because(tries[-1].parts),
    )


def wash(plan: Plan, goods: Goods, tries: tuple[Try, ...]) -> Tested:
    """Orders bought to be given back."""
    said = Said(plan, goods)
    asked = Text(
        en="An order of ten times the usual size, a rank, or the package of a new position, that is given back in full, by "
        "oneself or through a position below, in the same period, the next, or the one after. The price comes back, so "
        "the cost is 0; pay is what is kept.",
        ar="طلب بعشرة أمثال المعتاد، أو رتبة، أو باقة موضع جديد، يُعاد بكامله، باسم المشارك أو باسم موضع تحته، في الفترة "
        "نفسها أو التالية أو التي بعدها. يُردّ الثمن، فالتكلفة 0؛ والمدفوع هو ما يبقى بعد الاسترداد.",
    )
    if not tries:
        none = Text(
            en="The plan pays on no purchase that could be given back.", ar="لا تدفع الخطة عن شراء يمكن أن يُعاد."
        )
        return Tested(id="wash", title=TITLES["wash"], asked=asked, found=none)
    best = max(tries, key=lambda each: each.profit)
    kept = said.money(best.profit)
    found = (
        Text(
            en=f"Pay is kept on an order that was given back: {best.what.en} leaves {kept.en}.",
            ar=f"يبقى مبلغ مدفوع عن طلب أُعيد: {best.what.ar}؛ والباقي {kept.ar}.",
        )
        if best.profit > 0
        else Text(
            en="Whatever is paid on the order is taken back with it; nothing is kept in any of these.",
            ar="ما يُدفع عن الطلب يُسترد معه؛ ولا يبقى شيء في أي من هذه الحالات.",
        )
    )
    because = said.because(best.parts) if best.profit > 0 else None
    return Tested(id="wash", title=TITLES["wash"], asked=asked, tries=tries, found=found, because=because)


def cheapest_ranks(plan: Plan, goods: Goods, reached: Sequence[Reached]) -> Tested:
    """The cheapest way to each rank."""
    said = Said(plan, goods)
    asked = Text(
        en="The least that must be paid to the company in one period, by the participant and everybody named below him, "
        "for the rank's conditions to hold, if nobody else buys. Pay goes to all these positions together. A bounded "
        f"search: {sum(each.tried for each in reached):,} ways were tried.",
        ar="أقل ما يجب أن يُدفع للشركة في فترة واحدة، من المشارك وكل من سُجّل تحته، لتتحقق شروط الرتبة إذا لم يشترِ غيرهم. "
        f"والمدفوع لهذه المواضع مجتمعة. البحث محدود: عدد الطرق المجرَّبة {sum(each.tried for each in reached):,}.",
    )
    if not reached:
        none = Text(en="The plan has no rank whose conditions it states.", ar="لا رتبة في هذه الخطة تُذكر شروط بلوغها.")
        return Tested(id="cheapest_ranks", title=TITLES["cheapest_ranks"], asked=asked, found=none)
    tries = tuple(
        Try(what=_way(said, each.rank, each.way), cost=each.cost, pay=sum(each.pay.values()), parts=each.pay)
        for each in reached
        if each.way is not None
    )
    shown = [each for each in reached if each.way is not None]
    if goods.ranks:
        shown = shown[:1] + shown[1:][-1:]  # the lowest and the highest; the rest stands in the list
    en = [f"{each.rank} can be reached with {said.money(each.cost).en}." for each in shown]
    ar = [f"يمكن بلوغ {apart(each.rank)} بمبلغ {said.money(each.cost).ar}." for each in shown]
    missing = [each.rank for each in reached if each.way is None]
    if missing:
        en.append(f"No way was found to: {', '.join(missing)}; purchases alone do not lead there within this search.")
        ar.append(f"لم يُعثر على طريق إلى: {apart(', '.join(missing))}؛ لا يكفي الشراء وحده لذلك في حدود هذا البحث.")
    sold = any(each.way is not None and each.way.sold for each in reached)
    if sold:
        en.append("Purchases by invented customers are part of it: the plan cannot tell them from real ones.")
        ar.append("وتدخل فيه مشتريات عملاء غير حقيقيين: لا تميّزهم الخطة من غيرهم.")
    best = max(tries, key=lambda each: each.profit, default=None)
    because = said.because(best.parts) if best is not None else None
    found = Text(en=" ".join(en), ar=" ".join(ar))
    return Tested(
        id="cheapest_ranks", title=TITLES["cheapest_ranks"], asked=asked, tries=tries, found=found, because=because
    )


def _way(said: Said, rank: str, way: Way | None) -> Text:
    if way is None or said.goods.ranks:
        return Text(en=f"{rank}: buying it", ar=f"{apart(rank)}: شراؤها")
    own, all_ = decimal_text_of(way.own), decimal_text_of(way.volume)
    en = f"{rank}: {way.positions} position(s), {own} points bought oneself, {all_} in all"
    ar = f"{apart(rank)}: عدد المواضع {way.positions}، النقاط المشتراة باسمه {own}، ومجموعها {all_}"
    if way.sold:
        en += f", of these {decimal_text_of(way.sold)} by invented customers"
        ar += f"، منها {decimal_text_of(way.sold)} باسم عملاء غير حقيقيين"
    return Text(en=en, ar=ar)


def growth(plan: Plan, goods: Goods, terms: Terms, grown: Sequence[Grown]) -> Tested:
    """Who is behind in a company that grows."""
    said = Said(plan, goods)
    shares = sorted(each.share for each in grown)
    least, most = (
        percent(shares[0].numerator, shares[0].denominator),
        percent(shares[-1].numerator, shares[-1].denominator),
    )
    nothing = sorted(each.nothing for each in grown)
    size = grown[0].participants
    names = [f"{least} to {most}", f"من {ltr(least)} إلى {ltr(most)}"] if least != most else [least, ltr(least)]
    found = Text(
        en=f"{names[0]} of {size:,} participants got less from the plan than they paid the company; "
        f"{nothing[0]:,} to {nothing[-1]:,} got nothing.",
        ar=f"نسبة من قبضوا من الخطة أقل مما دفعوا للشركة: {names[1]}، وعدد المشاركين {size:,}؛ ومن لم يقبضوا شيئًا: من "
        f"{nothing[0]:,} إلى {nothing[-1]:,}.",
    )
    rate = rate_text(terms.growth)
    return Tested(
        id="growth",
        title=TITLES["growth"],
        asked=Text(
            en=f"{terms.start} participants, {rate} more in each of {terms.periods} periods, sponsors drawn by chance among "
            f"all who are there, {terms.seeds} draws. All of them together are one line; what goods are worth to those "
            "who use them, and profit on own sales to customers, are not counted.",
            ar=f"عدد المشاركين {terms.start}، يزيدون {ltr(rate)} في كل فترة من الفترات (عددها {terms.periods})، ويُختار الراعي "
            f"عشوائيًا من الموجودين، وعدد المرات {terms.seeds}. كل مرة في سطر؛ ولا تُحتسب قيمة السلع لمن يستعملها ولا "
            "الربح من البيع المباشر للعملاء.",
        ),
        tries=tuple(
            Try(
                what=Text(
                    en=f"draw {each.seed}: {each.behind:,} of {each.participants:,} behind",
                    ar=f"المرة {each.seed}: {each.behind:,} من {each.participants:,} دفعوا أكثر مما قبضوا",
                ),
                cost=each.paid_in,
                pay=each.paid_out,
                parts={name: amount for name, amount in each.parts.items() if amount},
            )
            for each in grown
        ),
        found=found,
        because=said.because(grown[0].parts),
    )


def percent(part: int, whole: int) -> str:
    """A share as percent with one decimal, half up.

    >>> percent(1, 3), percent(5, 5)
    ('33.3%', '100.0%')
    """
    tenths = (part * 2000 + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"
