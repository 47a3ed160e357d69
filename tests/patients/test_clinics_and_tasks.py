from decimal import Decimal

import pytest

from patients.errors import (
    AlreadyMember,
    BadInput,
    NotFound,
    NotPermitted,
    TaskAlreadyDone,
)
from patients.models import AuditEvent, Membership, TeamTask
from patients.selectors import (
    addresses_for,
    clinic_for,
    clinics_of,
    open_tasks_for,
    stocked_drugs,
    strengths_for,
    task_for,
)
from patients.services.clinics import (
    add_member,
    change_clinic,
    change_member,
    create_clinic,
    stock_tablets,
)
from patients.services.tasks import close_tasks, finish_task, open_task
from patients.vocabulary import Event, Role, TaskKind
from tests.factories import MembershipFactory, TeamTaskFactory, UserFactory

pytestmark = pytest.mark.django_db


class TestClinics:
    def test_an_administrator_opens_a_clinic(self, administrator, at):
        clinic = create_clinic(
            actor=administrator, name="Lakeside", time_zone="America/Chicago", at=at
        )

        assert (clinic.name, clinic.country, clinic.window_applies_to) == (
            "Lakeside",
            "US",
            "TOTAL",
        )

    def test_nobody_else_does(self, lead, at):
        with pytest.raises(NotPermitted):
            create_clinic(actor=lead, name="Lakeside", time_zone="America/Chicago", at=at)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 121),
            ("time_zone", "Nowhere"),
            ("country", "usa"),
            ("country", 1),
            ("phone", "none"),
            ("window_applies_to", "SOME"),
        ],
    )
    def test_odd_values_are_refused_by_name(self, field, value, lead, clinic, at):
        with pytest.raises(BadInput) as refused:
            change_clinic(actor=lead, clinic=clinic, changes={field: value}, at=at)

        assert list(refused.value.fields) == [field]

    def test_a_lead_adds_a_member_once(self, lead, clinic, at):
        newcomer = UserFactory()
        add_member(actor=lead, clinic=clinic, user=newcomer, role="PRESCRIBER", at=at)

        with pytest.raises(AlreadyMember):
            add_member(actor=lead, clinic=clinic, user=newcomer, role="NURSE", at=at)

        assert Membership.objects.get(user=newcomer).role == Role.PRESCRIBER

    def test_a_member_who_leaves_sees_the_clinic_no_longer(self, lead, nurse, clinic, at):
        membership = Membership.objects.get(user=nurse)

        change_member(
            actor=lead, membership=membership, role="NURSE", is_lead=False, is_active=False, at=at
        )

        assert clinics_of(actor=nurse) == ()

    @pytest.mark.parametrize("who", ["nurse", "prescriber", "stranger"])
    def test_others_do_not_add_members(self, who, request, clinic, at):
        actor = request.getfixturevalue(who)

        with pytest.raises(NotPermitted, match="A lead of the clinic may"):
            add_member(actor=actor, clinic=clinic, user=UserFactory(), role="NURSE", at=at)

    def test_a_member_knows_role_and_zone_in_each_clinic(self, nurse, clinic, other_clinic):
        MembershipFactory(clinic=other_clinic, user=nurse, role=Role.READ_ONLY)

        found = [(each.name, each.role, each.time_zone) for each in clinics_of(actor=nurse)]

        assert found == [
            ("Hillside Myositis Clinic", Role.READ_ONLY, "Europe/Berlin"),
            ("Riverside Neuromuscular Clinic", Role.NURSE, "America/Chicago"),
        ]

    def test_the_only_clinic_needs_no_naming(self, nurse, clinic):
        assert clinic_for(actor=nurse, id=None) == clinic
        assert clinic_for(actor=nurse, id=str(clinic.pk)) == clinic

    def test_of_several_one_must_be_named(self, nurse, clinic, other_clinic):
        MembershipFactory(clinic=other_clinic, user=nurse)

        with pytest.raises(BadInput) as refused:
            clinic_for(actor=nurse, id=None)

        assert refused.value.field == "clinic"

    def test_anothers_clinic_is_not_there(self, nurse, other_clinic):
        for unknown in (other_clinic.pk, "nonsense", "\x00"):
            with pytest.raises(NotFound):
                clinic_for(actor=nurse, id=unknown)

    def test_who_is_in_no_clinic_is_told_so(self):
        with pytest.raises(NotPermitted):
            clinic_for(actor=UserFactory(), id=None)


