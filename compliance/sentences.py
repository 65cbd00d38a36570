"""The sentences of findings, in English and Arabic: plain, with figures, and never a verdict.

Each template stands here once in both languages, so that a reviewer of either language reads one page. A
figure always comes with what it counts, what it is held against, and what it does not show. Verdict words
are absent on purpose, and a test keeps them away.
"""

from __future__ import annotations

from collections.abc import Iterable

from compliance.measurement import Bound
from compliance.rules.model import Comparator
from intake.text import Text

_LIMIT: dict[Comparator, Text] = {
    ">=": Text(en="at least {limit}", ar="{limit} على الأقل"),
    ">": Text(en="more than {limit}", ar="أكثر من {limit}"),
    "<=": Text(en="at most {limit}", ar="{limit} على الأكثر"),
    "<": Text(en="less than {limit}", ar="أقل من {limit}"),
    "==": Text(en="exactly {limit}", ar="{limit} تمامًا"),
}

ANYTHING = Text(en="anything above {limit}", ar="أي قيمة فوق {limit}")

DETAIL = Text(
    en=" ({numerator_label}: {numerator}; {denominator_label}: {denominator})",
    ar=" ({numerator_label}: {numerator}؛ {denominator_label}: {denominator})",
)

FLAG_BREACHED = Text(
    en="This warning sign is met. {title}: {value}{detail}; the sign is met by {limit}. "
    "This is a measurement, not a judgment on the company.",
    ar="تحقّقت علامة التحذير. {title}: {value}{detail}، والحد في القاعدة: {limit}. هذا قياس، وليس حكمًا على الشركة.",
)
FLAG_MET = Text(
    en="This warning sign does not show. {title}: {value}{detail}; it would be met by {limit}.",
    ar="لم تظهر علامة التحذير. {title}: {value}{detail}، والحد في القاعدة: {limit}.",
)
ASK_MET = Text(
    en="Rule met. {title}: {value}{detail}; the rule asks for {limit}.",
    ar="القاعدة مستوفاة. {title}: {value}{detail}، والمطلوب: {limit}.",
)
ASK_BREACHED = Text(
    en="The rule's limit is not kept. {title}: {value}{detail}; the rule asks for {limit}. "
    "This is a measurement, not a judgment on the company.",
    ar="الحد متجاوَز. {title}: {value}{detail}، والمطلوب: {limit}. هذا قياس، وليس حكمًا على الشركة.",
)
NEAR = Text(
    en="Close to the limit. {title}: {value}{detail}; the limit is {limit}. "
    "The difference, {margin}, is too small to rest a result on.",
    ar="قريب من الحد. {title}: {value}{detail}، والحد: {limit}. الفرق {margin}، وهو أصغر من أن تُبنى عليه نتيجة.",
)
INTERVAL = Text(
    en="Close to the limit. {title}: {value}{detail} ({level} confidence interval: from {low} to {high}); "
    "the limit is {limit}, which lies inside the interval.",
    ar="قريب من الحد. {title}: {value}{detail} (فترة الثقة {level}: من {low} إلى {high})، والحد: {limit}، "
    "وهو داخل الفترة.",
)
DEFINITIONS = Text(
    en="The result depends on the definition. {title}: {readings}. The limit is {limit}. "
    "The records do not settle which definition is right.",
    ar="تتوقف النتيجة على التعريف. {title}: {readings}. والحد: {limit}. ولا تحسم السجلات أيّ التعريفات أصح.",
)
TITLED = Text(en="{title} ({label})", ar="{title} ({label})")
READING = Text(en="{value} ({label})", ar="{value} ({label})")
NOT_MEASURABLE_FLAG = Text(
    en="Not measurable. {why} This does not mean that the warning sign is absent.",
    ar="تعذّر القياس. {why} ولا يعني ذلك غياب علامة التحذير.",
)
NOT_MEASURABLE = Text(
    en="Not measurable. {why} This does not mean that the rule is met.",
    ar="تعذّر القياس. {why} ولا يعني ذلك أن القاعدة مستوفاة.",
)
NOT_MEASURABLE_CONTEXT = Text(
    en="Not measurable. {why} The missing figure says nothing either way.",
    ar="تعذّر القياس. {why} ولا يدل غياب الرقم على شيء.",
)
GATE_TRUE = Text(
    en="{title}: {value}{detail}; the condition of application is {limit}, and it is reached. "
    "It only decides which rules apply and is no warning sign in itself.",
    ar="{title}: {value}{detail}، وشرط الانطباق: {limit}، وقد تحقّق. "
    "هذا الشرط يحدد القواعد المنطبقة فقط، وليس علامة تحذير في ذاته.",
)
GATE_FALSE = Text(
    en="{title}: {value}{detail}; the condition of application is {limit}, and it is not reached.",
    ar="{title}: {value}{detail}، وشرط الانطباق: {limit}، ولم يتحقق.",
)
GATE_UNCLEAR = Text(
    en="{title}: {value}{detail}; the condition of application is {limit}. "
    "The records do not settle whether it is reached.",
    ar="{title}: {value}{detail}، وشرط الانطباق: {limit}. ولا تحسم السجلات تحققه.",
)
REFERENCE_LIMIT = Text(
    en="For comparison only. {title}: {value}{detail}; the reference figure is {limit}. Missing it breaks no rule.",
    ar="للمقارنة فقط. {title}: {value}{detail}، والرقم المرجعي: {limit}. وعدم بلوغه لا يُعدّ تجاوزًا لأي قاعدة.",
)
REFERENCE = Text(
    en="{title}: {value}{detail}. The source sets no number: the figure is for a person to weigh.",
    ar="{title}: {value}{detail}. لا يحدد المصدر رقمًا، والتقدير للمراجِع.",
)
COMPARE = Text(en="Published figures to compare with: {reference}", ar="أرقام منشورة للمقارنة: {reference}")
QUESTION = Text(
    en="A person must answer: {question} No figure in the records answers it.",
    ar="سؤال للمراجِع: {question} لا تجيب السجلات عن هذا السؤال.",
)
ANSWERED = Text(
    en="{verdict} Question: {question} Answer: {answer}, given by {who} on {when}{document}.",
    ar="{verdict} السؤال: {question} الإجابة: {answer}، أجاب {who} في {when}{document}.",
)
ANSWER_BREACHED_ASK = Text(en="The rule is not kept, according to the answer.", ar="القاعدة غير مستوفاة بحسب الإجابة.")
ANSWER_BREACHED_FLAG = Text(
    en="This warning sign is met, according to the answer.", ar="تحقّقت علامة التحذير بحسب الإجابة."
)
ANSWER_MET_ASK = Text(en="Rule met, according to the answer.", ar="القاعدة مستوفاة بحسب الإجابة.")
ANSWER_MET_FLAG = Text(
    en="This warning sign does not show, according to the answer.", ar="لم تظهر علامة التحذير بحسب الإجابة."
)
ANSWER_GATE_TRUE = Text(
    en="The condition of application is reached, according to the answer.", ar="تحقق شرط الانطباق بحسب الإجابة."
)
ANSWER_GATE_FALSE = Text(
    en="The condition of application is not reached, according to the answer.", ar="لم يتحقق شرط الانطباق بحسب الإجابة."
)
ANSWER_LIMIT = Text(en="Limit: {limit}.", ar="الحد: {limit}.")
ANSWER_CONTEXT = Text(en="For context.", ar="للعلم.")
DOCUMENT = Text(en=", from: {document}", ar="، من: {document}")
YES, NO, UNKNOWN = Text(en="yes", ar="نعم"), Text(en="no", ar="لا"), Text(en="not known", ar="غير معروف")

