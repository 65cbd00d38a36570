"""Words of the report's forms: contents, arithmetic, drawings, the evidence workbook, the bundle, the redacted twin."""

from __future__ import annotations

from intake.text import Text

FORM_WORDS: dict[str, Text] = {
    "contents": Text(en="Contents", ar="المحتويات"),
    "page": Text(en="Page {page} of {pages}", ar="الصفحة {page} من {pages}"),
    # Arithmetic
    "arithmetic": Text(en="The arithmetic", ar="الحساب"),
    "term": Text(en="Term", ar="العنصر"),
    "counted": Text(en="What it counts", ar="ما يحصيه"),
    "figure": Text(en="Figure", ar="الرقم"),
    "numerator": Text(en="Numerator", ar="البسط"),
    "denominator": Text(en="Denominator", ar="المقام"),
    "sum": Text(en="Sum", ar="ناتج القسمة"),
    "limit": Text(en="Limit", ar="الحد"),
    "distance": Text(en="Distance from the limit", ar="البعد عن الحد"),
    "above_limit": Text(en="above the limit", ar="فوق الحد"),
    "below_limit": Text(en="below the limit", ar="تحت الحد"),
    "on_limit": Text(en="on the limit", ar="على الحد نفسه"),
    "flips": Text(en="The result changes at", ar="نقطة تغيّر النتيجة"),
    "holds": Text(en="Comparison", ar="المقارنة"),
    "holds_true": Text(en="holds", ar="تتحقق"),
    "holds_false": Text(en="does not hold", ar="لا تتحقق"),
    "holds_unclear": Text(en="not settled by the records", ar="لا تحسمها السجلات"),
    "bound_upper": Text(
        en="The records make the figure an upper bound: the true one may be lower.",
        ar="الرقم حد أعلى، وقد تكون القيمة الحقيقية أقل منه.",
    ),
    "bound_lower": Text(
        en="The records make the figure a lower bound: the true one may be higher.",
        ar="الرقم حد أدنى، وقد تكون القيمة الحقيقية أعلى منه.",
    ),
    "bound_open": Text(
        en="The records leave out what could move the figure either way.",
        ar="لا تحمل هذه السجلات ما قد يرفع الرقم أو يخفضه.",
    ),
    "figures_here": Text(en="In this case", ar="في هذه السجلات"),
    "interval_here": Text(
        en="{level} confidence interval: from {low} to {high}.", ar="فترة الثقة {level}: من {low} إلى {high}."
    ),
    "see_measurement": Text(en="How the figure is computed, and its course", ar="طريقة حساب الرقم ومساره"),
    "see_rows": Text(en="The rows stand under", ar="الصفوف واردة في"),
    "period_counted": Text(en="Period counted", ar="الفترة المشمولة"),
    "period_span": Text(en="{start} to {end}", ar="من {start} إلى {end}"),
    # Drawings
    "course": Text(en="By month, cohort, country and branch", ar="بحسب الشهر ودفعة الانضمام والدولة والفرع"),
    "not_drawn": Text(en="Not drawn: {count}.", ar="لم يُرسم منها: {count}."),
    "not_listed": Text(
        en="Not listed here: {count}. The JSON form holds all.", ar="لم يُدرج هنا: {count}. صيغة JSON تضم الكل."
    ),
    "whiskers": Text(en="The thin lines are 95% confidence intervals.", ar="الخطوط الدقيقة فترات ثقة 95%."),
    "points_drawn": Text(en="Points: {count}.", ar="عدد النقاط: {count}."),
    "other_branches": Text(en="all other branches", ar="باقي الفروع"),
    "suppressed": Text(en="fewer than 5 people", ar="أقل من 5 مشاركين"),
    # What a form does not hold
    "no_glyph": Text(
        en="Characters that the fonts of this document lack are written by their code, such as [U+4E2D]; the HTML, XLSX and "
        "JSON forms hold them as they are.",
        ar="الأحرف غير الموجودة في خطوط هذا المستند مكتوبة برمزها، مثل [U+4E2D]، وهي كما وردت في صيغ HTML وXLSX وJSON.",
    ),
    "query_cut": Text(
        en="The query goes on; the HTML, XLSX and JSON forms hold it whole.",
        ar="للاستعلام بقية، وهو كامل في صيغ HTML وXLSX وJSON.",
    ),
    "rows_in_annex": Text(
        en="Rows behind it: {count}, in the evidence annex (XLSX) with the query.",
        ar="الصفوف التي يستند إليها: {count}، وهي في ملحق الأدلة (XLSX) مع الاستعلام.",
    ),
    "not_measured_count": Text(
        en="Could not be measured: {count} of {all}. They stand in one list with what each would need:",
        ar="ما تعذّر قياسه: {count} من {all}، وهو في قائمة واحدة مع ما يحتاج إليه كل منها:",
    ),
    "would_need": Text(en="What it would need", ar="ما يحتاج إليه"),
    "annex_all": Text(
        en="The first rows are shown; the evidence annex (XLSX) holds every row.",
        ar="المعروض أول الصفوف، وملحق الأدلة (XLSX) يضم كل الصفوف.",
    ),
    # The workbook
    "annex": Text(en="Evidence annex", ar="ملحق الأدلة"),
    "annex_intro": Text(
        en="One sheet for each measurement, with every row behind it as the query gives it: source file and line first, "
        "those of the order or participant that a row names where it is no row of a file itself. Sums of money are in whole units of {currency}. Text is kept as text: no "
        "cell is a formula.",
        ar="ورقة لكل قياس، وفيها كل الصفوف التي يستند إليها كما يعطيها الاستعلام، ويتقدمها الملف والسطر، وهما للطلب أو المشارك "
        "المذكور في الصف إذا لم يكن الصف نفسه من ملف. المبالغ بالوحدة الكاملة لعملة {currency}. النصوص محفوظة نصوصًا، ولا خلية فيها معادلة.",
    ),
    "sheet_index": Text(en="Index", ar="الفهرس"),
    "sheet_findings": Text(en="Findings", ar="النتائج"),
    "sheet_measurements": Text(en="Measurements", ar="القياسات"),
    "sheet_files": Text(en="Files", ar="الملفات"),
    "sheet": Text(en="Sheet", ar="الورقة"),
    "rows": Text(en="Rows", ar="الصفوف"),
    "rows_all": Text(en="Rows in all", ar="كل الصفوف"),
    "rows_listed": Text(en="Rows listed", ar="الصفوف المدرجة"),
    "left_out": Text(
        en="{left} of {count} rows are left out, because at most {most} rows a measurement were asked for.",
        ar="لم تُدرج {left} من {count} من الصفوف، لأن المطلوب {most} من الصفوف لكل قياس على الأكثر.",
    ),
    "state": Text(en="State", ar="الحالة"),
    "severity": Text(en="Severity", ar="درجة الأهمية"),
    "country": Text(en="Country", ar="البلد"),
    "instrument": Text(en="Instrument", ar="النص القانوني"),
    "reading": Text(en="Definition", ar="التعريف"),
    "finding": Text(en="Finding", ar="النتيجة"),
    "rule_id": Text(en="Rule", ar="القاعدة"),
    "back": Text(en="Back to the index", ar="العودة إلى الفهرس"),
    # The redacted twin
    "withheld": Text(en="(withheld in the redacted copy)", ar="(محجوب في النسخة المحجوبة)"),
    "redacted_title": Text(en="Redacted records", ar="سجلات محجوبة الأسماء"),
    "redacted_about": Text(
        en="Redacted copy. Ids are replaced by keyed pseudonyms, the same one for the same id throughout; names, free text and "
        "file names are left out; in breakdowns, groups of fewer than 5 people are not shown. Every other figure is that of "
        "the full report. Amounts and dates of rows are unchanged, so that sums can be made again: the rows are pseudonymous, "
        "not anonymous.",
        ar="نسخة محجوبة. استُبدلت المعرّفات برموز ثابتة مولَّدة بمفتاح، رمز واحد لكل معرّف في النسخة كلها. حُذفت الأسماء والنصوص "
        "الحرة وأسماء الملفات، ولا تُعرض في التفاصيل المجموعات التي تقل عن 5 مشاركين. وكل رقم آخر مطابق للتقرير الكامل. وبقيت "
        "مبالغ الصفوف وتواريخها كما هي ليمكن إعادة الجمع، فالصفوف مستعارة الهوية وليست مجهولة تمامًا.",
    ),
    # The kind of programme: network, affiliate, referral
    "claims": Text(en="Published claims beside these records", ar="ادعاءات منشورة ومعها أرقام هذه السجلات"),
    "claims_intro": Text(
        en="A claim is no limit: nobody has to reach it.", ar="الادعاء ليس حدًّا، ولا يُطلب من أحد بلوغه."
    ),
    "claim_seen": Text(en="seen on a page of those who made the study", ar="ورد في صفحة لمن أجروا الدراسة"),
    "here": Text(en="In these records", ar="في هذه السجلات"),
    "programme": Text(en="The kind of programme", ar="نوع البرنامج"),
}