class TestTablets:
    def stock(self, lead, clinic, at, *strengths, drug="prednisone"):
        return stock_tablets(actor=lead, clinic=clinic, drug=drug, strengths=strengths, at=at)

    def test_strengths_come_largest_first_with_their_scores(self, lead, clinic, at):
        self.stock(lead, clinic, at, (Decimal(1), False), (Decimal(5), True))

        assert strengths_for(clinic=clinic, drug="PREDNISONE") == (
            (Decimal("5.00"), True),
            (Decimal("1.00"), False),
        )
        assert stocked_drugs(clinic=clinic) == ("PREDNISONE",)

    def test_stocking_anew_replaces_what_was_there(self, lead, clinic, at):
        self.stock(lead, clinic, at, (Decimal(1), False))
        self.stock(lead, clinic, at, (Decimal("2.5"), False))

        assert [mg for mg, _ in strengths_for(clinic=clinic, drug="PREDNISONE")] == [Decimal("2.5")]

    @pytest.mark.parametrize(
        "strength", [Decimal(0), Decimal(-5), Decimal(1001), Decimal("NaN"), Decimal("0.001")]
    )
    def test_odd_strengths_are_refused_where_they_stand(self, strength, lead, clinic, at):
        with pytest.raises(BadInput) as refused:
            self.stock(lead, clinic, at, (Decimal(5), True), (strength, False))

        assert refused.value.field == "strengths.1"

    def test_a_drug_has_a_bounded_number_of_strengths(self, lead, clinic, at):
        strengths = [(Decimal(mg), False) for mg in range(1, 22)]

        with pytest.raises(BadInput, match="At most 20 strengths"):
            self.stock(lead, clinic, at, *strengths)

    def test_a_strength_is_named_once(self, lead, clinic, at):
        with pytest.raises(BadInput, match="twice"):
            self.stock(lead, clinic, at, (Decimal(5), True), (Decimal("5.00"), False))


class TestAddresses:
    def test_the_team_as_it_is_now(self, nurse, prescriber, reader, clinic):
        assert addresses_for(clinic=clinic, roles=(Role.NURSE, Role.PRESCRIBER)) == (
            nurse.email,
            prescriber.email,
        )

    def test_nobody_is_written_to_twice_or_after_leaving(self, nurse, clinic):
        double = UserFactory(email=nurse.email.upper())
        MembershipFactory(clinic=clinic, user=double)
        MembershipFactory(clinic=clinic, user=UserFactory(email=""))
        MembershipFactory(clinic=clinic, user=UserFactory(is_active=False))
        MembershipFactory(clinic=clinic, user=UserFactory(), is_active=False)

        found = addresses_for(clinic=clinic, roles=(Role.NURSE,))

        assert [address.lower() for address in found] == [nurse.email]


class TestTasks:
    def open(self, clinic, patient, at, key="call"):
        return open_task(
            clinic=clinic,
            patient=patient,
            kind=TaskKind.STEP_PROBLEM,
            key=key,
            text="Call TF-1 about the step.",
            at=at,
            system="engine",
        )

    def test_the_same_key_is_one_open_task(self, clinic, patient, nurse, at):
        first = self.open(clinic, patient, at)
        again = self.open(clinic, patient, at)

        assert first == again
        assert list(open_tasks_for(actor=nurse, clinic=clinic)) == [first]
        assert AuditEvent.objects.filter(event=Event.TASK_OPENED).count() == 1

    def test_a_finished_task_can_be_asked_for_again(self, clinic, patient, nurse, at):
        first = self.open(clinic, patient, at)
        finish_task(actor=nurse, task=first, note="Called.", at=at)

        assert self.open(clinic, patient, at) != first
        assert TeamTask.objects.count() == 2

    def test_a_task_is_finished_once(self, clinic, nurse, at):
        task = TeamTaskFactory(clinic=clinic)
        finish_task(actor=nurse, task=task, at=at)

        with pytest.raises(TaskAlreadyDone):
            finish_task(actor=nurse, task=TeamTask.objects.get(), at=at)

    def test_a_reader_finishes_nothing(self, clinic, reader, at):
        with pytest.raises(NotPermitted):
            finish_task(actor=reader, task=TeamTaskFactory(clinic=clinic), at=at)

    def test_another_clinics_tasks_are_not_there(self, clinic, stranger):
        task = TeamTaskFactory(clinic=clinic)

        assert not open_tasks_for(actor=stranger).exists()
        for unknown in (task.pk, "nonsense"):
            with pytest.raises(NotFound):
                task_for(actor=stranger, id=unknown)

    def test_a_member_finds_a_task_with_its_patient(self, clinic, patient, nurse, at):
        task = self.open(clinic, patient, at)

        assert task_for(actor=nurse, id=task.pk).patient == patient

    def test_closing_what_is_not_open_is_nothing_to_do(self, clinic, nurse, at):
        close_tasks(actor=nurse, clinic=clinic, key="call", at=at)

        assert not AuditEvent.objects.exists()
