"""Every word of the report that is not a figure, a finding or a rule: headings, labels, captions, in both languages."""

from __future__ import annotations

from compliance.report.words_forms import FORM_WORDS
from intake.text import Text

WORDS: dict[str, Text] = {
    **FORM_WORDS,
    "report": Text(en="Report on the records of", ar="تقرير عن سجلات"),
    "language_name": Text(en="English", ar="العربية"),
    "period_money": Text(en="Payments from {start} to {end}", ar="المدفوعات من {start} إلى {end}"),
    "period_joined": Text(en="people joined from {start} to {end}", ar="الانضمام من {start} إلى {end}"),
    "no_period": Text(en="The records carry no dates", ar="لا تحمل السجلات تواريخ"),
    "first_screen": Text(en="What the records show", ar="ما تُظهره السجلات"),
    "people": Text(en="People", ar="المشاركون"),
    "people_detail": Text(
        en="in {levels} level{s} below one root; {without} of them ({share}) recruited nobody",
        ar="عدد المستويات تحت رأس الشبكة: {levels}. من لم يستقطبوا أحدًا: {without} ({share})",
    ),
    "people_detail_flat": Text(
        en="none under another; roots: {roots}; recruited nobody: {without} ({share})",
        ar="لا أحد تحت غيره. عدد رؤوس الشبكة: {roots}. من لم يستقطبوا أحدًا: {without} ({share})",
    ),
    "people_detail_roots": Text(
        en="in {levels} level{s} below {roots} roots; {without} of them ({share}) recruited nobody",
        ar="عدد المستويات تحت رأس الشبكة: {levels}، وعدد رؤوس الشبكة: {roots}. من لم يستقطبوا أحدًا: {without} ({share})",
    ),
    "people_detail_none": Text(
        en="nobody holds a position in a network; customers with an account: {customers}",
        ar="لا أحد له موضع في شبكة. العملاء أصحاب الحسابات: {customers}",
    ),
    "paid_in": Text(en="Paid in by participants", ar="ما دفعه المشاركون"),
    "paid_in_detail": Text(en="by {count} of them", ar="عدد من دفعوا: {count}"),
    "from_customers": Text(en="Paid by outside customers", ar="ما دفعه عملاء من الخارج"),
    "no_customers": Text(en="no such sale in the records", ar="لا يوجد بيع كهذا في السجلات"),
    "paid_out": Text(en="Paid out", ar="ما صُرف للمشاركين"),
    "paid_out_detail": Text(
        en="to {count} participants ({share} of all)", ar="عدد من تلقّوا دفعات: {count} ({share} من الجميع)"
    ),
    "paid_out_detail_least": Text(
        en="to at least {count} participants ({share} of all)",
        ar="عدد من تلقّوا دفعات: {count} على الأقل ({share} من الجميع)",
    ),
    "paid_out_detail_none": Text(en="paid to {count}", ar="عدد من تلقّوا دفعات: {count}"),
    "no_payouts": Text(en="The records carry no payouts", ar="لا تحمل السجلات دفعات"),
    "funded": Text(en="Who funded the payouts", ar="من أين جاءت الدفعات"),
    "funded_detail": Text(
        en="of the payouts must have come from the participants' own money: recorded sales to outside customers cannot "
        "cover them",
        ar="من الدفعات لا بد أنها من مال المشاركين أنفسهم، لأن المبيعات المسجَّلة لعملاء من الخارج لا تغطيها",
    ),
    "funded_detail_recorded": Text(
        en="of the payouts are not covered by recorded sales to outside customers; sales outside these records cannot be "
        "excluded",
        ar="من الدفعات لا تغطيها المبيعات المسجَّلة لعملاء من الخارج، ولا يمكن استبعاد مبيعات خارج هذه السجلات",
    ),
    "behind": Text(en="Paid in more than they got back", ar="دفعوا أكثر مما تلقّوا"),
    "behind_detail": Text(
        en="of those who ever joined: {count} of {total}",
        ar="ممن انضموا في أي وقت: {count} من أصل {total}",
    ),
    "behind_detail_unrecorded": Text(
        en="of those who ever joined: {count} of {total}, if those with nothing recorded count as behind ({known} are behind in the "
        "records)",
        ar="ممن انضموا في أي وقت: {count} من أصل {total}، إذا عُدّ منهم من لم يُسجَّل له شيء (في السجلات {known})",
    ),
    "interval_of_people": Text(
        en="were they a sample, the {level} confidence interval would be {low} to {high}",
        ar="ولو كانوا عيّنة لكانت فترة الثقة {level}: من {low} إلى {high}",
    ),
    "top": Text(en="How top-heavy", ar="تركّز الدفعات"),
    "top_detail": Text(en="of the recorded payouts: {who}", ar="من الدفعات المسجَّلة: {who}"),
    "at_most": Text(en="at most", ar="على الأكثر"),
    "at_least": Text(en="at least", ar="على الأقل"),
    "span": Text(en="from {low} to {high}", ar="من {low} إلى {high}"),
    "met_by": Text(en="met by {limit}", ar="تتحقق عند {limit}"),
    "asks_for": Text(en="the rule asks for {limit}", ar="المطلوب {limit}"),
    "open": Text(en="in these records", ar="بحسب هذه السجلات"),
    "signs": Text(en="Warning signs met or limits not kept", ar="علامات تحذير متحققة أو حدود متجاوَزة"),
    "signs_none": Text(
        en="No warning sign is met by the rules that could be judged: {judged} of {rules}.",
        ar="لم تتحقق أي علامة تحذير من القواعد التي أمكن تطبيقها: {judged} من {rules}.",
    ),
    "binds_one": Text(en="binds only the company it names", ar="يُلزم الشركة المذكورة فيه وحدها"),
    "from_orders": Text(
        en="From orders on single companies alone: {count} of {all}. Such an order binds the company it names; for any other it "
        "is a figure to compare with.",
        ar="ما مصدره أوامر في شأن شركات بعينها وحدها: {count} من {all}. يُلزم الأمر الشركة المذكورة فيه، وهو لغيرها رقم للمقارنة.",
    ),
    "alert_refused": Text(
        en="{refused} of {rows} rows were refused and are not counted; see the files below.",
        ar="رُفض {refused} من {rows} صف ولم يُحتسب؛ التفاصيل في قسم الملفات.",
    ),
    "alert_currencies": Text(
        en="Only amounts in {main} are counted. Rows in {others} are not, so sums are too low and shares may be off.",
        ar="احتُسبت المبالغ بعملة {main} فقط، ولم تُحتسب الصفوف بعملة {others}، فالمجاميع أقل من الواقع والنسب قد تختلف.",
    ),
    "alert_faults": Text(
        en="Rows with faults in the tree as recorded: {count}. They were repaired by the rules under The tree as found.",
        ar="في الشجرة كما سُجِّلت خلل في عدد من الصفوف ({count})، أُصلح بالقواعد المذكورة في قسم شجرة الشبكة.",
    ),
    "alert_figures": Text(
        en="{count} figures stated in the data sheet did not come out; see the files below.",
        ar="عدد الأرقام المذكورة في وصف البيانات ولم تتطابق: {count}؛ التفاصيل في قسم الملفات.",
    ),
    "minor_units": Text(
        en="The rows are as the query gives them, but with money in whole units; in the query 1 {currency} is {units}.",
        ar="الصفوف كما يعطيها الاستعلام مع كتابة المبالغ بالوحدة الكاملة؛ وفي الاستعلام 1 {currency} يساوي {units}.",
    ),
    "weighed": Text(
        en="Figures that an instrument names without setting a number",
        ar="أرقام يذكرها نص قانوني دون أن يحدد لها حدًّا",
    ),
    "weighed_intro": Text(
        en="No number decides these; a person has to weigh them, with the caveats under Findings.",
        ar="لا رقم يحسم هذه المؤشرات، والتقدير للمراجِع مع مراعاة التحفظات الواردة في قسم النتائج.",
    ),
    "not_measured": Text(en="What could not be measured, and why", ar="ما تعذّر قياسه، وسبب ذلك"),
    "counts": Text(
        en="{rules} rules of {packs} were applied: warning signs met or limits not kept {breached}, close to the limit "
        "{borderline}, without concern {met}, for context {context}, questions for a person {question}, not measurable "
        "{not_measurable}.",
        ar="القواعد المطبَّقة: {rules} (الحزم: {packs}). علامات التحذير المتحققة والحدود المتجاوَزة: {breached}. القريب من الحد: "
        "{borderline}. بلا ملاحظة: {met}. للعلم والمقارنة: {context}. أسئلة للمراجِع: {question}. ما تعذّر قياسه: "
        "{not_measurable}.",
    ),
    "limits": Text(en="What the records do not carry", ar="ما لا تحمله السجلات"),
    "charts": Text(en="In pictures", ar="بالرسوم"),
    "chart_months": Text(en="Money in and out, by month", ar="ما دُفع وما صُرف شهريًا"),
    "chart_joined": Text(en="New participants, by month", ar="المنضمون الجدد شهريًا"),
    "chart_levels": Text(en="Participants by level", ar="المشاركون بحسب المستوى"),
    "chart_lorenz": Text(en="How payouts are shared out", ar="توزّع الدفعات"),
    "lorenz_across": Text(en="participants, least paid first", ar="المشاركون، الأقل دخلًا أولًا"),
    "lorenz_up": Text(en="share of payouts", ar="الحصة من الدفعات"),
    "lorenz_note": Text(
        en="The dashed line is what equal payouts would look like.", ar="الخط المتقطع هو التوزّع المتساوي."
    ),
    "month": Text(en="Month", ar="الشهر"),
    "level": Text(en="Level", ar="المستوى"),
    "levels_more": Text(en="{from} and deeper", ar="{from} فما تحته"),
    "joined": Text(en="joined", ar="انضموا"),
    "in": Text(en="paid in", ar="دُفع"),
    "out": Text(en="paid out", ar="صُرف"),
    "table": Text(en="The same as a table", ar="الأرقام نفسها في جدول"),
    "findings": Text(en="Findings", ar="النتائج"),
    "findings_intro": Text(
        en="Each finding holds one measurement against one rule. It is a measurement and not a judgment: whether a "
        "company acts lawfully is for the competent authorities.",
        ar="تقارن كل نتيجة قياسًا واحدًا بقاعدة واحدة. وهي قياس وليست حكمًا: تقدير مشروعية نشاط الشركة للجهات المختصة.",
    ),
    "source": Text(en="Source", ar="المصدر"),
    "source_checked_primary": Text(en="checked against the text of the instrument", ar="رُوجع على النص القانوني"),
    "source_checked_secondary": Text(en="seen in a secondary source", ar="ورد في مصدر ثانوي"),
    "source_unchecked": Text(en="not verified", ar="لم يُتحقق منه"),
    "force": Text(en="Kind of source", ar="نوع المصدر"),
    "rule": Text(en="What the rule says", ar="نص القاعدة"),
    "defence": Text(en="What speaks against reading too much into it", ar="ما يدعو إلى التحفظ في القراءة"),
    "why_not": Text(en="Why there is no firmer result", ar="سبب عدم وجود نتيجة أوضح"),
    "note": Text(en="Note", ar="ملاحظة"),
    "readings": Text(en="Under each definition", ar="بحسب كل تعريف"),
    "other_hooks": Text(en="The same measurement also stands under", ar="يرد القياس نفسه أيضًا في"),
    "evidence": Text(en="The rows behind it", ar="الصفوف التي يستند إليها"),
    "evidence_count": Text(en="{shown} of {count} rows", ar="المعروض {shown} من {count} صف"),
    "query": Text(en="The query that gives them", ar="الاستعلام الذي يعطيها"),
    "measurements": Text(en="Every measurement", ar="كل القياسات"),
    "measurement": Text(en="Measurement", ar="القياس"),
    "value": Text(en="Value", ar="القيمة"),
    "how": Text(en="How it is computed", ar="طريقة الحساب"),
    "of": Text(en="of", ar="من"),
    "definition": Text(en="Definition", ar="التعريف"),
    "formula": Text(en="Formula", ar="الصيغة"),
    "known_errors": Text(en="When it misleads", ar="متى يضلِّل"),
    "interval": Text(en="confidence interval", ar="فترة الثقة"),
    "plan": Text(en="The plan, recomputed", ar="الخطة بعد إعادة الاحتساب"),
    "plan_none": Text(
        en="No plan was given, so no payout was recomputed.", ar="لم تُقدَّم خطة عمولات، فلم يُعَد احتساب أي دفعة."
    ),
    "worst_case": Text(en="The most the plan can pay out", ar="أقصى ما يمكن أن تصرفه الخطة"),
    "plan_features": Text(en="What regulators look at in the plan", ar="ما تنظر إليه الجهات الرقابية في الخطة"),
    "causes": Text(en="Why they differ", ar="أسباب الفروق"),
    "causes_how": Text(
        en="Each cause was tried: a difference is put down to it only where it then vanishes to the cent.",
        ar="جُرّب كل سبب، ولا يُنسب إليه الفرق إلا إذا زال به تمامًا.",
    ),
    "cause": Text(en="Probable cause", ar="السبب المرجَّح"),
    "explained": Text(en="The largest payment of each component, step by step", ar="أكبر دفعة من كل بند، خطوة بخطوة"),
    "component": Text(en="Component", ar="البند"),
    "status": Text(en="Result", ar="النتيجة"),
    "lines": Text(en="Lines", ar="البنود"),
    "recorded": Text(en="Recorded", ar="المسجَّل"),
    "recomputed": Text(en="Recomputed", ar="المعاد احتسابه"),
    "difference": Text(en="Difference", ar="الفرق"),
    "status_match": Text(en="agree", ar="متطابق"),
    "status_missing": Text(en="promised by the plan, not recorded", ar="في الخطة وغير مسجَّل"),
    "status_extra": Text(en="recorded, not explained by the plan", ar="مسجَّل ولا تفسّره الخطة"),
    "status_short": Text(en="recorded less than the plan gives", ar="المسجَّل أقل مما تعطيه الخطة"),
    "status_over": Text(en="recorded more than the plan gives", ar="المسجَّل أكثر مما تعطيه الخطة"),
    "status_not_recorded": Text(en="the records cannot carry it", ar="لا تتسع له السجلات"),
    "structure": Text(en="The tree as found", ar="شجرة الشبكة كما وُجدت"),
    "structure_none": Text(en="No fault in the structure was found.", ar="لم يُعثر على خلل في البنية."),
    "repair": Text(en="Repaired by this rule", ar="قاعدة الإصلاح"),
    "intake": Text(en="The files, and every row of them", ar="الملفات وكل صف فيها"),
    "intake_sum": Text(
        en="{rows_in} rows came in: {accepted} were accepted and {refused} refused. Every refused row is kept with its "
        "line and reason.",
        ar="الصفوف الواردة: {rows_in}. المقبولة: {accepted}. المرفوضة: {refused}. كل صف مرفوض محفوظ مع رقم سطره وسبب رفضه.",
    ),
    "file": Text(en="File", ar="الملف"),
    "into": Text(en="Became", ar="صار"),
    "rows_in": Text(en="Rows", ar="الصفوف"),
    "accepted": Text(en="Accepted", ar="المقبولة"),
    "refused": Text(en="Refused", ar="المرفوضة"),
    "reason": Text(en="Reason", ar="السبب"),
    "count": Text(en="Count", ar="العدد"),
    "assumptions": Text(en="Numbers that were assumed", ar="أرقام مفترضة"),
    "assumptions_are": Text(
        en="These numbers come from no record: they are defaults of the program, or the analyst chose them. Figures that use "
        "one change with it.",
        ar="هذه الأرقام ليست من السجلات: فهي قيم البرنامج التلقائية أو قيم اختارها المحلل، وتتغير معها الأرقام التي تعتمد عليها.",
    ),
    "assumption": Text(en="What is assumed", ar="الافتراض"),
    "assume_name": Text(en="Its name for --assume", ar="اسمه في ⁨--assume⁩"),
    "chosen": Text(en="chosen", ar="اختارها المحلل"),
    "default": Text(en="default", ar="تلقائية"),
    "not_set": Text(en="not set", ar="غير محددة"),
    "provenance": Text(en="How to check this report", ar="كيفية التحقق من هذا التقرير"),
    "snapshot": Text(en="Snapshot", ar="النسخة الثابتة"),
    "program": Text(en="Program", ar="البرنامج"),
    "packs": Text(en="Rule packs", ar="حزم القواعد"),
    "pack_rules": Text(en="{enabled} of {total} rules in use", ar="القواعد المستخدمة {enabled} من {total}"),
    "reproduce": Text(en="Command that gives the same report", ar="الأمر الذي يعطي التقرير نفسه"),
    "disclaimer": Text(
        en="Downline measures the records it was given and compares them with published rules. It does not decide "
        "whether a company is lawful and gives no legal advice. Missing or wrong records change the figures. Decisions "
        "belong to the competent authorities.",
        ar="يقيس Downline السجلات المقدَّمة إليه ويقارنها بقواعد منشورة. ولا يقرر مشروعية أي شركة، ولا يقدّم استشارة "
        "قانونية. وقد تتغير الأرقام إذا كانت السجلات ناقصة أو خاطئة. والقرار للجهات المختصة.",
    ),
    "checked_figures": Text(
        en="Figures stated in the data sheet: {ok} of {total} came out as stated.",
        ar="الأرقام المذكورة في وصف البيانات: تطابق منها {ok} من {total}.",
    ),
    "figure_differs": Text(
        en="{id}: the data sheet says {stated}, the records give {found}",
        ar="{id}: في وصف البيانات {stated}، وفي السجلات {found}",
    ),
}

