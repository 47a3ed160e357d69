from django.db import migrations

POSTGRESQL = (
    """
    CREATE FUNCTION patients_auditevent_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'audit events are append-only';
    END $$
    """,
    """
    CREATE TRIGGER patients_auditevent_append_only
    BEFORE UPDATE OR DELETE ON patients_auditevent
    FOR EACH ROW EXECUTE FUNCTION patients_auditevent_is_final()
    """,
)
SQLITE = tuple(
    f"""
    CREATE TRIGGER patients_auditevent_no_{verb.lower()}
    BEFORE {verb} ON patients_auditevent
    BEGIN SELECT RAISE(ABORT, 'audit events are append-only'); END
    """
    for verb in ("UPDATE", "DELETE")
)
UNDO = {
    "postgresql": (
        "DROP TRIGGER patients_auditevent_append_only ON patients_auditevent",
        "DROP FUNCTION patients_auditevent_is_final()",
    ),
    "sqlite": (
        "DROP TRIGGER patients_auditevent_no_update",
        "DROP TRIGGER patients_auditevent_no_delete",
    ),
}


def add_triggers(apps, schema_editor):
    statements = {"postgresql": POSTGRESQL, "sqlite": SQLITE}[schema_editor.connection.vendor]
    for statement in statements:
        schema_editor.execute(statement)


def drop_triggers(apps, schema_editor):
    for statement in UNDO[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    """The database itself refuses to change or delete an audit event.

    TRUNCATE stays possible: it is the owner's own act, and tests flush with it. A later migration
    that lets SQLite rebuild the table must create the triggers anew.
    """

    dependencies = [("patients", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
