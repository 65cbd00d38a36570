"""Where Alembic starts: run the scripts on the connection that `cases.registry.upgrade` hands over."""

from __future__ import annotations

from alembic import context

from cases.registry import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite alters tables by copying them
)
with context.begin_transaction():
    context.run_migrations()