NEEDS = Text(en="{title}: {needs}", ar="{title}: {needs}")
NEEDS_DATA = Text(en="This check needs: {needs}.", ar="يحتاج هذا الفحص إلى: {needs}.")
NOT_RUN = Text(
    en="The indicator {indicator} was not measured for these records.",
    ar="لم يُقَس المؤشر {indicator} لهذه السجلات.",
)
NO_VARIANT = Text(
    en="The measurement does not carry the reading {variant} that the rule asks for.",
    ar="لا يتضمن القياس القراءة {variant} التي تطلبها القاعدة.",
)
UPPER = Text(
    en="{title}: at most {value}; the limit is {limit}. The records give an upper bound only, "
    "so neither result can be stated.",
    ar="{title}: {value} على الأكثر، والحد: {limit}. لا تعطي السجلات إلا حدًا أعلى، فلا يمكن الجزم بأي من النتيجتين.",
)
LOWER = Text(
    en="{title}: at least {value}; the limit is {limit}. The records give a lower bound only, "
    "so neither result can be stated.",
    ar="{title}: {value} على الأقل، والحد: {limit}. لا تعطي السجلات إلا حدًا أدنى، فلا يمكن الجزم بأي من النتيجتين.",
)
OPEN = Text(
    en="{title}: {value}; the limit is {limit}. What the records leave out could move the figure either way, "
    "so neither result can be stated.",
    ar="{title}: {value}، والحد: {limit}. وقد ترتفع القيمة أو تنخفض بما لا تحمله السجلات، "
    "فلا يمكن الجزم بأي من النتيجتين.",
)
UNBOUNDED: dict[Bound, Text] = {"upper": UPPER, "lower": LOWER, "open": OPEN, "exact": OPEN}
"""Why a comparison is not settled, by the kind of bound that the records give."""
AT_MOST = Text(en="at most {value}", ar="{value} على الأكثر")
AS_RECORDED = Text(en="{value} as far as recorded", ar="{value} بحسب المسجَّل فقط")
AT_LEAST = Text(en="at least {value}", ar="{value} على الأقل")
BOUNDED: dict[Bound, Text] = {"upper": AT_MOST, "lower": AT_LEAST, "open": AS_RECORDED}
"""How a figure is written that the records do not settle; an open one may lie on either side."""
OTHER_CURRENCY = Text(
    en="{title}: {value}; the threshold is {limit}. Amounts in different currencies are not compared.",
    ar="{title}: {value}، والحد: {limit}. لا تُقارن مبالغ بعملتين مختلفتين.",
)
FLIP_NUMERATOR = Text(
    en="The figure lies {margin} {side} the limit. The result would change at {label}: {there} instead of {here}.",
    ar="القيمة {side} الحد بمقدار {margin}. تتغيّر النتيجة عند {label}: {there} بدلًا من {here}.",
)
FLIP = Text(
    en="The figure lies {margin} {side} the limit. The result would change at {limit}.",
    ar="القيمة {side} الحد بمقدار {margin}. تتغيّر النتيجة عند {limit}.",
)
ABOVE, BELOW = Text(en="above", ar="فوق"), Text(en="below", ar="تحت")
FLIP_AT = Text(
    en="The figure lies on the limit itself.",
    ar="القيمة على الحد نفسه.",
)
BEST = Text(
    en="Of the definitions measured, the one most favourable to the company is “{label}”: {value}; with it, {outcome}.",
    ar="والتعريف الأكثر ملاءمة للشركة من بين التعريفات المقيسة هو «{label}»: {value}، وبه {outcome}.",
)
NONE_BETTER = Text(
    en="No other definition measured is more favourable to the company (others measured: {count}).",
    ar="ولا تعريف آخر مما قيس أكثر ملاءمة للشركة (عدد التعريفات الأخرى المقيسة: {count}).",
)
SIGN_WOULD_SHOW = Text(en="the sign would be met as well", ar="تتحقق علامة التحذير أيضًا")
SIGN_WOULD_NOT_SHOW = Text(en="the sign would not be met", ar="لا تتحقق علامة التحذير")
RULE_WOULD_BE_MET = Text(en="the rule would be met", ar="تكون القاعدة مستوفاة")
RULE_WOULD_NOT_BE_MET = Text(en="the limit would not be kept either", ar="يكون الحد متجاوَزًا أيضًا")
WOULD_BE_OPEN = Text(en="neither result could be stated", ar="لا يمكن الجزم بأي من النتيجتين")
CHANCE = Text(
    en="Chance alone leaves the figure between {low} and {high} ({level} confidence interval).",
    ar="وهامش المصادفة وحده يضع القيمة بين {low} و{high} (فترة الثقة {level}).",
)
RESTS_ON_FEW = Text(en="The share rests on few people ({count}).", ar="وتقوم النسبة على عدد قليل من الأشخاص ({count}).")
APPROXIMATION = Text(en="Approximation: {text}", ar="قياس تقريبي: {text}")


def fill(template: Text, **values: Text) -> Text:
    """A template with texts in its places, each in its own language."""
    return Text(
        en=template.en.format(**{name: value.en for name, value in values.items()}),
        ar=template.ar.format(**{name: value.ar for name, value in values.items()}),
    )


def limit_phrase(comparator: Comparator, limit: Text, *, is_zero: bool = False) -> Text:
    """`at least 50%`; `anything above 0`."""
    if is_zero and comparator == ">":
        return fill(ANYTHING, limit=limit)
    return fill(_LIMIT[comparator], limit=limit)


def joined(texts: Iterable[Text]) -> Text:
    """Texts in a row, separated by semicolons."""
    rows = list(texts)
    return Text(en="; ".join(row.en for row in rows), ar="؛ ".join(row.ar for row in rows))


def sentences(texts: Iterable[Text | None]) -> Text:
    """Sentences one after the other."""
    rows = [row for row in texts if row is not None and row.en]
    return Text(en=" ".join(row.en for row in rows), ar=" ".join(row.ar for row in rows))
