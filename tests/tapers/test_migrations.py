"""What a migration makes of the rows that were there before it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tapers.models import SymptomReport
from tests.factories import PatientFactory
from tests.tapers.story import may, morning_of

BEFORE, AFTER = "0010_sparing_revision_has_height", "0011_symptoms_have_a_day"


def migrated_to(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("tapers", name)])
    return executor.loader.project_state([("tapers", name)]).apps


@pytest.fixture
def back_then():
    yield migrated_to(BEFORE)
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_symptoms_of_before_are_of_the_day_they_were_told_and_the_way_leads_back(back_then):
    patient = PatientFactory(time_zone="Pacific/Auckland")
    old = back_then.get_model("tapers", "SymptomReport").objects.create(
        id=uuid4(),
        patient_id=patient.pk,
        symptoms=["FAINTING"],
        red_flag=True,
        reported_on=may(5),
        reported_by="PATIENT",
        recorded_at=morning_of(may(4)),
    )

    stored = migrated_to(AFTER).get_model("tapers", "SymptomReport").objects.get()
    assert (stored.happened_on, stored.is_history) == (may(5), False)

    again = migrated_to(BEFORE).get_model("tapers", "SymptomReport").objects.get()
    assert (again.pk, again.reported_on, again.red_flag) == (old.pk, may(5), True)


@pytest.mark.django_db(transaction=True)
def test_a_process_of_before_the_mark_still_stores_a_red_flag():
    patient = PatientFactory()
    before = MigrationExecutor(connection).loader.project_state([("tapers", AFTER)]).apps

    report = before.get_model("tapers", "SymptomReport").objects.create(
        id=uuid4(),
        patient_id=patient.pk,
        symptoms=["FAINTING"],
        red_flag=True,
        happened_on=may(4),
        reported_on=may(4),
        is_history=False,
        reported_by="PATIENT",
        recorded_at=morning_of(may(4)),
    )

    now = SymptomReport.objects.get(pk=report.pk)
    assert (now.in_error_at, now.in_error_reason, now.paused_before_reason) == (None, "", "")
