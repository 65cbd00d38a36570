"""What can go wrong on the receiving desk: exceptions for what cannot be read, codes for rows that are refused.

    IntakeError                 anything below; has `code`, `file`, `line`, and a message that names the way out
    ├── UnreadableFile          empty, truncated, encrypted, binary under a text name, unknown encoding or format
    ├── UnsafeArchive           an archive that climbs out of its folder, links, nests or swells
    ├── TooLarge                a limit of `intake.limits.Limits` was reached
    ├── DataSheetError          the data sheet (mapping file) is wrong, or names what the files do not have
    ├── TableClash              two files with different headings claim the same table
    ├── NothingRecognised       no file could be read as any table
    └── OutputExists            the folder to write into already holds something

A row that cannot be accepted is not an exception but data: it is kept in `refused.parquet` with one of the
`RefusalCode`s and a hint. `hint_for` gives the hint of a code in English and Arabic.
"""

from __future__ import annotations

from enum import StrEnum

from intake.text import Said, Text, placed, say


class IntakeError(Said):
    """Files could not be taken in; the message names file, line and value, and says what to do.

    Args:
        message: A whole sentence for the person at the desk.
        file: The file's name as in the reading, if one is to blame.
        line: Its 1-based line, if known.
        value: The offending text, if any.
    """

    code = "intake-error"

    def __init__(
        self, message: Text, *, file: str | None = None, line: int | None = None, value: str | None = None
    ) -> None:
        self.file = file
        self.line = line
        self.value = value
        super().__init__(placed(message, file=file, line=line))


class UnreadableFile(IntakeError):  # noqa: N818 - says what it is
    """The file's bytes are not a table that can be read."""

    code = "unreadable-file"


class UnsafeArchive(IntakeError):  # noqa: N818 - says what it is
    """The archive asks to write outside its folder, holds links, or nests too deeply."""

    code = "unsafe-archive"


class TooLarge(IntakeError):  # noqa: N818 - says what it is
    """A limit on size was reached before the end."""

    code = "too-large"


class DataSheetError(IntakeError):
    """The data sheet cannot be followed."""

    code = "data-sheet"


class TableClash(IntakeError):  # noqa: N818 - says what it is
    """Two files with different headings both look like the same table."""

    code = "table-clash"


class NothingRecognised(IntakeError):  # noqa: N818 - says what it is
    """No file could be read as any table."""

    code = "nothing-recognised"


class OutputExists(IntakeError):  # noqa: N818 - says what it is
    """The folder to write into is not empty."""

    code = "output-exists"


class RefusalCode(StrEnum):
    """Why a row was refused."""

    MISSING_REQUIRED = "missing-required"
    BAD_NUMBER = "bad-number"
    BAD_DATE = "bad-date"
    BAD_CHOICE = "bad-choice"
    BAD_PERIOD = "bad-period"
    BAD_FACT = "bad-fact"
    BAD_ID = "bad-id"
    DUPLICATE_ID = "duplicate-id"
    UNKNOWN_CURRENCY = "unknown-currency"
    TOO_MANY_DECIMALS = "too-many-decimals"
    OVERFLOW = "overflow"
    WRONG_CELL_COUNT = "wrong-cell-count"
    UNCLOSED_QUOTE = "unclosed-quote"
    FORMULA_CELL = "formula-cell"
    EXCLUDED_BY_DATASHEET = "excluded-by-datasheet"
    ENCODING = "encoding"
    OVERSIZED_CELL = "oversized-cell"
    ABOVE_HEADING = "above-heading"
    EMPTY_ROW = "empty-row"
    NOT_AN_OBJECT = "not-an-object"


