"""The causes that `causes` knows, in words; the order here is the order in which they are believed."""

from __future__ import annotations

from intake.text import Text

CAUSES: dict[str, Text] = {
    "wrong-period": Text(
        en="Recorded in another period than the one in which it was due.",
        ar="سُجّلت في فترة احتساب غير الفترة التي استُحقت فيها.",
    ),
    "duplicate": Text(
        en="The same payment is recorded more than once.",
        ar="الدفعة نفسها مسجّلة أكثر من مرة.",
    ),
    "decimal-slip": Text(
        en="The amount is ten, a hundred or a thousand times too large or too small: a slip of the decimal point.",
        ar="المبلغ أكبر أو أصغر من الصحيح بعشرة أضعاف أو مئة أو ألف: خطأ في موضع الفاصلة العشرية.",
    ),
    "currency": Text(
        en="The right number in another currency.",
        ar="الرقم صحيح لكن بعملة أخرى.",
    ),
    "rounding": Text(
        en="Another way of rounding gives the recorded amount.",
        ar="طريقة تقريب أخرى تعطي المبلغ المسجّل.",
    ),
    "refund-not-clawed-back": Text(
        en="A return should have taken this commission back; without the return the recorded amount is right.",
        ar="كان ينبغي استرداد هذه العمولة بسبب مرتجع؛ والمبلغ المسجّل صحيح لو لم يُحتسب المرتجع.",
    ),
    "wrong-rank": Text(
        en="Paid as if the receiver held another rank: with it the recorded amount comes out.",
        ar="صُرفت كأن المستفيد يحمل رتبة أخرى: وبها ينتج المبلغ المسجّل.",
    ),
    "inactive-paid": Text(
        en="Paid to a receiver who did not meet the plan's conditions in that period.",
        ar="صُرفت لمستفيد لم يستوفِ شروط الخطة في تلك الفترة.",
    ),
    "tree-move": Text(
        en="Paid by the tree as it stood before or after a change of sponsor.",
        ar="صُرفت وفق الشجرة كما كانت قبل تغيير الراعي أو بعده.",
    ),
    "compression": Text(
        en="Paid under another rule of compression.",
        ar="صُرفت وفق قاعدة أخرى لضغط المستويات.",
    ),
    "other-tree": Text(
        en="Paid along another tree than the one the plan names.",
        ar="صُرفت وفق شجرة غير التي تحددها الخطة.",
    ),
    "wrong-person": Text(
        en="The amount was due to somebody else on the same order, who did not get it.",
        ar="المبلغ مستحق لشخص آخر عن الطلب نفسه ولم يُصرف له.",
    ),
    "manual-bonus": Text(
        en="No order and no rule of the plan explains it: possibly a payment decided by hand.",
        ar="لا يفسّرها طلب ولا قاعدة في الخطة: قد تكون دفعة قُررت يدويًا.",
    ),
    "unexplained": Text(
        en="No cause that was tried gives the recorded amount.",
        ar="لم يعطِ أي سبب من الأسباب المُجرَّبة المبلغ المسجّل.",
    ),
}
