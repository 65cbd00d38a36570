"""Every word of the dashboard that does not come from the API, in English and Arabic.

One dictionary, grouped by page. Terms are those of the glossary: one term, one word. Counts stand after a colon, so
that no sentence has to agree with a number. `{name}` marks a value that `Session.word` fills in.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from dashboard.check_words import PAIRS

Language = Literal["en", "ar"]
LANGUAGES: tuple[Language, ...] = ("en", "ar")


class Word(NamedTuple):
    """A text in both languages."""

    en: str
    ar: str

    def say(self, language: Language) -> str:
        """The text in one of them."""
        return self.ar if language == "ar" else self.en


W = Word

FRAME: dict[str, Word] = {
    "product": W("Downline", "Downline"),
    "tagline": W(
        "checks the records of network-marketing and referral companies",
        "فحص سجلات شركات التسويق الشبكي وبرامج الإحالة",
    ),
    "other_language": W("العربية", "English"),
    "page_cases": W("Cases", "ملفات الفحص"),
    "page_upload": W("Files", "الملفات"),
    "page_overview": W("Overview", "نظرة عامة"),
    "page_findings": W("Findings", "النتائج"),
    "page_questions": W("Questions", "الأسئلة"),
    "page_tree": W("Tree", "شجرة الشبكة"),
    "page_report": W("Report", "التقرير"),
    "case": W("Case", "ملف الفحص"),
    "analysis": W("Analysis", "التحليل"),
    "signed_in": W("{name}, role: {role}", "{name}، الدور: {role}"),
    "names_masked": W("names are masked", "الأسماء محجوبة"),
    "sign_in": W("Sign in", "تسجيل الدخول"),
    "sign_out": W("Sign out", "تسجيل الخروج"),
    "token": W("Access token", "رمز الدخول"),
    "token_help": W(
        "The operator of this service issues tokens. The token is kept for this visit only and not stored.",
        "يصدر مشغّل الخدمة رموز الدخول. يُستخدم الرمز في هذه الزيارة فقط ولا يُحفظ.",
    ),
    "token_wrong": W(
        "The service does not know this token. It may have been replaced by a newer one; the operator can issue another.",
        "الرمز غير معروف لدى الخدمة. ربما حلّ محله رمز أحدث؛ ويمكن لمشغّل الخدمة إصدار رمز آخر.",
    ),
    "api_down": W("The service cannot be reached", "تعذّر الوصول إلى الخدمة"),
    "api_down_detail": W(
        "Nothing answers at {address}. Start it with the command {command}, then reload this page.",
        "لا رد من العنوان {address}. يُرجى تشغيل الخدمة بالأمر {command} ثم إعادة فتح هذه الصفحة.",
    ),
    "try_again": W("Try again", "إعادة المحاولة"),
    "unforeseen": W(
        "Something unforeseen happened. The dashboard's log has the details.",
        "حدث ما لم يكن متوقعًا. التفاصيل في سجل لوحة المتابعة.",
    ),
    "not_permitted": W(
        "This page needs a role that may see it. Current role: {role}.",
        "هذه الصفحة متاحة لدور آخر. الدور الحالي: {role}.",
    ),
    "unknown_case": W(
        "There is no case with this id. It may be a link from another machine.",
        "لا يوجد ملف فحص بهذا المعرّف. ربما يعود الرابط إلى جهاز آخر.",
    ),
    "no_case": W("No case is open.", "لم يُفتح أي ملف فحص."),
    "to_cases": W("Choose a case", "اختيار ملف فحص"),
    "no_analysis": W("This case has no analysis yet.", "لا يوجد تحليل في ملف الفحص هذا بعد."),
    "to_upload": W("Upload files and start an analysis", "رفع الملفات وبدء التحليل"),
    "disclaimer": W(
        "Downline measures the records it was given and compares them with published rules. It does not decide whether "
        "a company is lawful and gives no legal advice.",
        "يقيس Downline السجلات المقدَّمة إليه ويقارنها بقواعد منشورة. ولا يقرر مشروعية أي شركة، ولا يقدّم استشارة قانونية.",
    ),
    "next_page": W("Next rows", "الصفوف التالية"),
    "first_page": W("Back to the first rows", "العودة إلى أول الصفوف"),
    "file": W("File", "الملف"),
    "line": W("Line", "السطر"),
    "column": W("Column", "العمود"),
    "value": W("Value", "القيمة"),
    "hint": W("What to do", "ما العمل"),
    "field": W("Field", "الحقل"),
}

CASES: dict[str, Word] = {
    "cases_intro": W(
        "A case keeps a company's files, every analysis of them, and a log of who did what.",
        "يحفظ ملف الفحص ملفات الشركة، وكل تحليل لها، وسجل العمليات.",
    ),
    "cases_none": W(
        "There is no case yet. The first one is made below.", "لا توجد ملفات فحص بعد. يمكن إنشاء الأول أدناه."
    ),
    "case_title": W("Title", "العنوان"),
    "case_title_example": W("for example: Company X, records of 2025", "مثال: الشركة س، سجلات 2025"),
    "case_made": W("Made", "تاريخ الإنشاء"),
    "case_by": W("by", "أنشأه"),
    "case_new": W("New case", "ملف فحص جديد"),
    "case_create": W("Create the case", "إنشاء ملف الفحص"),
    "case_title_missing": W("The title is required.", "العنوان مطلوب."),
}

UPLOAD: dict[str, Word] = {
    "waiting": W("Files that wait to be read", "ملفات في انتظار القراءة"),
    "waiting_none": W("No file waits. Choose some above.", "لا ملفات في الانتظار. يمكن اختيار الملفات أعلاه."),
    "choose": W("Choose files", "اختيار الملفات"),
    "choose_help": W(
        "Tables as CSV, TSV, XLSX, Parquet or JSON Lines, or one zip of them; a data sheet (datasheet.yaml) and a plan "
        "(plan.yaml) if there are any. Up to {limit} MB each here.",
        "جداول بصيغة CSV أو TSV أو XLSX أو Parquet أو JSON Lines، أو ملف zip يضمها؛ ومعها وصف البيانات (datasheet.yaml) "
        "وخطة العمولات (plan.yaml) إن وُجدا. الحد الأقصى هنا لكل ملف: {limit} ميغابايت.",
    ),
    "send": W("Upload", "رفع"),
    "sent": W("Uploaded: {count}", "الملفات المرفوعة: {count}"),
    "larger": W("Larger files", "ملفات أكبر"),
    "larger_text": W(
        "Large files go straight to the service, which reads them as they arrive. With the command line:",
        "تُرسل الملفات الكبيرة إلى الخدمة مباشرة، وتُقرأ عند وصولها. بسطر الأوامر:",
    ),
    "larger_or_folder": W(
        "or analyse the folder where it lies, without any upload:", "أو تحليل المجلد في مكانه بلا رفع:"
    ),
    "size": W("Size", "الحجم"),
    "received": W("Received", "وقت الوصول"),
    "leave_out": W("Leave out", "استبعاد"),
    "start": W("Start an analysis", "بدء تحليل"),
    "packs": W("Rule packs", "حزم القواعد"),
    "packs_sheet": W("as the data sheet says", "بحسب وصف البيانات"),
    "packs_choose": W("these packs", "الحزم التالية"),
    "plan": W("Compensation plan", "خطة العمولات"),
    "plan_sheet": W("as the data sheet says", "بحسب وصف البيانات"),
    "assumptions": W("Numbers that are assumed", "أرقام مفترضة"),
    "assumptions_text": W(
        "No record holds these. What is left empty keeps its default; what needs a number that nobody gives is not measured.",
        "هذه أرقام لا ترد في السجلات. ما يُترك فارغًا تُستخدم قيمته التلقائية، وما يحتاج إلى رقم لم يُذكر لا يُقاس.",
    ),
    "start_button": W("Start", "بدء التحليل"),
    "packs_find": W("Country or name", "البلد أو الاسم"),
    "packs_missing": W("At least one rule pack is required.", "مطلوب حزمة قواعد واحدة على الأقل."),
    "job": W("The analysis", "التحليل"),
    "job_queued": W("Waiting for its turn", "في انتظار الدور"),
    "job_running": W("Running", "جارٍ التنفيذ"),
    "job_done": W("The analysis is done.", "اكتمل التحليل."),
    "job_failed": W("The analysis could not be made. Nothing of it was kept.", "تعذّر إجراء التحليل. لم يُحفظ منه شيء."),
    "job_cancelled": W("The analysis was cancelled. Nothing of it was kept.", "أُلغي التحليل. لم يُحفظ منه شيء."),
    "cancel": W("Cancel", "إلغاء"),
    "cancelling": W("It stops at its next step.", "يتوقف عند الخطوة التالية."),
    "see_results": W("See the results", "عرض النتائج"),
    "snapshot_again": W("Analyse what was read before", "تحليل ما قُرئ سابقًا"),
    "upload_failed": W("{file} was not uploaded", "لم يُرفع الملف {file}"),
}

OVERVIEW: dict[str, Word] = {
    "law_on": W("Rules as in force on {day}", "القواعد السارية في {day}"),
    "people": W("People", "المشاركون"),
    "upper": W("at most", "على الأكثر"),
    "lower": W("at least", "على الأقل"),
    "limits": W("What the records do not carry", "ما لا تحمله السجلات"),
    "signs": W("Warning signs met or limits not kept", "علامات تحذير متحققة أو حدود متجاوَزة"),
    "binds_one": W("binds only the company it names", "يُلزم الشركة المذكورة فيه وحدها"),
    "signs_none": W("No warning sign of the rules applied is met.", "لم تتحقق أي علامة تحذير من القواعد المطبَّقة."),
    "by_state": W("Findings by result", "النتائج بحسب الحالة"),
    "charts": W("In pictures", "بالرسوم"),
    "chart_months": W("Money in and out, by month", "ما دُفع وما صُرف شهريًا"),
    "chart_joined": W("New participants, by month", "المنضمون الجدد شهريًا"),
    "chart_levels": W("Participants by level", "المشاركون بحسب المستوى"),
    "chart_lorenz": W("How payouts are shared out", "توزّع الدفعات"),
    "lorenz_across": W("participants, least paid first", "المشاركون، الأقل دخلًا أولًا"),
    "lorenz_up": W("share of payouts", "الحصة من الدفعات"),
    "lorenz_note": W("The dashed line is what equal payouts would look like.", "الخط المتقطع هو التوزّع المتساوي."),
    "lorenz_summary": W(
        "The lower {low} of participants received {share} of the payouts.",
        "أدنى {low} من المشاركين تلقّوا {share} من الدفعات.",
    ),
    "months_summary": W(
        "Most was paid in during {month}: {in_}. Paid out in the same month: {out}.",
        "أعلى شهر من حيث ما دُفع: {month}، بمبلغ {in_}. وما صُرف في الشهر نفسه: {out}.",
    ),
    "joined_summary": W("Most joined in {month}: {count}.", "أعلى شهر انضمام: {month}، وعدد المنضمين فيه: {count}."),
    "levels_summary": W(
        "Most stand on level {level}: {count}. Deepest level: {deepest}.",
        "أكثر المستويات عددًا: المستوى {level}، وفيه {count}. أعمق مستوى: {deepest}.",
    ),
    "same_table": W("The same as a table", "الأرقام نفسها في جدول"),
    "month": W("Month", "الشهر"),
    "level": W("Level", "المستوى"),
    "levels_more": W("{level} and deeper", "{level} فما تحته"),
    "joined": W("Joined", "انضموا"),
    "in": W("Paid in", "دُفع"),
    "out": W("Paid out", "صُرف"),
    "intake": W("The files, and every row of them", "الملفات وكل صف فيها"),
    "intake_sum": W(
        "Rows that came in: {rows_in} = accepted: {accepted} + refused: {refused}. Every refused row is kept with its line "
        "and reason.",
        "الصفوف الواردة: {rows_in}، منها المقبولة: {accepted}، والمرفوضة: {refused}. كل صف مرفوض محفوظ مع رقم سطره وسبب رفضه.",
    ),
    "refused_rows": W("Refused rows", "الصفوف المرفوضة"),
    "structure": W("The tree as found", "شجرة الشبكة كما وُجدت"),
    "structure_none": W("No fault in the structure was found.", "لم يُعثر على خلل في البنية."),
    "repair": W("Rule of repair", "قاعدة الإصلاح"),
    "examples": W("Examples", "أمثلة"),
    "count": W("Count", "العدد"),
    "problem": W("What was found", "ما وُجد"),
    "checked_figures": W(
        "Figures stated in the data sheet: {ok} of {total} came out as stated.",
        "الأرقام المذكورة في وصف البيانات: تطابق منها {ok} من {total}.",
    ),
    "figure_differs": W(
        "{id}: the data sheet says {stated}, the records give {found}",
        "{id}: في وصف البيانات {stated}، وفي السجلات {found}",
    ),
}

FINDINGS: dict[str, Word] = {
    "findings_intro": W(
        "Each finding holds one measurement against one rule. It is a measurement and not a judgment: whether a company "
        "acts lawfully is for the competent authorities.",
        "تقارن كل نتيجة قياسًا واحدًا بقاعدة واحدة. وهي قياس وليست حكمًا: تقدير مشروعية نشاط الشركة للجهات المختصة.",
    ),
    "state": W("Result", "الحالة"),
    "severity": W("Severity", "درجة الأهمية"),
    "jurisdiction": W("Country", "البلد"),
    "search": W("Search", "بحث"),
    "search_in": W("words, instrument, id", "كلمات أو نص قانوني أو معرّف"),
    "shown_of": W("Shown: {shown} of {total}", "المعروض: {shown} من {total}"),
    "none_match": W("No finding matches these filters.", "لا توجد نتائج تطابق هذه التصفية."),
    "clear": W("Clear filters", "مسح التصفية"),
    "more": W("Show more", "عرض المزيد"),
    "tab_findings": W("Findings", "النتائج"),
    "tab_measurements": W("Measurements", "القياسات"),
    "back_to_list": W("All findings", "كل النتائج"),
    "not_found": W("This analysis has no finding of this id.", "لا توجد في هذا التحليل نتيجة بهذا المعرّف."),
    "rule": W("What the rule says", "نص القاعدة"),
    "defence": W("What speaks against reading too much into it", "ما يدعو إلى التحفظ في القراءة"),
    "why_not": W("Why there is no firmer result", "سبب عدم وجود نتيجة أوضح"),
    "note": W("Note", "ملاحظة"),
    "readings": W("Under each definition", "بحسب كل تعريف"),
    "reading": W("Definition", "التعريف"),
    "limit": W("Limit", "الحد"),
    "source": W("Source", "المصدر"),
    "force": W("Kind of source", "نوع المصدر"),
    "basis_primary": W("checked against the text of the instrument", "رُوجع على النص القانوني"),
    "basis_secondary": W("seen in a secondary source", "ورد في مصدر ثانوي"),
    "basis_none": W("not verified", "لم يُتحقق منه"),
    "rule_id": W("Rule", "القاعدة"),
    "evidence": W("The rows behind it", "الصفوف التي يستند إليها"),
    "evidence_range": W("Rows {first} to {last} of {total}", "الصفوف من {first} إلى {last}، والمجموع {total}"),
    "evidence_none": W("This finding has no rows of its own.", "لا صفوف خاصة بهذه النتيجة."),
    "minor_units": W(
        "Sums stand as in the records, in the smallest unit: {sum}.",
        "المبالغ كما في السجلات، بأصغر وحدة نقدية: {sum}.",
    ),
    "query": W("The query that gives them", "الاستعلام الذي يعطيها"),
    "how": W("How is this computed?", "طريقة الحساب"),
    "definition": W("Definition", "التعريف"),
    "formula": W("Formula", "الصيغة"),
    "numerator": W("Numerator", "البسط"),
    "denominator": W("Denominator", "المقام"),
    "misleads": W("When it misleads", "متى يضلِّل"),
    "interval": W("Confidence interval {level}: {low} to {high}", "فترة الثقة {level}: من {low} إلى {high}"),
    "not_measured": W("Not measurable", "تعذّر القياس"),
    "needs": W("Needs", "يحتاج إلى"),
    "severity_critical": W("critical", "بالغة"),
    "severity_high": W("high", "عالية"),
    "severity_medium": W("medium", "متوسطة"),
    "severity_low": W("low", "منخفضة"),
    "severity_info": W("for information", "للعلم"),
    "state_breached": W("Warning sign met or limit not kept", "علامة تحققت أو حد متجاوَز"),
    "state_borderline": W("Close to the limit", "قريب من الحد"),
    "state_question": W("Question for a person", "سؤال للمراجِع"),
    "state_not_measurable": W("Not measurable", "تعذّر القياس"),
    "state_met": W("Without concern", "بلا ملاحظة"),
    "state_gate": W("Decides which rules apply", "شرط انطباق"),
    "state_reference": W("For comparison", "للمقارنة"),
    "country_XX": W("general", "عام"),
    "country_US": W("United States", "الولايات المتحدة"),
    "country_US-TX": W("United States: Texas", "الولايات المتحدة: تكساس"),
    "country_US-MS": W("United States: Mississippi", "الولايات المتحدة: ميسيسيبي"),
    "country_US-CA": W("United States: California", "الولايات المتحدة: كاليفورنيا"),
    "country_CN": W("China", "الصين"),
    "country_EU": W("European Union", "الاتحاد الأوروبي"),
    "country_EG": W("Egypt", "مصر"),
    "country_AE": W("United Arab Emirates", "الإمارات العربية المتحدة"),
    "country_AU": W("Australia", "أستراليا"),
    "country_BH": W("Bahrain", "البحرين"),
    "country_CA": W("Canada", "كندا"),
    "country_GB": W("United Kingdom", "المملكة المتحدة"),
    "country_ID": W("Indonesia", "إندونيسيا"),
    "country_IN": W("India", "الهند"),
    "country_JP": W("Japan", "اليابان"),
    "country_KR": W("South Korea", "كوريا الجنوبية"),
    "country_KW": W("Kuwait", "الكويت"),
    "country_MA": W("Morocco", "المغرب"),
    "country_MY": W("Malaysia", "ماليزيا"),
    "country_NZ": W("New Zealand", "نيوزيلندا"),
    "country_OM": W("Oman", "عُمان"),
    "country_PH": W("Philippines", "الفلبين"),
    "country_PS": W("Palestine", "فلسطين"),
    "country_SA": W("Saudi Arabia", "المملكة العربية السعودية"),
    "country_SG": W("Singapore", "سنغافورة"),
    "country_TW": W("Taiwan", "تايوان"),
    "country_VN": W("Vietnam", "فيتنام"),
    "country_ZA": W("South Africa", "جنوب أفريقيا"),
    "force_statute-or-regulation": W("statute or regulation", "قانون أو لائحة"),
    "force_case-law": W("case law", "حكم قضائي"),
    "force_case-fact": W("fact of a single case", "واقعة في قضية بعينها"),
    "force_order-on-one-company": W("order binding one company only", "أمر يُلزم شركة واحدة فقط"),
    "force_guidance": W("guidance", "إرشادات"),
    "force_proposal": W("proposal", "مقترح"),
    "force_self-regulation": W("self-regulation", "تنظيم ذاتي"),
    "force_religious": W("religious ruling", "حكم شرعي"),
    "force_regulator-practice": W("practice of a regulator", "ممارسة جهة رقابية"),
    "force_not-found": W("no rule found", "لم نجد نصًّا"),
    "force_indicator": W("indicator, not law", "مؤشر، وليس قانونًا"),
}

QUESTIONS: dict[str, Word] = {
    "questions_intro": W(
        "No record answers these. An answer is kept with who gave it, when, and from which document; the next analysis "
        "uses it. A later answer takes the place of an earlier one, which stays in the log.",
        "لا تجيب السجلات عن هذه الأسئلة. تُحفظ كل إجابة مع اسم من أجاب وتاريخها والمستند الذي أُخذت منه، ويستخدمها التحليل "
        "القادم. وتحل الإجابة الأحدث محل الأقدم، وتبقى الأقدم في سجل العمليات.",
    ),
    "questions_count": W("Open: {open} of {total}", "بلا إجابة: {open} من {total}"),
    "questions_not_permitted": W(
        "This role reads questions and does not answer them.", "هذا الدور للاطلاع على الأسئلة دون الإجابة عنها."
    ),
    "questions_answered": W("Answered", "إجابات محفوظة"),
    "questions_why": W("Why it is asked", "سبب السؤال"),
    "who": W("Who answers", "من أجاب"),
    "who_example": W("name and function", "الاسم والصفة"),
    "when": W("When", "التاريخ"),
    "document": W("From which document", "المستند"),
    "document_example": W("title, page, date", "العنوان والصفحة والتاريخ"),
    "answer": W("Answer", "الإجابة"),
    "answer_yes": W("yes", "نعم"),
    "answer_no": W("no", "لا"),
    "answer_unknown": W("not known", "غير معروف"),
    "answers_keep": W("Keep these answers", "حفظ الإجابات"),
    "answers_none": W("No question was answered yet.", "لم يُجَب عن أي سؤال بعد."),
    "who_missing": W("An answer needs the name of whoever gives it.", "يلزم ذكر اسم من أجاب."),
    "answers_refused": W("The answers were not kept", "لم تُحفظ الإجابات"),
    "changes": W("What changed since another analysis", "ما تغيّر منذ تحليل آخر"),
    "changes_since": W("Compare with", "المقارنة مع"),
    "changes_none": W("No finding came out otherwise.", "لم تتغيّر أي نتيجة."),
    "changes_before": W("Before", "قبل"),
    "changes_after": W("After", "بعد"),
    "changes_why": W("Because", "السبب"),
    "changes_absent": W("not applied", "غير مطبَّقة"),
    "changes_same": W(
        "Unchanged: findings {findings}, figures {figures}", "بلا تغيير: نتائج {findings}، قيم {figures}"
    ),
}

TREE: dict[str, Word] = {
    "tree_intro": W(
        "Width is the number of people, each row is one level. Click or press Enter to go into a part; the wheel zooms, "
        "dragging moves, arrow keys walk.",
        "العرض عدد المشاركين، وكل صف مستوى. النقر أو مفتاح الإدخال للدخول إلى جزء، والعجلة للتكبير، والسحب للتحريك، والأسهم للتنقل.",
    ),
    "tree_same": W("The tree is drawn the same way in both languages.", "تُرسم الشجرة بالاتجاه نفسه في اللغتين."),
    "tree_one": W("one participant with the network below", "مشارك واحد وشبكته التابعة"),
    "tree_many": W("several people, too narrow to draw one by one", "عدة مشاركين، أضيق من أن يُرسموا فرادى"),
    "tree_selected": W("the participant chosen", "المشارك المختار"),
    "tree_find": W("Find a participant by id", "بحث عن مشارك بالمعرّف"),
    "tree_go": W("Find", "بحث"),
    "tree_unknown": W("There is no participant {id}.", "لا يوجد مشارك بالمعرّف {id}."),
    "tree_upline": W("Upline, from the root", "سلسلة الرعاة، من رأس الشبكة"),
    "tree_whole": W("Whole tree", "الشجرة كلها"),
    "tree_people": W("{count} people", "عدد المشاركين: {count}"),
    "tree_levels": W("Levels {first} to {last} of {deepest}", "المستويات من {first} إلى {last}، والأعمق {deepest}"),
    "tree_deeper": W("Deeper levels", "مستويات أعمق"),
    "tree_higher": W("Higher levels", "مستويات أعلى"),
    "tree_person": W("Participant {id}", "المشارك {id}"),
    "tree_recruits": W("Direct recruits", "المشاركون المباشرون"),
    "tree_recruits_none": W("Nobody was recruited directly.", "لا مشاركين مباشرين."),
    "tree_downline": W("Downline", "الشبكة التابعة"),
    "tree_sponsor": W("Sponsor", "الراعي"),
    "tree_level": W("Level", "المستوى"),
    "tree_id": W("Id", "المعرّف"),
    "tree_paid_in": W("Paid in", "دفع"),
    "tree_paid_out": W("Received", "تلقّى"),
    "tree_net": W("Difference", "الفرق"),
    "tree_no_money": W("The records carry no money of this participant.", "لا تحمل السجلات مبالغ لهذا المشارك."),
    "tree_at": W("level {depth}, people in this part: {count}", "المستوى {depth}، المشاركون في هذا الجزء: {count}"),
    "tree_chart": W("Tree of the network", "شجرة الشبكة"),
    "field_joined": W("Joined", "تاريخ الانضمام"),
    "field_left": W("Left", "تاريخ المغادرة"),
    "field_kind": W("Kind", "النوع"),
    "field_rank": W("Rank", "الرتبة"),
    "field_country": W("Country", "البلد"),
    "field_name": W("Name", "الاسم"),
    "field_person": W("Person", "الشخص"),
    "field_phone": W("Telephone", "الهاتف"),
    "field_email": W("Mail", "البريد الإلكتروني"),
    "field_address": W("Address", "العنوان"),
    "field_bank": W("Account for commissions", "حساب صرف العمولات"),
    "field_leg": W("Leg", "الفرع"),
    "field_placement_id": W("Placement parent", "صاحب الموضع الأعلى"),
    "field_source_file": W("File", "الملف"),
    "field_source_line": W("Line", "السطر"),
}

REPORT: dict[str, Word] = {
    "report_intro": W(
        "The report says the same in each form. HTML is one file that needs nothing else; PDF is for print and archives; "
        "the evidence annex (XLSX) has every row behind every figure. PDF and annex are made when they are asked for.",
        "يقول التقرير الشيء نفسه في كل صيغة. صيغة HTML ملف واحد لا يحتاج إلى غيره، وPDF للطباعة والحفظ، وملحق الأدلة (XLSX) "
        "يضم كل صف وراء كل رقم. ويُعدّ PDF والملحق عند طلبهما.",
    ),
    "report_download_en": W("Download in English", "تنزيل بالإنجليزية"),
    "report_download_ar": W("Download in Arabic", "تنزيل بالعربية"),
    "report_pdf_en": W("PDF in English", "PDF بالإنجليزية"),
    "report_pdf_ar": W("PDF in Arabic", "PDF بالعربية"),
    "report_xlsx_en": W("Evidence annex in English", "ملحق الأدلة بالإنجليزية"),
    "report_xlsx_ar": W("Evidence annex in Arabic", "ملحق الأدلة بالعربية"),
    "report_json": W("Data (JSON)", "البيانات (JSON)"),
    "bundle": W("To hand over", "للتسليم"),
    "bundle_text": W(
        "A bundle holds every form in both languages, a certificate form to be signed, and the hash of each file. The "
        "redacted copy has the same figures without anybody's id or name.",
        "تضم الحزمة كل الصيغ باللغتين، ونموذج شهادة للتوقيع، وبصمة كل ملف. والنسخة المحجوبة فيها الأرقام نفسها بلا معرّفات "
        "ولا أسماء.",
    ),
    "export_make": W("Make: {what}", "إعداد: {what}"),
    "export_save": W("Download: {what}", "تنزيل: {what}"),
    "bundle_full": W("Bundle", "الحزمة"),
    "bundle_redacted": W("Redacted copy", "نسخة محجوبة"),
    "report_preview": W("Preview", "معاينة"),
    "verify": W("Is the case as it was written?", "هل ملف الفحص كما كُتب؟"),
    "verify_text": W(
        "Compares every file of the case with its SHA-256, and the audit log with its chain.",
        "مقارنة كل ملف في ملف الفحص ببصمته SHA-256، وسجل العمليات بسلسلته.",
    ),
    "verify_button": W("Verify", "التحقق"),
    "verify_ok": W("Every byte is as it was written.", "كل بايت كما كُتب."),
    "verify_faults": W("Differences found: {count}", "الفروق التي وُجدت: {count}"),
    "verify_where": W("Where", "الموضع"),
    "verify_differs": W("How it differs", "وجه الاختلاف"),
    "provenance": W("What this analysis was made from", "ما بُني عليه هذا التحليل"),
    "snapshot": W("Snapshot", "النسخة الثابتة"),
    "plan_sha": W("Plan", "خطة العمولات"),
}

CHECK: dict[str, Word] = {key: Word(*pair) for key, pair in PAIRS.items()}

WORDS: dict[str, Word] = FRAME | CASES | UPLOAD | OVERVIEW | FINDINGS | QUESTIONS | TREE | REPORT | CHECK
"""Every word by its key."""
