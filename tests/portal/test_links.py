"""The link of a mail: whose it is, how long it lives, and how few guesses it allows."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.signing import Signer
from django.db import connection

from patients.access import LINK_PERMISSIONS, PatientByLink, Permission, check
from patients.errors import NotFound, NotPermitted
from patients.links import FOLDER, LIFE, TRIES, opened, path_for
from patients.models import AuditEvent, PatientLink, TeamTask
from patients.services.links import LinkLocked, WrongBirthDate, give_birth_date, revoke_links
from patients.services.patients import update_patient
from patients.services.tasks import finish_task
from patients.vocabulary import Event, PatientStatus, TaskKind
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def link(patient, clinic_monday):
    """Return the token of one mail, or of another of the same patient."""

    def make(of=None, *, day=clinic_monday, reminder_id=None):
        path = path_for(patient=of or patient, reminder_id=reminder_id or uuid4(), day=day)
        return path.removeprefix(FOLDER)

    return make


def wrong(token, at, times=1):
    for _ in range(times):
        with pytest.raises((WrongBirthDate, LinkLocked)):
            give_birth_date(token=token, birth_date=None, at=at)


def test_the_same_mail_always_holds_the_same_link(patient, clinic_monday):
    reminder_id = uuid4()

    first, repeat, other = (
        path_for(patient=patient, reminder_id=each, day=clinic_monday)
        for each in (reminder_id, reminder_id, uuid4())
    )

    assert first == repeat != other


def test_a_link_tells_nothing_of_the_patient_by_itself(link, patient):
    for said in (patient.given_name, patient.family_name, patient.code, str(patient.pk)):
        assert said not in link()


def test_a_link_opens_its_own_patient(link, patient, at):
    assert opened(link(), at=at).patient == patient


def test_looking_at_a_link_leaves_no_row(link, at):
    opened(link(), at=at)

    assert not PatientLink.objects.exists()


@pytest.mark.parametrize("days", [0, 29, 30])
def test_it_works_for_thirty_days(link, at, days):
    assert opened(link(), at=at + timedelta(days=days))


def test_and_not_longer(link, at):
    with pytest.raises(NotFound):
        opened(link(), at=at + LIFE + timedelta(days=1))


@pytest.mark.parametrize("place", [0, 10, 30, 55, 58, -1])
def test_a_changed_link_opens_nothing(link, at, place):
    letters = list(link())
    letters[place] = "A" if letters[place] != "A" else "B"

    with pytest.raises(NotFound):
        opened("".join(letters), at=at)


@pytest.mark.parametrize("token", ["", "x", "a" * 5000, "ü", "\x00", "a:b", "=:="])
def test_neither_does_nonsense(at, token):
    with pytest.raises(NotFound):
        opened(token, at=at)


def test_nor_what_was_signed_for_another_purpose(link, at):
    content = link().split(":")[0]

    with pytest.raises(NotFound):
        opened(Signer(salt="another").sign(content), at=at)


@pytest.mark.parametrize("status", [PatientStatus.DIED, PatientStatus.TRANSFERRED])
def test_nor_the_link_of_somebody_not_treated_here(link, patient, at, status):
    token = link()
    patient.status = status
    patient.save()

    with pytest.raises(NotFound):
        opened(token, at=at)


def test_revoking_ends_all_links_sent_so_far_and_none_sent_afterwards(link, patient, nurse, at):
    before = link()
    patient = revoke_links(actor=nurse, patient=patient, at=at)

    with pytest.raises(NotFound):
        opened(before, at=at)
    assert opened(link(patient), at=at)


def test_who_may_not_change_a_patient_may_not_revoke(patient, reader, stranger, at):
    for actor in (reader, stranger):
        with pytest.raises(NotPermitted):
            revoke_links(actor=actor, patient=patient, at=at)


def test_a_new_address_ends_what_was_sent_to_the_old_one(link, patient, nurse, at):
    before = link()
    update_patient(actor=nurse, patient=patient, changes={"email": "new@mail.example"}, at=at)

    with pytest.raises(NotFound):
        opened(before, at=at)


# The birth date ----------------------------------------------------------------------------------


def test_with_the_birth_date_the_holder_is_the_patient(link, patient, at):
    by = give_birth_date(token=link(), birth_date=patient.birth_date, at=at)

    row = PatientLink.objects.get()
    assert by == PatientByLink(patient.pk, row.reminder_id)
    assert row.first_opened_at == at
    event = AuditEvent.objects.get(event=Event.LINK_OPENED)
    assert (event.actor, event.system, event.patient) == (None, "patient link", patient)


def test_a_wrong_one_is_counted_and_a_right_one_forgives(link, patient, at):
    token = link()
    wrong(token, at, TRIES - 1)
    give_birth_date(token=token, birth_date=patient.birth_date, at=at)
    wrong(token, at, TRIES - 1)

    assert not opened(token, at=at).locked


def test_five_wrong_ones_lock_it_even_for_the_right_one(link, patient, at):
    token = link()
    wrong(token, at, TRIES)

    assert opened(token, at=at).locked
    with pytest.raises(LinkLocked):
        give_birth_date(token=token, birth_date=patient.birth_date, at=at)
    task = TeamTask.objects.get()
    assert (task.kind, task.patient) == (TaskKind.LINK_LOCKED, patient)


def test_another_mail_gives_no_more_guesses(link, patient, at):
    first, second = link(), link()
    wrong(first, at, TRIES - 1)
    wrong(second, at, 1)

    assert opened(first, at=at).locked
    assert opened(second, at=at).locked


def test_a_locked_patient_locks_nobody_else(link, patient, clinic, at):
    wrong(link(), at, TRIES)

    assert not opened(link(PatientFactory(clinic=clinic)), at=at).locked


def test_when_the_team_has_called_the_links_open_again(link, patient, nurse, at):
    token = link()
    wrong(token, at, TRIES)
    finish_task(actor=nurse, task=TeamTask.objects.get(), note="She had mistyped it.", at=at)

    assert give_birth_date(token=token, birth_date=patient.birth_date, at=at)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_thirty_guesses_at_one_moment_are_not_more_than_five(link, patient, at):
    token = link()

    def guess(birth_date):
        try:
            give_birth_date(token=token, birth_date=birth_date, at=at)
        except (WrongBirthDate, LinkLocked) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "IN"

    with ThreadPoolExecutor(8) as pool:
        said = Counter(pool.map(guess, [None] * 30))

    assert said == {"WRONG_BIRTH_DATE": TRIES - 1, "LINK_LOCKED": 31 - TRIES}
    assert TeamTask.objects.count() == 1
    assert guess(patient.birth_date) == "LINK_LOCKED"


# What it allows ----------------------------------------------------------------------------------


@pytest.mark.parametrize("permission", list(Permission))
def test_a_link_allows_what_its_page_asks_and_for_its_own_patient_only(patient, clinic, permission):
    by, other = PatientByLink(patient.pk), PatientFactory(clinic=clinic)

    for where in (other, clinic):
        with pytest.raises(NotPermitted):
            check(by, permission, where)
    if permission in LINK_PERMISSIONS:
        check(by, permission, patient)
    else:
        with pytest.raises(NotPermitted):
            check(by, permission, patient)
