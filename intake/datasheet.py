"""The data sheet: one YAML file that says what a folder of records is, and how its columns map to the tables.

A data sheet is the mapping file (which column of which file is what) and the description of the data in one:
title, source, what the records do not carry, and figures somebody checked. Without one, intake recognises
columns by itself; an entry under `files` overrides that. An entry with `columns` is exact: what it does not
name is not used. `load_datasheet` checks every word and names file and line of the first mistake.

    currency: USDT                 # of files without a currency column
    currencies: {USDT: 6}          # decimals of tokens; ISO 4217 codes need none
    files:
      - file: transfers.csv
        table: orders
        where: {kind: [entry_fee, level_upgrade]}       # heading: cells, exactly as written
        columns: {id: tx, buyer_id: wallet, amount: usdt, category: kind}      # column: heading
        values: {category: {entry_fee: fee, level_upgrade: fee}}               # column: {found: meant}
        constants: {buyer_kind: affiliate}              # column: the same for each row
        ids: lowercase             # chain addresses are case-insensitive; as_written otherwise
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, field_validator, model_validator

from intake.closest import closest
from intake.currencies import LARGEST_SCALE, MINOR_UNITS
from intake.errors import DataSheetError
from intake.frozen import Frozen
from intake.limits import DEFAULT_LIMITS, Limits
from intake.mistakes import Mistaken, mistake_of
from intake.schema import TABLES
from intake.text import Text, say, verbatim
from intake.yaml_lines import Document, NotYaml, read_yaml

DATASHEET_NAMES = ("datasheet.yaml", "datasheet.yml")
"""What a data sheet in a folder or archive is called."""

Bound = Literal["upper", "lower", "none"]
IdStyle = Literal["as_written", "lowercase"]


def _one_or_many(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Cells = Annotated[tuple[str, ...], BeforeValidator(_one_or_many), Field(min_length=1)]


class FileEntry(Frozen):
    """How one file feeds one table; a file that feeds several tables has several entries."""

    file: str
    """Name inside the folder, or a pattern such as `orders-*.csv`."""
    table: str | None = None
    """None: recognised."""
    columns: dict[str, str | None] = Field(default_factory=dict)
    """Column of the table -> heading as found. Without any, columns are recognised."""
    constants: dict[str, str] = Field(default_factory=dict)
    """Column of the table -> the value that each row gets."""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Column of the table -> {cell as found: value meant}."""
    several: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)
    """Column of the table -> what stands between the values of a cell that holds several; the first is taken."""
    where: dict[str, Cells] = Field(default_factory=dict)
    """Heading -> cells, exactly as found; a row must match every heading."""
    ids: IdStyle | None = None
    headings: tuple[str, ...] = ()
    """Headings of a file that has none."""
    heading_line: int | None = Field(default=None, ge=1)
    """1-based row on which the headings stand, where intake is mistaken about it."""
    encoding: str | None = None
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    day_first: bool | None = None
    timezone: str | None = None
    ignore: bool = False

    def is_about(self, name: str, sheet: str | None = None) -> bool:
        """Whether the entry speaks of that file (and sheet)."""
        named = name == self.file or fnmatchcase(name, self.file)
        return named and (self.sheet is None or sheet is None or sheet == self.sheet)

    @field_validator("table")
    @classmethod
    def _known_table(cls, table: str | None) -> str | None:
        if table is not None and table not in TABLES:
            raise Mistaken(
                say(
                    "`{table}` is not a table; the tables are {tables}{nearest}",
                    "{table} ليس جدولًا؛ الجداول: {tables}{nearest}",
                    table=table,
                    tables=", ".join(TABLES),
                    nearest=_nearest(table, TABLES),
                )
            )
        return table

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        if encoding is not None:
            try:
                "".encode(encoding)
            except LookupError:
                raise Mistaken(
                    say(
                        "`{encoding}` is not an encoding; write utf-8, cp1252 or cp1256",
                        "{encoding} ليس ترميزًا؛ يُكتب ⁨utf-8⁩ أو ⁨cp1252⁩ أو ⁨cp1256⁩",
                        encoding=encoding,
                    )
                ) from None
        return encoding

    @model_validator(mode="after")
    def _columns_exist(self) -> FileEntry:
        if self.table is None:
            if not self.ignore and (self.columns or self.constants or self.values or self.where):
                raise Mistaken(
                    Text(
                        en="an entry with columns, constants, values or where must name its `table`",
                        ar="البند الذي فيه columns أو constants أو values أو where يجب أن يسمّي جدوله في table",
                    )
                )
            return self
        names = [column.name for column in TABLES[self.table]]
        for part in ("columns", "constants", "values", "several"):
            for name in getattr(self, part):
                if name not in names:
                    raise Mistaken(
                        say(
                            "`{name}` is not a column of {table}; they are {names}{nearest}",
                            "{name} ليس من أعمدة {table}؛ وأعمدته: {names}{nearest}",
                            name=name,
                            table=self.table,
                            names=", ".join(names),
                            nearest=_nearest(name, names),
                        ),
                        at=(part, name),
                    )
        for name in self.constants:
            if self.columns.get(name) is not None:
                raise Mistaken(
                    say(
                        "`{name}` stands under both columns and constants; keep one",
                        "ورد {name} تحت columns وتحت constants معًا؛ يُرجى الإبقاء على أحدهما",
                        name=name,
                    ),
                    at=("constants", name),
                )
        return self