FORCE: dict[str, Text] = {
    "statute-or-regulation": Text(en="statute or regulation", ar="قانون أو لائحة"),
    "case-law": Text(en="case law", ar="حكم قضائي"),
    "case-fact": Text(en="fact of a single case", ar="واقعة في قضية بعينها"),
    "order-on-one-company": Text(en="order binding one company only", ar="أمر يُلزم شركة واحدة فقط"),
    "guidance": Text(en="guidance", ar="إرشادات"),
    "proposal": Text(en="proposal", ar="مقترح"),
    "self-regulation": Text(en="self-regulation", ar="تنظيم ذاتي"),
    "religious": Text(en="religious ruling", ar="حكم شرعي"),
    "regulator-practice": Text(en="practice of a regulator", ar="ممارسة جهة رقابية"),
    "not-found": Text(en="no rule found", ar="لم نجد نصًّا"),
    "indicator": Text(en="indicator, not law", ar="مؤشر، وليس قانونًا"),
}

SEVERITY: dict[str, Text] = {
    "critical": Text(en="critical", ar="بالغة"),
    "high": Text(en="high", ar="عالية"),
    "medium": Text(en="medium", ar="متوسطة"),
    "low": Text(en="low", ar="منخفضة"),
    "info": Text(en="for information", ar="للعلم"),
}
