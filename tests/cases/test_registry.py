"""The registry's tables are made by migrations, agree with the models, and can be reached by many at once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from cases.errors import RegistryError
from cases.registry import Registry, Row, upgrade


def test_migrations_make_what_the_models_say(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    with registry.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
    registry.close()


def test_migrations_run_down_and_up_again(tmp_path: Path) -> None:
    registry = Registry(tmp_path)
    upgrade(registry.engine, "base")
    assert set(inspect(registry.engine).get_table_names()) == {"alembic_version"}
    upgrade(registry.engine)
    assert set(Row.metadata.tables) < set(inspect(registry.engine).get_table_names())
    registry.close()


def test_opening_twice_changes_nothing(tmp_path: Path) -> None:
    Registry(tmp_path).close()
    before = (tmp_path / "registry.db").read_bytes()
    Registry(tmp_path).close()
    assert (tmp_path / "registry.db").read_bytes() == before


def test_many_services_may_start_at_once(tmp_path: Path, repository: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from cases.registry import Registry; Registry(Path(sys.argv[1])).close()"
    )
    starting = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=repository) for _ in range(3)]
    assert [each.wait(60) for each in starting] == [0, 0, 0]


def test_an_unreachable_database_is_said_without_its_password(tmp_path: Path) -> None:
    (tmp_path / "registry.db").write_bytes(b"this is no database" * 100)
    with pytest.raises(RegistryError, match="DOWNLINE_DATABASE"):
        Registry(tmp_path)
    with pytest.raises(RegistryError) as caught:
        Registry(tmp_path, "postgresql+nodriver://me:secret@nowhere/downline")
    assert "secret" not in str(caught.value)


@pytest.mark.skipif("DOWNLINE_TEST_DATABASE" not in os.environ, reason="DOWNLINE_TEST_DATABASE names no PostgreSQL")
def test_postgresql_takes_the_same_migrations(tmp_path: Path) -> None:
    assert importlib.util.find_spec("psycopg") is not None
    registry = Registry(tmp_path, os.environ["DOWNLINE_TEST_DATABASE"])
    upgrade(registry.engine, "base")
    upgrade(registry.engine)
    with registry.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []
    registry.close()
