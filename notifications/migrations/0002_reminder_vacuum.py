"""Vacuum the reminder table early: every sweep leaves dead rows behind in its hottest index."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

VACUUM_EARLY = """
ALTER TABLE notifications_reminder SET (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.02
)
"""
AS_BEFORE = """
ALTER TABLE notifications_reminder RESET (
    autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor
)
"""


def vacuum_early(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(VACUUM_EARLY)


def as_before(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(AS_BEFORE)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_reminders")]
    operations = [migrations.RunPython(vacuum_early, as_before)]
