"""Alembic's scripts for the service's registry; `cases.registry.upgrade` runs them."""
