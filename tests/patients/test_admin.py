import pytest
from django.contrib import admin

from patients.models import (
    AuditEvent,
    Clinic,
    Consent,
    Membership,
    Patient,
    StockedTablet,
    TeamTask,
)
from patients.vocabulary import Event
from tests.factories import PatientFactory, StockedTabletFactory, UserFactory

pytestmark = pytest.mark.django_db
LOOK_ONLY = [Patient, Consent, TeamTask, AuditEvent]


@pytest.fixture
def office(client_of, administrator):
    return client_of(administrator)


@pytest.mark.parametrize("model", LOOK_ONLY, ids=lambda model: model.__name__)
def test_what_is_clinical_can_only_be_looked_at(model, rf, administrator):
    request = rf.get("/")
    request.user = administrator
    page = admin.site.get_model_admin(model)

    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert page.has_view_permission(request)


def test_the_list_of_patients_shows_codes_not_names(office):
    patient = PatientFactory(family_name="Unmistakable")

    for page in ("/admin/patients/patient/", f"/admin/patients/patient/{patient.pk}/change/"):
        html = office.get(page).content.decode()
        assert patient.code in html
        assert "Unmistakable" not in html


def test_a_clinic_is_opened_through_the_service(office):
    answer = office.post(
        "/admin/patients/clinic/add/",
        {
            "name": "Lakeside",
            "time_zone": "America/Chicago",
            "country": "US",
            "phone": "555 0100",
            "window_applies_to": "TOTAL",
        },
    )

    assert answer.status_code == 302
    assert AuditEvent.objects.get(event=Event.CLINIC_CREATED).clinic == Clinic.objects.get()


def test_an_unknown_zone_is_refused_beside_its_field(office):
    answer = office.post(
        "/admin/patients/clinic/add/",
        {
            "name": "Lakeside",
            "time_zone": "Moon",
            "country": "US",
            "phone": "555 0100",
            "window_applies_to": "TOTAL",
        },
    )

    assert answer.status_code == 200
    assert "name of a time zone" in answer.content.decode()
    assert not Clinic.objects.exists()


def test_a_member_is_added_and_changed_through_the_services(office, clinic):
    newcomer = UserFactory()
    office.post(
        "/admin/patients/membership/add/",
        {"clinic": str(clinic.pk), "user": str(newcomer.pk), "role": "NURSE"},
    )
    membership = Membership.objects.get(user=newcomer)
    assert membership.is_active

    office.post(
        f"/admin/patients/membership/{membership.pk}/change/",
        {"role": "PRESCRIBER", "is_active": "on"},
    )

    membership.refresh_from_db()
    assert membership.role == "PRESCRIBER"
    events = AuditEvent.objects.order_by("at").values_list("event", flat=True)
    assert list(events) == [Event.MEMBER_ADDED, Event.CLINIC_CHANGED]


def test_tablets_are_stocked_and_taken_out_through_the_service(office, clinic):
    StockedTabletFactory(clinic=clinic)
    office.post(
        "/admin/patients/stockedtablet/add/",
        {"clinic": str(clinic.pk), "drug": "prednisone", "strength_mg": "1"},
    )
    assert StockedTablet.objects.count() == 2

    one = StockedTablet.objects.get(strength_mg=1)
    office.post(f"/admin/patients/stockedtablet/{one.pk}/delete/", {"post": "yes"})

    assert [tablet.strength_mg for tablet in StockedTablet.objects.all()] == [5]
    assert AuditEvent.objects.filter(event=Event.CLINIC_CHANGED).count() == 2
