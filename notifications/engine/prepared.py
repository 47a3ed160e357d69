"""Statements that PostgreSQL plans once a connection, for what is done with every mail.

Django sends each statement as new text, and planning the one before a mail costs several times
what running it does.
"""

from collections.abc import Mapping
from typing import Any

import psycopg
from django.db import connection

# Left to itself, PostgreSQL goes on planning anew while it knows little of a table.
ONE_PLAN = "SET plan_cache_mode = force_generic_plan"


def fetch_one_prepared(sql: str, given: Mapping[str, Any]) -> tuple[Any, ...]:
    """Run a statement that returns one row; errors are Django's, as everywhere."""
    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(_able_to_prepare()) as cursor:
        cursor.execute(sql, given, prepare=True)
        row: tuple[Any, ...] | None = cursor.fetchone()
    if row is None:
        raise ValueError("the statement returned no row")
    return row


def _able_to_prepare() -> psycopg.Connection[Any]:
    raw: psycopg.Connection[Any] = connection.connection
    if raw.prepare_threshold is None:  # as Django sets it: nothing is ever prepared
        raw.execute(ONE_PLAN)
        raw.prepare_threshold = 0
    return raw
