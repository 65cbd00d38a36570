"""The service's own database: which cases it has, who may use it, what was uploaded, which jobs run.

Nothing in it is evidence: a case folder stands without it. What it adds for evidence is a second copy of each
audit log's head, so that a log cut short together with its `audit.head` still shows. SQLite in the home
folder by default; PostgreSQL when DOWNLINE_DATABASE holds its address. The schema is made and changed by the
Alembic migrations in `cases/migrations`, under a lock, when the service starts.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Engine,
    Float,
    ForeignKey,
    MetaData,
    String,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from cases import storage
from cases.errors import RegistryError
from intake.text import say

MIGRATIONS = Path(__file__).parent / "migrations"
NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names of their own, so that a migration can find them on any database."""

_UPGRADE_LOCK = 7346525  # any number that is ours: names PostgreSQL's advisory lock


def now() -> str:
    """This moment in UTC, ISO 8601; fixed width, so that text order is time order."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


class Row(DeclarativeBase):
    """Root of the tables. Times are UTC in ISO 8601 text, which sorts alike in every database."""

    metadata = MetaData(naming_convention=NAMES)


class UserRow(Row):
    """Somebody who may use the service; the token itself is never stored."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created: Mapped[str] = mapped_column(String(32))
    active: Mapped[bool] = mapped_column(Boolean)


class CaseRow(Row):
    """A case of the service, and the head of its audit log as last seen."""

    __tablename__ = "cases"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(500))
    created: Mapped[str] = mapped_column(String(32))
    created_by: Mapped[str] = mapped_column(String(200))
    head_seq: Mapped[int] = mapped_column(BigInteger)
    head_hash: Mapped[str] = mapped_column(String(64))


class UploadRow(Row):
    """A file that waits to be read: the name under which the next import takes it, and its bytes' hash."""

    __tablename__ = "uploads"
    __table_args__ = (UniqueConstraint("case_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str] = mapped_column(String(500))
    size: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    received: Mapped[str] = mapped_column(String(32))
    received_from: Mapped[str] = mapped_column(String(200))


class JobRow(Row):
    """A piece of long work and how far it is."""

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(20), index=True)
    stage: Mapped[str] = mapped_column(String(200))
    share: Mapped[float] = mapped_column(Float())
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error_code: Mapped[str | None] = mapped_column(String(100))
    error_message: Mapped[str | None]
    created: Mapped[str] = mapped_column(String(32))
    created_by: Mapped[str] = mapped_column(String(200))
    started: Mapped[str | None] = mapped_column(String(32))
    finished: Mapped[str | None] = mapped_column(String(32))
    cancel: Mapped[bool] = mapped_column(Boolean)
    worker: Mapped[str | None] = mapped_column(String(200))
    heartbeat: Mapped[str | None] = mapped_column(String(32))
    attempts: Mapped[int]


class Registry:
    """The database, opened and up to date."""

    def __init__(self, home: Path, database: str | None = None) -> None:
        """Open the database, making or upgrading its tables.

        Args:
            home: the service's folder, where SQLite keeps its file.
            database: an SQLAlchemy address such as `postgresql+psycopg://user@host/downline`; SQLite if None.

        Raises:
            RegistryError: it cannot be reached or upgraded.
        """
        address = database or f"sqlite:///{home / 'registry.db'}"
        try:
            self.engine = create_engine(address, pool_pre_ping=not address.startswith("sqlite"))
            if self.engine.dialect.name == "sqlite":
                event.listen(self.engine, "connect", _prepare_sqlite)
            with storage.locked(home):
                upgrade(self.engine)
        except (SQLAlchemyError, ImportError) as error:
            shown = address.rpartition("@")[2]  # never the password
            raise RegistryError(
                say(
                    "the registry at {shown} cannot be used: {error}. Check DOWNLINE_DATABASE",
                    "لا يمكن استخدام قاعدة البيانات {shown}: {error}. يُرجى التحقق من ⁨DOWNLINE_DATABASE⁩",
                    shown=shown,
                    error=error,
                )
            ) from error

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction: committed at the end, rolled back on an error."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up (or down) to a revision."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # services on other machines may start at the same moment
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        config.attributes["connection"] = connection
        if revision == "base":
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "busy_timeout=30000", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
