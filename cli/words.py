"""The words of tables and closing lines that commands print, in both languages.

Where the report or an explanation has a word already, its Arabic is taken from there, so that a reader meets one term.
Import this module inside functions: it brings more than `--help` should wait for.
"""

from __future__ import annotations

from cli.options import Language
from compensation.explaining import STATUS
from compliance.report.words import WORDS as REPORT
from intake.text import Text, say, verbatim


def _as_in_report(en: str, name: str) -> Text:
    return Text(en=en, ar=REPORT[name].ar)


WORDS: dict[str, Text] = {
    # columns
    "file": _as_in_report("file", "file"),
    "table": Text(en="table", ar="الجدول"),
    "sure": Text(en="sure", ar="الثقة"),
    "rows": _as_in_report("rows", "rows_in"),
    "accepted": _as_in_report("accepted", "accepted"),
    "refused": _as_in_report("refused", "refused"),
    "heading": Text(en="heading", ar="العنوان"),
    "is": Text(en="is", ar="العمود"),
    "why": _as_in_report("why", "reason"),
    "line": Text(en="line", ar="السطر"),
    "period": Text(en="period", ar="الفترة"),
    "participant": Text(en="participant", ar="المشارك"),
    "component": _as_in_report("component", "component"),
    "amount": Text(en="amount", ar="المبلغ"),
    "from": Text(en="from", ar="من الطلب"),
    "order": Text(en="order", ar="الطلب"),
    "level": _as_in_report("level", "level"),
    "rate": Text(en="rate", ar="النسبة"),
    "status": Text(en="status", ar="الوضع"),
    "result": _as_in_report("result", "status"),
    "payments": Text(en="payments", ar="الدفعات"),
    "recorded": _as_in_report("recorded", "recorded"),
    "recomputed": _as_in_report("recomputed", "recomputed"),
    "difference": _as_in_report("difference", "difference"),
    "by_the_plan": Text(en="by the plan", ar="وفق الخطة"),
    "cause": _as_in_report("cause", "cause"),
    "participants": _as_in_report("participants", "people"),
    "id": Text(en="id", ar="المعرّف"),
    "recruits": Text(en="recruits", ar="المشاركون المباشرون"),
    "downline": Text(en="downline", ar="الشبكة التابعة"),
    "expected": Text(en="expected", ar="المتوقع"),
    "computed": Text(en="computed", ar="المحسوب"),
    "what": Text(en="what", ar="ما فُحص"),
    "found": Text(en="found", ar="الموجود"),
    "way_out": Text(en="why, or the way out", ar="السبب أو الحل"),
    "none": Text(en="", ar=""),
    # import
    "read": Text(
        en="{rows:,} rows in: {accepted:,} accepted, {refused:,} refused (kept in {file})",
        ar="الصفوف الواردة: {rows:,}. المقبولة: {accepted:,}. المرفوضة: {refused:,} (محفوظة في {file})",
    ),
    "read_as": Text(en="{file} as {table}:", ar="قُرئ {file} بوصفه جدول {table}:"),
    "refused_of": Text(en="  refused {count:,}: {code}", ar="  المرفوضة {count:,}: {hint}"),
    "note": Text(en="note: {text}", ar="ملاحظة: {text}"),
    "note_on": Text(en="note: {file}: {text}", ar="ملاحظة على {file}: {text}"),
    "case": Text(en="case: {case}", ar="ملف الفحص: {case}"),
    "next": Text(en="next: {command}", ar="الخطوة التالية: {command}"),
    # analyze
    "report_at": Text(en="report ({language}): {file}", ar="التقرير ({language}): {file}"),
    "case_verify": Text(en="case: {case} ({command})", ar="ملف الفحص: {case} (للتحقق منه: {command})"),
    "other_forms": Text(en="also as PDF, workbook, bundle: {command}", ar="وأيضًا بصيغة PDF أو مصنف أو حزمة: {command}"),
    # payouts, reconcile, infer
    "lines_shown": Text(
        en="{shown:,} of {count:,} lines; `{command}` shows the arithmetic",
        ar="المعروض من الأسطر {shown:,} من {count:,}. يعرض الحساب الأمر {command}",
    ),
    # tree
    "tree_head": Text(
        en="{tree} tree: {people:,} participants, {roots:,} root(s), {levels:,} levels below; "
        "{without:,} without a recruit",
        ar="{tree}. المشاركون: {people:,}. رؤوس الشبكة: {roots:,}. المستويات تحتها: {levels:,}. "
        "من لم يستقطبوا أحدًا: {without:,}",
    ),
    "tree_copied": Text(
        en="{uri} holds the {tree} tree: {people:,} participants, {roots:,} root(s), deepest level {depth:,}",
        ar="في {uri} الآن {tree}. المشاركون: {people:,}. رؤوس الشبكة: {roots:,}. أعمق مستوى: {depth:,}",
    ),
    "deeper": Text(en="(and {more:,} deeper levels)", ar="(ومستويات أعمق: {more:,})"),
    "most_recruits": Text(en="most direct recruits:", ar="أكثر المشاركين استقطابًا مباشرًا:"),
    "person": Text(
        en="{id}: level {level}, {recruits:,} direct recruits, downline of {downline:,}",
        ar="{id}: المستوى {level}. المشاركون المباشرون: {recruits:,}. الشبكة التابعة: {downline:,}",
    ),
    "person_from": Text(en="from {file}, line {line}", ar="من الملف {file}، السطر {line}"),
    "upline": Text(en="upline: {names}", ar="سلسلة الرعاة: {names}"),
    "no_upline": Text(en="none, a root", ar="لا أحد، فهو رأس الشبكة"),
    "first_only": Text(
        en="(the first {limit}; --limit and --levels show more)",
        ar="(المعروض أول {limit}؛ وتعرض المزيد الخيارات ⁨--limit⁩ و⁨--levels⁩)",
    ),
    "tree_sponsor": Text(en="sponsor", ar="شجرة الرعاية"),
    "tree_placement": Text(en="placement", ar="شجرة المواضع"),
    "tree_matrix": Text(en="matrix", ar="شجرة المصفوفة"),
    # verify-examples
    "example_broken": Text(en="{file}: cannot be computed [{code}]: {why}", ar="{file}: تعذّر الحساب [{code}]: {why}"),
    "examples_agree": Text(
        en="{agree} of {all} examples agree to the cent; {figures:,} figures compared",
        ar="الأمثلة المطابقة تمامًا: {agree} من {all}. الأرقام المقارنة: {figures:,}",
    ),
    "example_agrees": Text(en="{id}: agrees ({figures} figures)", ar="{id}: مطابق (الأرقام: {figures})"),
    "agrees": Text(en="{id}: agrees", ar="{id}: مطابق"),
    "differs": Text(en="{id}: DIFFERS", ar="{id}: مختلف"),
    "first_difference": Text(en="first difference: {it}", ar="أول فرق: {it}"),
    "hint": Text(en="note: {it}", ar="ملاحظة: {it}"),
    "source": Text(en="source: {it}", ar="المصدر: {it}"),
    # synth
    "kind": Text(en="kind", ar="النوع"),
    "what_it_is": Text(en="what it is", ar="الوصف"),
    "planted": Text(en="what is planted: {file}", ar="ما زُرع فيها: {file}"),
    # verify
    "what_differs": Text(en="what", ar="ما وُجد"),
    "where": Text(en="where", ar="الموضع"),
    "how_it_differs": Text(en="how it differs", ar="وجه الاختلاف"),
    "faults": Text(en="{path}: faults: {count:,}", ar="{path}: الفروق التي وُجدت: {count:,}"),
    "hashes_cut": Text(
        en="Hashes are shortened here; {command} gives them in full.",
        ar="البصمات مختصرة هنا، ويعرضها كاملة الأمر {command}",
    ),
    "bundle_whole": Text(
        en="{path}: every file is as the bundle's manifests say, and none is missing or added.",
        ar="{path}: كل ملف كما هو في قوائم الحزمة، بلا ملف ناقص ولا مضاف.",
    ),
    "case_whole": Text(
        en="{path}: every file is as its manifest says, and the audit log is unbroken.",
        ar="{path}: كل ملف كما هو في قائمته، وسجل العمليات متصل.",
    ),
    "log_head": Text(
        en="audit log head: line {line}, {hash} (note it down outside the case)",
        ar="رأس سجل العمليات: السطر {line}، {hash} (يُرجى تدوينه خارج ملف الفحص)",
    ),
    # doctor, up
    "healthy": Text(en="Everything required is there.", ar="كل ما يلزم موجود."),
    "unhealthy": Text(en="Something required is missing; see above.", ar="شيء مما يلزم غير موجود؛ التفاصيل أعلاه."),
    "the_api": Text(en="the API", ar="الواجهة البرمجية"),
    "the_dashboard": Text(en="the dashboard", ar="لوحة المتابعة"),
    "dashboard_at": Text(en="dashboard  {address}", ar="لوحة المتابعة: {address}"),
    "api_at": Text(en="API        {address} (routes: {routes})", ar="الواجهة البرمجية: {address} (المسارات: {routes})"),
    "token_is": Text(en="token      {token}", ar="رمز الدخول: {token}"),
    "cases_in": Text(en="cases in   {folder}", ar="ملفات الفحص في: {folder}"),
    "how_to_stop": Text(en="Ctrl+C stops.", ar="للإيقاف: ⁨Ctrl+C⁩"),
}
"""Headings of columns, and sentences with places for values."""


def word(lang: Language, name: str, /, **values: object) -> str:
    """A word or sentence in one language, its values set apart in Arabic."""
    text = WORDS[name]
    return (say(text.en, text.ar, **values) if values else text).in_language(lang.value)


def headings(lang: Language, *names: str) -> tuple[str, ...]:
    """The headings of a table."""
    return tuple(word(lang, name) for name in names)


def result_of(lang: Language, status: str) -> str:
    """How a recorded payment compares; in English the word that `--status` takes."""
    return REPORT[f"status_{status}"].ar if lang is Language.AR else status


def status_of(lang: Language, status: str) -> str:
    """What became of a payout line; in English the word of the table's column."""
    return STATUS[status].ar if lang is Language.AR else status


def tree_name(tree: str) -> Text:
    """A tree as a reader calls it; a company's own tree by its name."""
    return WORDS.get(f"tree_{tree}") or verbatim(tree)
