import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from patients.access import (
    ROLE_PERMISSIONS,
    Permission,
    actor_of,
    can,
    check,
    permissions_of,
    visible_clinics,
    visible_patients,
)
from patients.errors import NotAuthenticated, NotPermitted
from patients.models import Membership
from patients.vocabulary import Role
from tests.factories import MembershipFactory, PatientFactory

# Who may do what, as the clinic signed it. Change it here first.
GRID = """
                    PRESCRIBER  NURSE  COORDINATOR  READ_ONLY
READ_RECORD              x        x         x           x
EDIT_PATIENT             x        x         x           -
EDIT_CONSENT             x        x         x           -
EDIT_DIAGNOSIS           x        x         -           -
RECORD_ASSESSMENT        x        x         -           -
RECORD_FACT              x        x         -           -
DRAFT_TAPER              x        x         -           -
ACTIVATE_TAPER           x        -         -           -
REVISE_TAPER             x        -         -           -
HOLD_TAPER               x        x         -           -
RESUME_TAPER             x        -         -           -
STOP_TAPER               x        -         -           -
COMPLETE_TAPER           x        -         -           -
MARK_TAPER_IN_ERROR      x        -         -           -
PRESCRIBE_SPARING        x        -         -           -
RECORD_INFUSION          x        x         -           -
REPORT_STEP              x        x         -           -
REPORT_SYMPTOMS          x        x         -           -
MARK_SYMPTOMS_IN_ERROR   x        x         -           -
LIFT_RED_FLAG            x        -         -           -
TAKE_ALERT               x        x         -           -
ACKNOWLEDGE_ALERT        x        -         -           -
SIGN_RULES               x        -         -           -
RETRY_REMINDER           x        x         x           -
SEND_TEST                x        x         x           -
DO_TASK                  x        x         x           -
MANAGE_CLINIC            -        -         -           -
"""
CELLS = [
    (Permission(name), Role(role), mark == "x")
    for name, *marks in (line.split() for line in GRID.strip().splitlines()[1:])
    for role, mark in zip(GRID.split()[:4], marks, strict=True)
]


def test_the_grid_names_every_permission_and_every_role():
    assert {cell[0] for cell in CELLS} == set(Permission)
    assert {cell[1] for cell in CELLS} == set(Role) == set(ROLE_PERMISSIONS)


@pytest.mark.parametrize(("permission", "role", "allowed"), CELLS)
def test_a_role_may_what_the_grid_says(permission, role, allowed):
    assert (permission in ROLE_PERMISSIONS[role]) is allowed


@pytest.mark.django_db
class TestCheck:
    def test_a_refusal_names_the_role_and_who_may(self, nurse, patient):
        with pytest.raises(NotPermitted) as refused:
            check(nurse, Permission.ACTIVATE_TAPER, patient)

        assert refused.value.code == "FORBIDDEN"
        assert refused.value.message == (
            "Your role here (nurse) may not activate a taper. A prescriber may."
        )

    def test_several_roles_are_listed_in_words(self, reader, patient):
        with pytest.raises(NotPermitted, match="A prescriber, a nurse or a coordinator may"):
            check(reader, Permission.EDIT_CONSENT, patient)

    def test_what_is_permitted_passes_in_one_query(
        self, prescriber, patient, django_assert_num_queries
    ):
        with django_assert_num_queries(1):
            check(prescriber, Permission.ACTIVATE_TAPER, patient)

    def test_all_permissions_for_a_page_cost_one_query(
        self, nurse, patient, django_assert_num_queries
    ):
        with django_assert_num_queries(1):
            found = permissions_of(nurse, patient)

        assert found == ROLE_PERMISSIONS[Role.NURSE]

    def test_a_stranger_may_nothing(self, stranger, patient, clinic):
        assert permissions_of(stranger, patient) == frozenset()
        assert not can(stranger, Permission.READ_RECORD, clinic)

    def test_a_stranger_is_told_who_may(self, stranger, patient):
        with pytest.raises(NotPermitted, match="A member of the clinic may"):
            check(stranger, Permission.READ_RECORD, patient)

    @pytest.mark.parametrize("left", ["membership", "person"])
    def test_who_has_left_may_nothing(self, left, prescriber, patient):
        if left == "membership":
            Membership.objects.filter(user=prescriber).update(is_active=False)
        else:
            type(prescriber).objects.filter(pk=prescriber.pk).update(is_active=False)

        assert permissions_of(prescriber, patient) == frozenset()

    def test_only_leads_and_administrators_manage_a_clinic(
        self, lead, prescriber, administrator, clinic
    ):
        assert can(lead, Permission.MANAGE_CLINIC, clinic)
        assert can(administrator, Permission.MANAGE_CLINIC, clinic)
        assert not can(prescriber, Permission.MANAGE_CLINIC, clinic)

    def test_an_administrator_does_not_read_patients(self, administrator, patient):
        assert permissions_of(administrator, patient) == {Permission.MANAGE_CLINIC}
        assert not visible_patients(actor=administrator).exists()


@pytest.mark.django_db
class TestVisiblePatients:
    def test_a_member_sees_the_patients_of_the_clinic_only(
        self, nurse, stranger, patient, strangers_patient
    ):
        assert list(visible_patients(actor=nurse)) == [patient]
        assert list(visible_patients(actor=stranger)) == [strangers_patient]

    def test_a_member_of_two_clinics_sees_both_and_nobody_twice(
        self, nurse, clinic, other_clinic, patient, strangers_patient
    ):
        MembershipFactory(clinic=other_clinic, user=nurse, role=Role.READ_ONLY)

        assert set(visible_patients(actor=nurse)) == {patient, strangers_patient}
        assert visible_patients(actor=nurse).count() == 2
        assert set(visible_clinics(actor=nurse)) == {clinic, other_clinic}

    def test_roles_of_two_clinics_do_not_mix(self, prescriber, other_clinic, strangers_patient):
        MembershipFactory(clinic=other_clinic, user=prescriber, role=Role.READ_ONLY)

        assert not can(prescriber, Permission.ACTIVATE_TAPER, strangers_patient)

    @pytest.mark.parametrize("left", ["membership", "person"])
    def test_who_has_left_sees_nobody(self, left, nurse, patient):
        if left == "membership":
            Membership.objects.filter(user=nurse).update(is_active=False)
        else:
            type(nurse).objects.filter(pk=nurse.pk).update(is_active=False)

        assert not visible_patients(actor=nurse).exists()

    def test_a_list_of_many_is_one_query(self, nurse, clinic, django_assert_num_queries):
        PatientFactory.create_batch(5, clinic=clinic)

        with django_assert_num_queries(1):
            assert len(visible_patients(actor=nurse)) == 5


@pytest.mark.django_db
class TestActorOf:
    def test_nobody_logged_in_is_refused(self):
        request = RequestFactory().get("/")
        request.user = AnonymousUser()

        with pytest.raises(NotAuthenticated):
            actor_of(request)

    def test_a_person_who_has_left_is_refused(self, nurse):
        nurse.is_active = False
        request = RequestFactory().get("/")
        request.user = nurse

        with pytest.raises(NotAuthenticated):
            actor_of(request)

    def test_a_member_is_the_actor(self, nurse):
        request = RequestFactory().get("/")
        request.user = nurse

        assert actor_of(request) == nurse