class Limitation(Frozen):
    """Something the records do not carry, and which way that bends a measurement."""

    id: str
    text: Text
    affects: dict[str, Bound] = Field(default_factory=dict)
    """Indicator -> whether its figure is then at most (`upper`), at least (`lower`) or merely uncertain."""

    @model_validator(mode="before")
    @classmethod
    def _list_with_one_bound(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("affects"), list):
            given = dict(given)
            given["affects"] = dict.fromkeys(given["affects"], given.pop("bound", "none"))
        return given


class Figure(Frozen):
    """A figure that somebody checked against these records."""

    id: str
    value: str
    text: Text | None = None


class MarketPrice(Frozen):
    """What something like a product costs elsewhere, and where that was read."""

    product: Annotated[str, Field(min_length=1)]
    """As the orders name it; case and blanks around it do not matter."""
    price: Decimal = Field(gt=0)
    """Of one piece, in whole units; several prices of one product stand for their middle one."""
    currency: str | None = None
    """None: that of the sheet."""
    source: Annotated[str, Field(min_length=1)]
    """Shop or page, and day."""


class DataSheet(Frozen):
    """The whole sheet."""

    title: Text | None = None
    about: Text | None = None
    source: str | None = None
    licence: str | None = None
    currency: str | None = None
    """Of amounts in files without a currency column."""
    currencies: dict[str, Annotated[int, Field(ge=0, le=LARGEST_SCALE)]] = Field(default_factory=dict)
    """Decimals of tokens, and of ISO codes that these records count more finely."""
    day_first: bool | None = None
    """True: 03/04 is 3 April; False: March 4; None: decided by each column, doubt is reported."""
    timezone: str | None = None
    """IANA name of the clock that dates without an offset follow; UTC if absent."""
    ids: IdStyle = "as_written"
    plan: str | None = None
    """The compensation plan's file, relative to the sheet."""
    law: tuple[str, ...] = ()
    population: str | None = None
    """Whom the participants' file covers, such as everybody ever enrolled."""
    files: tuple[FileEntry, ...] = ()
    limits: tuple[Limitation, ...] = ()
    figures: tuple[Figure, ...] = ()
    market_prices: tuple[MarketPrice, ...] = ()
    """Prices of comparable goods, for the premium that participants pay."""

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, timezone: str | None) -> str | None:
        if timezone is not None and timezone not in available_timezones():
            raise Mistaken(
                say(
                    "`{timezone}` is not an IANA time zone; write for example Africa/Cairo or UTC",
                    "{timezone} ليست منطقة زمنية من قائمة IANA؛ تُكتب مثلًا ⁨Africa/Cairo⁩ أو ⁨UTC⁩",
                    timezone=timezone,
                )
            )
        return timezone

    @model_validator(mode="after")
    def _currency_has_scale(self) -> DataSheet:
        if self.currency is not None and self.currency not in self.scales:
            raise Mistaken(
                say(
                    "`{currency}` is not an ISO 4217 code; declare its decimals under `currencies`,"
                    " for example currencies: {{{currency}: 6}}",
                    "{currency} ليس رمز عملة بحسب ISO 4217؛ يُرجى تحديد منازله العشرية تحت currencies، مثل {example}",
                    currency=self.currency,
                    example=f"currencies: {{{self.currency}: 6}}",
                ),
                at=("currency",),
            )
        return self

    @property
    def scales(self) -> dict[str, int]:
        """Decimals of every currency known here: ISO 4217, then this sheet's."""
        return MINOR_UNITS | self.currencies

    def entries_for(self, name: str, sheet: str | None = None) -> list[tuple[int, FileEntry]]:
        """The entries that speak of a file, each with its place in `files`."""
        return [(i, entry) for i, entry in enumerate(self.files) if entry.is_about(name, sheet)]


