"""The rules of reminding, without a database."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import policy
from notifications.policy import Audience, ContactFacts, Kind, Meaning, Status
from patients.vocabulary import Content, PatientStatus

NOW = datetime(2026, 5, 5, 13, tzinfo=UTC)
WAITS = (60, 300, 1800, 7200, 21600, 43200)


def instant(day: date, clock: time, zone: str) -> datetime:
    return policy.instant_for(local_date=day, local_time=clock, zone=zone)


# Time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "clock", "utc"),
    [
        # An ordinary day, ahead of and behind UTC.
        ("Asia/Tokyo", date(2026, 5, 5), time(8), "2026-05-04T23:00Z"),
        ("America/Los_Angeles", date(2026, 5, 5), time(8), "2026-05-05T15:00Z"),
        # Skipped: the first valid instant after.
        ("Europe/London", date(2026, 3, 29), time(1, 30), "2026-03-29T01:00Z"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), "2026-10-03T15:30Z"),
        ("Pacific/Apia", date(2011, 12, 30), time(9), "2011-12-30T10:00Z"),
        # Repeated: the first.
        ("Europe/London", date(2026, 10, 25), time(1, 30), "2026-10-25T00:30Z"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45Z"),
    ],
)
def test_a_local_time_is_one_instant(zone: str, day: date, clock: time, utc: str) -> None:
    assert instant(day, clock, zone) == datetime.fromisoformat(utc)


@pytest.mark.parametrize(
    ("zone", "first"),
    [
        ("Europe/London", date(2026, 3, 26)),
        ("Europe/London", date(2026, 10, 22)),
        ("America/New_York", date(2026, 3, 5)),
        ("America/New_York", date(2026, 10, 29)),
        ("Australia/Lord_Howe", date(2026, 4, 2)),
        ("America/Santiago", date(2026, 9, 3)),
    ],
)
def test_every_day_over_a_clock_change_has_one_nine_o_clock(zone: str, first: date) -> None:
    days = [first + timedelta(days=n) for n in range(7)]

    instants = [instant(day, time(9), zone) for day in days]

    assert [at.astimezone(ZoneInfo(zone)).date() for at in instants] == days
    assert {at.astimezone(ZoneInfo(zone)).hour for at in instants} == {9}
    assert len({later - earlier for earlier, later in pairwise(instants)}) == 2


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.times(),
    st.sampled_from(["Europe/London", "America/Sao_Paulo", "Asia/Tehran", "Pacific/Chatham"]),
)
def test_an_instant_never_lies_before_the_time_meant(day: date, clock: time, zone: str) -> None:
    found = instant(day, clock.replace(second=0, microsecond=0), zone).astimezone(ZoneInfo(zone))

    assert (found.date(), found.time()) >= (day, clock.replace(second=0, microsecond=0))


# States ------------------------------------------------------------------------------------


def test_only_these_moves_exist() -> None:
    moves = {
        f"{old} {new}" for old, new in product(Status, Status) if policy.may_move(old=old, new=new)
    }

    assert moves == {
        "SCHEDULED CLAIMED",
        "SCHEDULED CANCELLED",
        "SCHEDULED EXPIRED",
        "CLAIMED CLAIMED",
        "CLAIMED HANDING",
        "CLAIMED SCHEDULED",
        "CLAIMED GAVE_UP",
        "CLAIMED CANCELLED",
        "CLAIMED EXPIRED",
        "HANDING CLAIMED",
        "HANDING SENT",
        "HANDING SCHEDULED",
        "HANDING GAVE_UP",
        "HANDING CANCELLED",
        "GAVE_UP SCHEDULED",
        "GAVE_UP CANCELLED",
    }


def test_from_a_final_status_nothing_leads_on() -> None:
    assert not [old for old, _ in policy.TRANSITIONS if old in policy.FINAL]


def test_the_diagram_shows_every_move() -> None:
    drawn = policy.mermaid()

    assert all(f"{old} --> {new}: " in drawn for old, new in policy.TRANSITIONS)


# Trying again ------------------------------------------------------------------------------


@given(st.integers(1, 20), st.floats(0, 1, exclude_max=True))
def test_the_wait_grows_with_the_tries_and_is_spread_by_a_fifth(attempts: int, rand: float) -> None:
    wait = policy.backoff(attempts=attempts, waits=WAITS, rand=rand).total_seconds()

    meant = WAITS[min(attempts, 6) - 1]
    assert 0.8 * meant <= wait <= 1.2 * meant


def test_it_is_not_tried_again_past_its_end_or_without_end() -> None:
    def next_try(attempts: int, *, expires_at: datetime) -> datetime | None:
        return policy.next_try_at(
            attempts=attempts, waits=WAITS, limit=7, expires_at=expires_at, rand=0.5, at=NOW
        )

    tomorrow, soon = NOW + timedelta(days=1), NOW + timedelta(seconds=59)

    assert next_try(1, expires_at=tomorrow) == NOW + timedelta(minutes=1)
    assert next_try(1, expires_at=soon) is None
    assert next_try(7, expires_at=tomorrow) is None


@pytest.mark.parametrize(
    ("code", "recipient", "data"),
    [
        (250, Meaning.ACCEPTED, Meaning.ACCEPTED),
        (251, Meaning.ACCEPTED, Meaning.ACCEPTED),
        (421, Meaning.LATER, Meaning.LATER),
        (450, Meaning.LATER, Meaning.LATER),
        (452, Meaning.LATER, Meaning.LATER),
        (550, Meaning.ADDRESS_REFUSED, Meaning.CONTENT_REFUSED),
        (554, Meaning.ADDRESS_REFUSED, Meaning.CONTENT_REFUSED),
    ],
)
def test_what_an_answer_means(code: int, recipient: Meaning, data: Meaning) -> None:
    assert policy.meaning_of_recipient(code) is recipient
    assert policy.meaning_of_data(code) is data


# Who may be contacted ----------------------------------------------------------------------


def facts(**changed: object) -> ContactFacts:
    """A patient to whom everything may be sent, but for what is said."""
    usual: dict[str, object] = {
        "kind": Kind.STEP_DAY,
        "audience": Audience.PATIENT,
        "expires_at": NOW + timedelta(hours=1),
        "patient_status": "ACTIVE",
        "consent": "MINIMAL",
        "has_address": True,
        "address_verified": True,
    }
    return ContactFacts(**(usual | changed))  # type: ignore[arg-type]


def test_a_patient_who_agreed_and_confirmed_the_address_may_be_mailed() -> None:
    assert policy.may_contact(facts(), at=NOW).allowed


@pytest.mark.parametrize(
    ("changed", "status", "word"),
    [
        ({"patient_status": "DIED"}, Status.CANCELLED, "died"),
        ({"patient_status": "TRANSFERRED"}, Status.CANCELLED, "elsewhere"),
        ({"patient_status": ""}, Status.CANCELLED, "no active patient"),
        ({"patient_status": "NEW_WORD"}, Status.CANCELLED, "no active patient"),
        ({"withdrawn": True}, Status.CANCELLED, "no longer wanted"),
        ({"superseded": True}, Status.EXPIRED, "newer"),
        ({"expires_at": NOW}, Status.EXPIRED, "too late"),
        ({"paused": True}, Status.CANCELLED, "paused"),
        ({"consent": ""}, Status.CANCELLED, "consented"),
        ({"has_address": False}, Status.CANCELLED, "no e-mail address"),
        ({"address_flagged": True}, Status.CANCELLED, "refused"),
        ({"address_verified": False}, Status.CANCELLED, "confirmed"),
    ],
)
def test_every_no_has_its_reason(changed: dict[str, object], status: Status, word: str) -> None:
    verdict = policy.may_contact(facts(**changed), at=NOW)

    assert not verdict.allowed
    assert verdict.status is status
    assert word in verdict.reason


@pytest.mark.parametrize("kind", [Kind.SPARING_HEADS_UP, Kind.SPARING_DAY])
def test_nothing_is_raised_while_a_red_flag_is_open(kind: Kind) -> None:
    verdict = policy.may_contact(facts(kind=kind, paused=True, red_flag=True), at=NOW)

    assert (verdict.allowed, verdict.status) == (False, Status.CANCELLED)
    assert "red flag" in verdict.reason


@pytest.mark.parametrize(
    ("kind", "audience", "waits"),
    [
        (Kind.STEP_HEADS_UP, Audience.PATIENT, True),
        (Kind.STEP_DAY, Audience.PATIENT, True),
        (Kind.STEP_SECOND, Audience.PATIENT, True),
        (Kind.STEP_DAY, Audience.TEAM, False),
        (Kind.STEP_UNANSWERED, Audience.TEAM, False),
        (Kind.ASSESSMENT_DUE, Audience.PATIENT, False),
        (Kind.LAB_DUE, Audience.PATIENT, False),
    ],
)
def test_no_reduction_is_reminded_of_before_the_call_about_symptoms(
    kind: Kind, audience: Audience, waits: bool
) -> None:
    verdict = policy.may_contact(facts(kind=kind, audience=audience, told_to_wait=True), at=NOW)

    assert (verdict.is_later, verdict.allowed) == (waits, not waits)
    assert not waits or "until the team has called" in verdict.reason


@pytest.mark.parametrize("kind", [Kind.LAB_HEADS_UP, Kind.LAB_DUE, Kind.LAB_OVERDUE])
def test_a_blood_test_is_reminded_of_all_the_same(kind: Kind) -> None:
    assert policy.may_contact(facts(kind=kind, paused=True, red_flag=True), at=NOW).allowed


def test_the_mail_that_asks_to_confirm_needs_no_confirmed_address() -> None:
    kind = Kind.ADDRESS_VERIFICATION

    assert policy.may_contact(facts(kind=kind, address_verified=False), at=NOW).allowed
    assert not policy.may_contact(
        facts(kind=kind, address_verified=False, consent=""), at=NOW
    ).allowed


@pytest.mark.parametrize("audience", [a for a in Audience if a is not Audience.PATIENT])
def test_the_team_is_told_whatever_the_patient_agreed_to(audience: Audience) -> None:
    silent = facts(audience=audience, consent="", paused=True, has_address=False)

    assert policy.may_contact(silent, at=NOW).allowed


@pytest.mark.parametrize(
    ("kind", "audience", "status", "consent", "paused"),
    list(product(Kind, Audience, PatientStatus.values, ["", *Content.values], [True, False])),
)
def test_lesson_7_nobody_dead_gone_paused_or_unwilling_is_written_to(
    kind: Kind, audience: Audience, status: str, consent: str, paused: bool
) -> None:
    asked = facts(
        kind=kind, audience=audience, patient_status=status, consent=consent, paused=paused
    )

    verdict = policy.may_contact(asked, at=NOW)

    willing = bool(consent) and not paused
    assert verdict.allowed == (status == "ACTIVE" and (audience != Audience.PATIENT or willing))
    assert verdict.allowed or verdict.reason
