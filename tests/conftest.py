"""The cast of every story: one clinic, its team, and a stranger from another clinic."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from patients.models import Clinic, Patient
from patients.vocabulary import Role
from tests import factories
from tests.services import wait_until

# The day, and its instant at ten in the morning of the clinic in Chicago. No clock is changed in
# the eight weeks around it.
CLINIC_MONDAY = date(2026, 5, 4)
MONDAY_AT_TEN = datetime(2026, 5, 4, 15, tzinfo=UTC)

# The thread of a live server may still hold a session when the test database is to be dropped.
END_OTHER_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
OTHERS_AT_WORK = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND xact_start IS NOT NULL"
)
DELETE_TRIGGERS = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE DELETE%'"
)


@pytest.fixture
def clinic_monday() -> date:
    return CLINIC_MONDAY


@pytest.fixture
def at() -> datetime:
    """Monday, ten in the morning at the clinic."""
    return MONDAY_AT_TEN


@pytest.fixture
def clinic(db: None) -> Clinic:
    return factories.ClinicFactory(name="Riverside Neuromuscular Clinic")


@pytest.fixture
def other_clinic(db: None) -> Clinic:
    return factories.ClinicFactory(name="Hillside Myositis Clinic", time_zone="Europe/Berlin")


@pytest.fixture
def prescriber(clinic: Clinic) -> User:
    return _member(clinic, "prescriber", Role.PRESCRIBER)


@pytest.fixture
def nurse(clinic: Clinic) -> User:
    return _member(clinic, "nurse", Role.NURSE)


@pytest.fixture
def coordinator(clinic: Clinic) -> User:
    return _member(clinic, "coordinator", Role.COORDINATOR)


@pytest.fixture
def reader(clinic: Clinic) -> User:
    return _member(clinic, "reader", Role.READ_ONLY)


@pytest.fixture
def lead(clinic: Clinic) -> User:
    """A nurse who leads the clinic."""
    return _member(clinic, "lead", Role.NURSE, is_lead=True)


@pytest.fixture
def stranger(other_clinic: Clinic) -> User:
    """A prescriber, but of the other clinic."""
    return _member(other_clinic, "stranger", Role.PRESCRIBER)


@pytest.fixture
def administrator(db: None) -> User:
    """Runs the installation; a member of no clinic."""
    return factories.UserFactory(username="administrator", is_superuser=True, is_staff=True)


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    return factories.PatientFactory(clinic=clinic)


@pytest.fixture
def strangers_patient(other_clinic: Clinic) -> Patient:
    return factories.PatientFactory(clinic=other_clinic)


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which that person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return log_in


@pytest.fixture
def prescriber_client(client_of: Callable[[User], Client], prescriber: User) -> Client:
    return client_of(prescriber)


@pytest.fixture
def nurse_client(client_of: Callable[[User], Client], nurse: User) -> Client:
    return client_of(nurse)


@pytest.fixture
def reader_client(client_of: Callable[[User], Client], reader: User) -> Client:
    return client_of(reader)


@pytest.fixture
def coordinator_client(client_of: Callable[[User], Client], coordinator: User) -> Client:
    return client_of(coordinator)


@pytest.fixture
def stranger_client(client_of: Callable[[User], Client], stranger: User) -> Client:
    return client_of(stranger)


def _member(clinic: Clinic, username: str, role: Role, *, is_lead: bool = False) -> User:
    user: User = factories.UserFactory(username=username)
    factories.MembershipFactory(clinic=clinic, user=user, role=role, is_lead=is_lead)
    return user


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Prepare what the two databases need beside their tables, and let go of them at the end."""
    if connection.vendor == "sqlite":
        _flush_without_triggers()
    else:
        _flush_once_nobody_is_at_work()
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(END_OTHER_SESSIONS)


def _flush_once_nobody_is_at_work() -> None:
    """Empty the tables only when the live server has ended the last thing a browser asked of it.

    A request still under way holds locks on tables, as TRUNCATE does, and in another order.
    """
    flush = connection.ops.sql_flush

    def nobody() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS_AT_WORK)
            return bool(cursor.fetchone()[0] == 0)

    def flush_once_nobody_is_at_work(*args: object, **kwargs: object) -> list[str]:
        wait_until(nobody, says=lambda: "somebody else's transaction is open at the test's end")
        return list(flush(*args, **kwargs))

    connection.ops.sql_flush = flush_once_nobody_is_at_work  # type: ignore[method-assign]


def _flush_without_triggers() -> None:
    """Let tests that really commit empty the tables afterwards on SQLite too.

    PostgreSQL flushes with TRUNCATE, which no row trigger sees. SQLite has only DELETE, which the
    trigger of the audit table refuses: for the flush, and only there, it is put aside.
    """
    flush = connection.ops.sql_flush

    def flush_without_triggers(*args: object, **kwargs: object) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(DELETE_TRIGGERS)
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        return [*drops, *flush(*args, **kwargs), *(sql for _, sql in triggers)]

    connection.ops.sql_flush = flush_without_triggers  # type: ignore[method-assign]