class SheetFile:
    """A loaded data sheet together with the lines of its text, for error messages.

    Attributes:
        sheet: The model.
        name: The sheet's file name.
    """

    def __init__(self, sheet: DataSheet, name: str, document: Document) -> None:
        self.sheet = sheet
        self.name = name
        self._document = document

    def error(self, message: Text, *path: str | int, value: str | None = None) -> DataSheetError:
        """An error at the line of `path`, such as ("files", 2, "columns", "amount")."""
        return DataSheetError(message, file=self.name, line=self._document.line(path), value=value)

    def missing_heading(self, heading: str, headings: list[str], file: str, *path: str | int) -> DataSheetError:
        """An error for a heading which the file does not have."""
        return self.error(
            say(
                "{file} has no heading `{heading}`{nearest}. Its headings are: {headings}.",
                "لا عنوان {heading} في {file}{nearest}. عناوينه: {headings}.",
                file=file,
                heading=heading,
                nearest=_nearest(heading, headings),
                headings=_listed(headings),
            ),
            *path,
            value=heading,
        )

    def missing_file(self, file: str, files: list[str], *path: str | int) -> DataSheetError:
        """An error for an entry whose file is not there."""
        return self.error(
            say(
                "there is no file `{file}`{nearest}. The files are: {files}.",
                "لا يوجد ملف باسم {file}{nearest}. الملفات: {files}.",
                file=file,
                nearest=_nearest(file, files),
                files=_listed(files),
            ),
            *path,
            value=file,
        )


def load_datasheet(path: Path, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS) -> SheetFile:
    """Read and check a data sheet.

    Raises:
        DataSheetError: With file, line and what to write instead.
    """
    name = name or path.name
    try:
        document = read_yaml(path, limits.data_sheet)
    except NotYaml as error:
        raise DataSheetError(say("{why}.", "{why}.", why=error.text), file=name, line=error.line) from error
    if document.repeated:
        twice = document.repeated[0]
        key = str(twice.path[-1])
        raise DataSheetError(
            say("the key `{key}` occurs twice; keep one.", "ورد المفتاح {key} مرتين. يُرجى الإبقاء على واحد.", key=key),
            file=name,
            line=twice.place[0],
            value=key,
        )
    content = document.content if document.content is not None else {}
    if not isinstance(content, dict):
        raise DataSheetError(
            Text(
                en="must be a mapping with keys such as `currency` and `files`.",
                ar="يجب أن يتكوّن من مفاتيح وقيم، مثل ⁨currency⁩ و⁨files⁩.",
            ),
            file=name,
            line=1,
        )
    try:
        sheet = DataSheet.model_validate(content)
    except ValidationError as error:
        raise _first_mistake(error, document, name) from error
    return SheetFile(sheet, name, document)


def _first_mistake(error: ValidationError, document: Document, name: str) -> DataSheetError:
    mistakes = error.errors(include_url=False)
    first = mistakes[0]
    path = (*first["loc"], *getattr(first.get("ctx", {}).get("error"), "at", ()))
    place = ".".join(str(part) for part in path)
    shown = say("`{place}`", "{place}", place=place) if place else Text(en="the sheet", ar="ورقة البيانات")
    if first["type"] == "extra_forbidden":
        known = _fields_at(path[:-1])
        message = say(
            "{place} is not a key{nearest}. Known here: {known}.",
            "{place} ليس مفتاحًا معروفًا{nearest}. المفاتيح هنا: {known}.",
            place=shown,
            nearest=_nearest(str(path[-1]), known),
            known=_listed(known),
        )
    else:
        message = say("{place}: {text}.", "{place}: {text}.", place=shown, text=mistake_of(first))
    if len(mistakes) > 1:
        more = len(mistakes) - 1
        message = say("{message} ({more} more.)", "{message} (أخطاء أخرى: {more}.)", message=message, more=more)
    given = first.get("input")
    return DataSheetError(message, file=name, line=document.line(path), value=given if isinstance(given, str) else None)


def _fields_at(path: tuple[str | int, ...]) -> list[str]:
    models: dict[str, type[BaseModel]] = {"files": FileEntry, "limits": Limitation, "figures": Figure}
    model: type[BaseModel] = DataSheet
    if path:
        model = models.get(str(path[0]), Text)
        if str(path[-1]) in {"title", "about", "text"}:
            model = Text
    return list(model.model_fields)


def _nearest(word: str, known: Iterable[str]) -> Text:
    found = closest(word, known)
    return say(" (nearest: `{found}`)", " (الأقرب: {found})", found=found) if found else Text(en="", ar="")


def _listed(words: list[str], most: int = 30) -> Text:
    shown = verbatim(", ".join(f"`{word}`" for word in words[:most]))
    if len(words) <= most:
        return shown
    return say("{shown} and {more} more", "{shown} وغيرها: {more}", shown=shown, more=len(words) - most)
