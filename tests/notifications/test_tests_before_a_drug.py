"""Mail about the tests asked for once, before the first dose: no word of which, or of the drug."""

from datetime import date, time

import pytest

from notifications.email.render import preview_of
from notifications.policy import Audience, Kind, ReminderRequest, kind_label, kind_rule
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db
LAB = (Kind.LAB_HEADS_UP, Kind.LAB_DUE, Kind.LAB_OVERDUE)
NEVER = ("methotrexate", "hepatitis", "film", "blood", "Blut", "sang", "steroid")


def mail(kind, *, audience=Audience.PATIENT, language="en", tests="BEFORE_FIRST_DOSE"):
    patient = PatientFactory(language=language)
    context = {"due_on": "2026-05-04"} | ({"tests": tests} if tests else {})
    request = ReminderRequest(
        kind=kind,
        audience=audience,
        local_date=date(2026, 5, 4),
        local_time=time(8),
        time_zone="Europe/Berlin",
        expires_date=date(2026, 5, 5),
        expires_time=time(0),
        context=context,
    )
    return preview_of(request=request, patient=patient, clinic=patient.clinic)


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
@pytest.mark.parametrize("kind", LAB)
def test_the_patient_reads_of_tests_in_the_own_language(kind, language):
    shown = mail(kind, language=language)

    words = {
        "en": "Your tests",
        "de": "Ihre Untersuchungen",
        "es": "Sus pruebas",
        "fr": "Vos examens",
    }
    for text in (shown.text, shown.html):
        assert words[language] in text
        assert not [word for word in NEVER if word in text]


@pytest.mark.parametrize("kind", LAB)
def test_the_team_reads_that_it_is_before_the_first_dose(kind):
    shown = mail(kind, audience=Audience.NURSES)

    assert "tests before the first dose" in shown.text
    assert "tests before the first dose" in shown.html
    assert "tests" in shown.subject


@pytest.mark.parametrize("kind", LAB)
def test_a_blood_test_alone_is_called_so(kind):
    shown = mail(kind, tests=None)

    assert "blood test" in shown.text
    assert "tests" not in shown.text


# What such a mail is called, for the team ---------------------------------------------------------


@pytest.mark.parametrize("kind", LAB)
def test_for_the_team_it_is_called_what_it_is_and_no_drug_is_named(kind):
    context = {"due_on": "2026-05-04", "tests": "BEFORE_FIRST_DOSE"}

    said = (kind_label(kind, context), kind_rule(kind, context))

    assert said[0].startswith("Tests before the first dose")
    assert "first dose" in said[1]
    assert not [word for word in NEVER for text in said if word in text.lower()]


@pytest.mark.parametrize("kind", LAB)
def test_a_blood_test_keeps_its_name(kind):
    assert kind_label(kind, {"due_on": "2026-05-04"}).startswith("Blood test")
    assert "blood test" in kind_rule(kind, {"due_on": "2026-05-04"})


def test_another_mail_is_called_by_its_kind_alone():
    assert kind_label(Kind.STEP_DAY, {"tests": "BEFORE_FIRST_DOSE"}) == "Dose step today"
