"""What the genealogy room says to a reader about faulty links, in English and Arabic.

Each fault has two sentences: what was found, with its count, and the rule by which it was repaired.
Placeholders: `{count}` rows, `{groups}` cycles or ids, `{root}` the id of the unknown sponsor.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.text import Text


@dataclass(frozen=True, slots=True)
class Wording:
    """What was found and what was done about it."""

    text: Text
    repair: Text


FAULTS: dict[str, Wording] = {
    "duplicate-id": Wording(
        Text(
            en="Rows that repeat the id of an earlier row: {count} (ids concerned: {groups}).",
            ar="الصفوف التي تكرر معرّف صف سابق: {count} (المعرّفات المعنية: {groups}).",
        ),
        Text(
            en="The first row of each id is kept; the later ones are listed and not used.",
            ar="يُعتمد أول صف لكل معرّف، وتُدرج الصفوف التالية في القائمة دون استخدامها.",
        ),
    ),
    "two-sponsors": Wording(
        Text(
            en="Rows that give a participant more than one sponsor: {count}.",
            ar="الصفوف التي تذكر للمشارك أكثر من راعٍ: {count}.",
        ),
        Text(
            en="The first sponsor named that is in the records is kept; the others are listed and not used.",
            ar="يُعتمد أول راعٍ مذكور يوجد في السجلات، ويُدرج الآخرون في القائمة دون استخدامهم.",
        ),
    ),
    "self-sponsor": Wording(
        Text(
            en="Participants recorded as their own sponsor: {count}.",
            ar="المشاركون المسجَّلون رعاةً لأنفسهم: {count}.",
        ),
        Text(
            en="Each is taken as a root of the network.",
            ar="يُعدّ كل منهم رأسًا للشبكة.",
        ),
    ),
    "missing-sponsor": Wording(
        Text(
            en="Participants whose sponsor is not in the records: {count}.",
            ar="المشاركون الذين لا يوجد راعيهم في السجلات: {count}.",
        ),
        Text(
            en="They hang under a visible root named {root}, with everyone below them.",
            ar="يوضعون مع شبكاتهم التابعة تحت رأس ظاهر اسمه \u2068{root}\u2069.",
        ),
    ),
    "cycle": Wording(
        Text(
            en="Participants who, through their sponsors, are in their own upline: {count} (cycles: {groups}).",
            ar="المشاركون الواقعون ضمن سلسلة رعاتهم أنفسهم: {count} (الحلقات المغلقة: {groups}).",
        ),
        Text(
            en="Each cycle is cut at its latest joiner (the later row if dates are equal or unknown), "
            "who hangs under the root named {root}.",
            ar="تُقطع كل حلقة مغلقة عند آخر المنضمين فيها (الصف الأخير عند تساوي التواريخ أو غيابها)، "
            "ويوضع تحت الرأس المسمّى \u2068{root}\u2069.",
        ),
    ),
    "several-roots": Wording(
        Text(
            en="The network has more than one root: {count}.",
            ar="للشبكة أكثر من رأس. عدد الرؤوس: {count}.",
        ),
        Text(
            en="All roots are kept; each one's downline is its own tree.",
            ar="تبقى الرؤوس كلها، ولكل منها شجرة مستقلة.",
        ),
    ),
    "sponsor-joined-later": Wording(
        Text(
            en="Participants who joined before their sponsor did: {count}.",
            ar="المشاركون الذين انضموا قبل راعيهم: {count}.",
        ),
        Text(
            en="The links are kept as recorded; the dates are listed for review.",
            ar="تبقى الروابط كما سُجِّلت، وتُدرج الحالات في القائمة للمراجعة.",
        ),
    ),
    "unusable-move": Wording(
        Text(
            en="Moves that cannot be applied (somebody is not in the records, there is no date, or a participant "
            "would stand under their own downline): {count}.",
            ar="عمليات نقل تعذّر تطبيقها (مشارك غير موجود في السجلات، أو تاريخ غير مسجَّل، أو وضع المشارك ضمن "
            "شبكته التابعة): {count}.",
        ),
        Text(
            en="They are not applied; the earlier link stays in force.",
            ar="لا تُطبَّق، ويبقى الرابط السابق ساريًا.",
        ),
    ),
}