HINTS: dict[RefusalCode, Text] = {
    RefusalCode.MISSING_REQUIRED: Text(
        en="This column must be filled. Fill it in the file, or name a constant in the data sheet.",
        ar="هذا العمود مطلوب. يُرجى تعبئته في الملف أو تحديد قيمة ثابتة له في ورقة البيانات.",
    ),
    RefusalCode.BAD_NUMBER: Text(
        en="Not a number. Write it with digits and at most one decimal mark.",
        ar="ليست رقمًا. تُكتب القيمة بالأرقام مع فاصل عشري واحد على الأكثر.",
    ),
    RefusalCode.BAD_DATE: Text(
        en="Not a date that the column's other dates agree with. Write it as YYYY-MM-DD, or set day_first in the data sheet.",
        ar="ليس تاريخًا يتفق مع بقية تواريخ العمود. يُكتب بالصيغة YYYY-MM-DD أو تُضبط day_first في ورقة البيانات.",
    ),
    RefusalCode.BAD_CHOICE: Text(
        en="Not one of the allowed values. Translate it under `values` in the data sheet.",
        ar="ليست من القيم المقبولة. يمكن ترجمتها تحت values في ورقة البيانات.",
    ),
    RefusalCode.BAD_PERIOD: Text(
        en="Not a period. Write YYYY, YYYY-MM, YYYY-Www or YYYY-MM-DD.",
        ar="ليست فترة. تُكتب بالصيغة YYYY أو YYYY-MM أو YYYY-Www أو YYYY-MM-DD.",
    ),
    RefusalCode.BAD_FACT: Text(
        en="Neither a number nor true or false. Translate it under `values` in the data sheet.",
        ar="ليست رقمًا ولا true أو false. يمكن ترجمتها تحت values في ورقة البيانات.",
    ),
    RefusalCode.BAD_ID: Text(
        en="An identifier may not contain control characters or several values.",
        ar="لا يجوز أن يحتوي المعرّف على رموز تحكم أو على قيم متعددة.",
    ),
    RefusalCode.DUPLICATE_ID: Text(
        en="This id occurred in an earlier row, which was kept. Map `id` to a column that differs in each row, or to none.",
        ar="ورد هذا المعرّف في صف سابق محفوظ. يمكن ربط id بعمود تختلف قيمته في كل صف، أو تركه بلا عمود.",
    ),
    RefusalCode.UNKNOWN_CURRENCY: Text(
        en="Neither an ISO 4217 code nor a token declared under `currencies` in the data sheet.",
        ar="ليست رمز عملة بحسب ISO 4217 ولا رمزًا معرَّفًا تحت currencies في ورقة البيانات.",
    ),
    RefusalCode.TOO_MANY_DECIMALS: Text(
        en="More decimals than the currency has. Declare the currency's scale under `currencies` in the data sheet.",
        ar="المنازل العشرية أكثر مما للعملة. يمكن تحديد عدد المنازل تحت currencies في ورقة البيانات.",
    ),
    RefusalCode.OVERFLOW: Text(
        en="Too large to be counted exactly. Check the value, or declare a smaller scale for the currency.",
        ar="القيمة أكبر من أن تُحسب بدقة. يُرجى التحقق منها أو تحديد منازل عشرية أقل للعملة.",
    ),
    RefusalCode.WRONG_CELL_COUNT: Text(
        en="The row has another number of cells than the heading. Look for a missing or unquoted delimiter.",
        ar="عدد خانات الصف يختلف عن عدد العناوين. يُرجى البحث عن فاصل ناقص أو غير محاط بعلامتي اقتباس.",
    ),
    RefusalCode.UNCLOSED_QUOTE: Text(
        en="A quotation mark is opened on this line and never closed. Close it, or double it if it is part of the text.",
        ar="فُتحت علامة اقتباس في هذا السطر ولم تُغلق. يُرجى إغلاقها، أو مضاعفتها إن كانت جزءًا من النص.",
    ),
    RefusalCode.FORMULA_CELL: Text(
        en="The cell holds a formula, whose result may be stale. Paste it as a value.",
        ar="تحتوي الخانة على صيغة قد تكون نتيجتها قديمة. يُرجى لصقها كقيمة.",
    ),
    RefusalCode.EXCLUDED_BY_DATASHEET: Text(
        en="No entry of the data sheet asks for this row. Widen a `where` if it should count.",
        ar="لا يطلب أي بند في ورقة البيانات هذا الصف. يمكن توسيع where إن كان يجب احتسابه.",
    ),
    RefusalCode.ENCODING: Text(
        en="The bytes are not text in the file's encoding. Save the file as UTF-8, or name its encoding in the data sheet.",
        ar="البايتات ليست نصًا بترميز الملف. يُرجى حفظ الملف بترميز UTF-8 أو تحديد ترميزه في ورقة البيانات.",
    ),
    RefusalCode.OVERSIZED_CELL: Text(
        en="A cell is larger than the limit. Shorten it; identifiers, amounts and dates need only a few characters.",
        ar="إحدى الخانات أكبر من الحد. يُرجى تقصيرها؛ فالمعرّفات والمبالغ والتواريخ لا تحتاج إلا إلى بضعة رموز.",
    ),
    RefusalCode.ABOVE_HEADING: Text(
        en="The line stands above the headings. It is kept here and not counted as data.",
        ar="يقع السطر فوق العناوين. وهو محفوظ هنا ولا يُحتسب ضمن البيانات.",
    ),
    RefusalCode.EMPTY_ROW: Text(
        en="Every cell of the row is empty.",
        ar="جميع خانات الصف فارغة.",
    ),
    RefusalCode.NOT_AN_OBJECT: Text(
        en="The line is not a JSON object. Write one object per line.",
        ar="السطر ليس كائن JSON. يُكتب كائن واحد في كل سطر.",
    ),
}

EMPTY_FILE = Text(
    en="is empty (0 bytes). Export the table again, or leave the file out.",
    ar="فارغ (0 بايت). يُرجى تصدير الجدول من جديد أو ترك الملف.",
)


def too_many_columns(found: int, limit: int) -> Text:
    """More columns than are read."""
    return say(
        "has {found} columns; the limit is {limit}.", "عدد أعمدته {found}، والحد {limit}.", found=found, limit=limit
    )


NO_SUCH_DAY = Text(
    en="The calendar has no such day or clock time. Correct it in the file.",
    ar="لا يوجد هذا اليوم أو الوقت في التقويم. يُرجى تصحيحه في الملف.",
)
OUTSIDE_YEARS = Text(
    en="The year lies outside {first} to {last}, the years that are read. Correct it, or leave the cell empty if it means none.",
    ar="تقع السنة خارج المدى المقروء {first} إلى {last}. يُرجى تصحيحها، أو ترك الخانة فارغة إن كانت تعني عدم وجود تاريخ.",
)
"""What to say instead of the hint of `bad-date` about a date that is written well but cannot be."""


def hint_for(code: str) -> Text:
    """The way out for one refusal code, in both languages.

    >>> hint_for("empty-row").en
    'Every cell of the row is empty.'
    """
    return HINTS[RefusalCode(code)]
