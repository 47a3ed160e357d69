"""Whatever is sent to any writing address: no 5xx, and nothing absurd is stored.

The addresses come from the URL map and the fields from the OpenAPI document, so that a new one is
attacked from its first day on. Each field of a valid body is replaced by each hostile value.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from drf_spectacular.generators import SchemaGenerator

from patients.models import (
    Assessment,
    KnownFact,
    Measurement,
    Membership,
    Patient,
    SteroidExposure,
)
from tapers.domain.rules.rulebook import VERSION
from tapers.models import (
    ClinicProtocol,
    DoseStep,
    Infusion,
    SparingCourse,
    SparingDose,
    SparingRevision,
    StepReport,
    Taper,
)
from tests.api.addresses import Operation, operations
from tests.api.known import FACTS, ids_of_facts
from tests.api.program import Program
from tests.api.sparing_rows import REASONS, ids_of_sparing
from tests.factories_notifications import SendingPauseFactory
from tests.factories_tapers import AlertFactory, SymptomReportFactory

WRITING = [each for each in operations() if each.writes]
RAW = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "-Infinity": "-Infinity",
    "1e400": "1e400",
    "1e9999999999": "1e9999999999",
    "1e-9999999999": "1e-9999999999",
    "-1e400": "-1e400",
    "-0": "-0",
    "-1": "-1",
    "0.1234567890123456789": "0.1234567890123456789",
    "5000 digits": "9" * 5000,
    "5000 decimals": "0." + "1" * 5000,
    "half a character": '"\\ud800"',
    "NUL": '"a\\u0000b"',
    "NUL name": '{"a\\u0000": 1}',
    "twice": '{"name": 1, "name": 2}',
}
SENT = {
    "null": None,
    "true": True,
    "false": False,
    "empty": "",
    "blank": " ",
    "list": [],
    "object": {},
    "list of lists": [[[[]]]],
    "list of nulls": [None, None],
    "nested nonsense": {"a": [{"b": {"c": [1, "x", None]}}]},
    "many": list(range(2000)),
    "'NaN'": "NaN",
    "'1e3'": "1e3",
    "'-0'": "-0",
    "full-width": "１２",
    "Arabic digits": "٤٠",
    "superscript": "4²",
    "huge": 10**300,
    "negative": -(10**9),
    "float": 0.1,
    "year 1": "0001-01-01",
    "1900": "1900-01-01",
    "year 9999": "9999-12-31",
    "no such day": "2026-02-30",
    "week date": "2026-W18-1",
    "instant": "2026-05-04T10:00:00Z",
    "full-width date": "２０２６-05-04",
    "quotes": "' OR 1=1; DROP TABLE patients_patient; --",
    "script": "<script>alert(1)</script>",
    "template": "{{7*7}} {% debug %}",
    "headers": "a\r\nBcc: everyone@example.org",
    "line separator": "a\u2028b\u202eb",
    "path": "../../../../etc/passwd",
    "long": "x" * 100_000,
    "astral": "💊" * 50,
    "IP domain": "a@[127.0.0.1]",
    "no id": "00000000-0000-0000-0000-000000000000",
    "braced id": "{00000000-0000-0000-0000-000000000000}",
}
VALUES = {name: json.dumps(value) for name, value in SENT.items()} | RAW
BODIES = {
    "nothing": b"",
    "null": b"null",
    "list": b"[]",
    "text": b'"x"',
    "number": b"1",
    "NaN": b"NaN",
    "byte-order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "no UTF-8": b'{"a": "\xff\xfe"}',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b'{"a":' * 500 + b"1" + b"}" * 500,
    "cut off": b'{"a": [1, 2',
    "two": b"{}{}",
    "comment": b"{} // x",
    "form": b"a=1&b=2",
    "name twice": b'{"drug": "PREDNISONE", "drug": "CORTISONE"}',
    "NUL": b"\0",
    "many names": json.dumps({f"name{number}": number for number in range(5000)}).encode(),
    "long name": json.dumps({"x" * 100_000: 1}).encode(),
    "odd name": json.dumps({"__proto__": {"a": 1}, "id": None, "pk": 1}).encode(),
    "half a name": b'{"\\ud800": 1}',
}
NOT_FOR_SENDERS = (
    "id", "pk", "patient_id", "clinic_id", "version", "created_by", "is_staff", "role", "sent_at",
    "dedupe_key", "due_at", "revision", "recorded_by", "email_verified_at", "latest_assessment",
)  # fmt: skip
TODAY = "2026-05-04"
REGIMEN = {"decrement_mg": 10, "interval_days": 7, "interval_days_from_10_mg": 7, "hold_days": 0}
PROPOSAL = {
    "drug": "PREDNISONE",
    "daily_mg": 40,
    "starts_on": TODAY,
    **REGIMEN,
    "tablet_strengths_mg": [5, {"strength_mg": 10, "scored": True}],
    "exposure_days": 60,
    "alternate_daily_mg": None,
}
VISIT = {
    "assessed_on": "2026-05-01",
    "rater": "N. Nurse",
    "note": "",
    "measurements": [
        {"code": "CK", "value": 480, "unit": "U/L", "upper_limit": 190},
        {"code": "MMT_MUSCLE", "value": "4-", "scale": "MRC_EXPANDED", "side": "LEFT",
         "muscle": "QUADRICEPS", "state": None},
    ],
}  # fmt: skip
PATIENT = {
    "record_number": "H-1",
    "given_name": "Ada",
    "family_name": "Rivers",
    "birth_date": "1958-03-14",
    "sex": "FEMALE",
    "email": "ada@mail.example",
    "phone": "+1 312 555 0100",
    "time_zone": "America/Chicago",
    "language": "en",
    "status": "ACTIVE",
}
DOSE = {"on": TODAY, "mg": 15}
METHOTREXATE = {
    "starts_on": TODAY,
    "start_mg": 15,
    "target_mg": 25,
    "increment_mg": 2.5,
    "every_days": 28,
    "doses": None,
    "frequency": "ONCE_A_WEEK",
    "as_written": "15 mg on Mondays",
    "weekday": "MONDAY",
    "folic_acid_mg_per_week": 7,
    "weight_basis": None,
    "weight_kg": None,
    "build": None,
    "height_cm": None,
    "weekly": False,
    "unit_confirmed": False,
    "check_scheme": None,
    "dense_after_increase": True,
}
AZATHIOPRINE = METHOTREXATE | {
    "start_mg": 50,
    "target_mg": 100,
    "increment_mg": 25,
    "every_days": None,
    "frequency": "ONCE_A_DAY",
    "weekday": None,
    "folic_acid_mg_per_week": None,
    "weight_basis": "IDEAL",
    "weight_kg": 73.2,
    "build": "MALE",
    "height_cm": 178,
    "unit_confirmed": True,
}
INFUSION = {
    "infused_on": TODAY,
    "product": "Immunoglobulin 10 %",
    "g_per_kg": 2,
    "symptoms": "",
    "creatinine_umol_per_l": 80,
    "iga_g_per_l": 2.1,
    "thrombosis_risk": None,
}
VALID: dict[str, dict[str, Any]] = {
    "POST token": {"username": "nurse", "password": "x"},
    "POST logout": {},
    "POST patients": PATIENT | {"clinic": None},
    "PATCH patient": PATIENT | {"clinic": None},
    "POST diagnoses": {
        "kind": "IBM",
        "status": "CONFIRMED",
        "confirmed_on": TODAY,
        "biopsy": "DONE",
        "biopsy_on": TODAY,
        "rimmed_vacuoles": True,
        "endomysial_inflammation": True,
        "mitochondrial_changes": None,
        "note": "",
    },
    "POST exposures": {
        "drug": "PREDNISONE",
        "daily_mg": 40,
        "alternate_daily_mg": None,
        "started_on": "2026-01-01",
        "ended_on": None,
        "note": "",
        "raise_reason": "",
        "sick_day_dose": False,
    },
    "POST correct-exposure": {
        "drug": "PREDNISONE",
        "daily_mg": 30,
        "alternate_daily_mg": None,
        "started_on": "2026-01-01",
        "ended_on": None,
        "note": "",
        "raise_reason": "",
        "sick_day_dose": False,
        "reason": "Misread",
    },
    "POST past-tapers": {
        "drug": "PREDNISONE",
        "daily_mg": 20,
        "steps": [
            {"starts_on": "2025-03-03", "daily_mg": 10},
            {"starts_on": "2025-03-10", "daily_mg": 0},
        ],
        "exposure_days": None,
        "note": "",
    },
    "POST taper-entered-in-error": {"reason": "Wrong patient"},
    "POST entered-in-error-exposure": {"reason": "Wrong patient"},
    **FACTS,
    "POST consents": {
        "channel": "EMAIL",
        "content": "MINIMAL",
        "given_on": TODAY,
        "text_version": "2026-1",
    },
    "POST withdraw-consent": {"on": TODAY},
    "POST retry-reminder": {},
    "PATCH reminder-policy": {
        "quiet_from": "21:00",
        "quiet_until": "07:30",
        "step_second_days": 1,
        "step_team_days": 3,
        "step_lead_days": None,
        "visit_second_days": 7,
        "visit_team_days": 14,
        "visit_lead_days": 28,
        "team_mail_on": "EVERY_DAY",
    },
    "POST sending-pauses": {"kind": None, "reason": "A wrong text."},
    "POST lift-pause": {},
    "POST test-mails": {},
    "POST visit-sets": {"kind": "VISIT", "codes": ["CK", "MMT8"]},
    "POST revoke-links": {},
    "POST symptom-reports": {
        "symptoms": ["FATIGUE", "NAUSEA"],
        "note": "",
        "reported_by": "PATIENT",
        "happened_on": TODAY,
    },
    "POST taper-previews": PROPOSAL | {"clinic": None, "patient": None},
    "POST tapers": PROPOSAL | {"clinic": None},
    "POST activate": {"reasons": {"ADRENAL_RISK": "Discussed", "ASSESS_BASELINE": "Booked"}},
    "POST revise": {
        "reason": "Slower",
        "reasons": {"ADRENAL_RISK": "Discussed"},
        "starts_on": "2026-05-11",
        "daily_mg": 25,
        **REGIMEN,
        "steps": None,
    },
    "POST hold": {"on": TODAY, "reason": "Infection"},
    "POST resume": {"on": TODAY, "reason": ""},
    "POST stop": {"on": TODAY, "reason": "Moved"},
    "POST complete": {"on": TODAY},
    "POST discard": {},
    "POST step-reports": {
        "step_number": 1,
        "outcome": "TAKEN",
        "taken_on": TODAY,
        "reported_by": "STAFF",
        "note": "",
    },
    "POST take-back": {"reason": "The wrong patient"},
    "POST symptoms-entered-in-error": {"reason": "The wrong patient"},
    "POST sparing-previews": AZATHIOPRINE | {"agent": "AZATHIOPRINE"},
    "POST sparing-courses": METHOTREXATE | {"agent": "METHOTREXATE", "reasons": REASONS},
    "POST revise-sparing": AZATHIOPRINE | {"reason": "Slower", "reasons": REASONS},
    "POST end-sparing": {"on": TODAY, "reason": "Nausea"},
    "POST discard-sparing": {"reason": "Wrong patient"},
    "POST infusions": INFUSION,
    "POST discard-infusion": {"reason": "Twice"},
    "POST acknowledge": {"reason": "Seen", "next_check_on": "2026-05-11"},
    "POST assign-alert": {"owner": None},
    "POST check-alert": {"note": "Better", "next_check_on": "2026-05-18"},
    "POST protocol": {
        "version": 1,
        "reason": "Few rooms",
        "window_applies_to": "TO_10_MG",
        "target_mg": 5,
        "visit_due_days": 35,
        "visit_overdue_after_days": 60,
        "mmt_drop_percent_same_rater": 8.5,
        "mmt_drop_percent_other_rater": 12,
        "ibmfrs_note_points": 3,
        "ibmfrs_warning_points": 6,
        "ck_rise_percent": 80,
        "lab_overdue_days": 10,
        "critical_escalates_after_hours": 2,
        "warning_escalates_after_days": 5,
    },
    "POST rule-signatures": {
        "rulebook_version": VERSION,
        "protocol_version": 1,
        "note": "Read with the team",
    },
    "POST assessments": VISIT,
    "POST correct-assessment": VISIT | {"reason": "Read off wrongly"},
}
MEASURED = (
    "code", "value", "unit", "upper_limit", "lower_limit", "hours_since_dose",
    "takes_oral_oestrogen", "confirmed", "scale", "side", "muscle", "state",
)  # fmt: skip
STRENGTHS: list[dict[str, Any]] = [
    {"tablet_strengths_mg": ["?"]},
    {"tablet_strengths_mg": [{"strength_mg": "?"}]},
    {"tablet_strengths_mg": [{"strength_mg": 5, "scored": "?"}]},
]
INSIDE = {  # what lies deeper than the fields themselves
    "visit-sets": [{"codes": ["CK", "?"]}],
    "symptom-reports": [{"symptoms": ["?"]}],
    "taper-previews": STRENGTHS,
    "tapers": STRENGTHS,
    "activate": [{"reasons": {"ADRENAL_RISK": "?"}}],
    "revise": [
        {"steps": ["?"], "decrement_mg": None},
        {"steps": [{"starts_on": "?", "daily_mg": 0}], "decrement_mg": None},
        {"steps": [{"starts_on": "2026-05-11", "daily_mg": "?"}], "decrement_mg": None},
    ],
    "past-tapers": [
        {"steps": ["?"]},
        {"steps": [{"starts_on": "?", "daily_mg": 0}]},
        {"steps": [{"starts_on": "2025-03-03", "daily_mg": "?"}]},
    ],
    "sparing-courses": [
        {"doses": ["?"], "start_mg": None},
        {"doses": [DOSE | {"on": "?"}], "start_mg": None},
        {"doses": [DOSE | {"mg": "?"}], "start_mg": None},
        {"reasons": {"MTX_DAILY": "?"}},
    ],
    "assessments": [
        {"measurements": ["?"]},
        *(
            {"measurements": [VISIT["measurements"][place] | {field: "?"}]}  # type: ignore[index]
            for place in (0, 1)
            for field in MEASURED
        ),
    ],
}  # fmt: skip
QUERIES = {
    "patients": ("clinic", "status", "search", "cursor", "page_size"),
    "tapers": ("patient", "clinic", "status", "cursor", "page_size"),
    "reminders": ("patient", "clinic", "status", "kind", "due_after", "due_before", "cursor"),
    "alerts": (
        "patient",
        "clinic",
        "open",
        "status",
        "owner",
        "unowned",
        "severity",
        "since",
        "cursor",
    ),
}


FOR_LEADS = {"protocol", "reminder-policy", "sending-pauses", "lift-pause", "visit-sets"}


@pytest.fixture
def ids(as_prescriber: Program, patient: Patient, taper: dict[str, Any]) -> dict[str, str]:
    visit = as_prescriber.post(f"patients/{patient.id}/assessments", VISIT).json()
    consent = as_prescriber.post(f"patients/{patient.id}/consents", VALID["POST consents"]).json()
    course = as_prescriber.post(f"patients/{patient.id}/exposures", VALID["POST exposures"]).json()
    return {
        "exposure_id": course["id"],
        **ids_of_facts(as_prescriber, patient),
        **ids_of_sparing(as_prescriber, patient),
        "patient_id": str(patient.id),
        "taper_id": taper["id"],
        "assessment_id": visit["id"],
        "consent_id": consent["id"],
        "reminder_id": as_prescriber.get("reminders").json()["results"][0]["id"],
        "alert_id": as_prescriber.get("alerts").json()["results"][0]["id"],
        "clinic_id": str(patient.clinic_id),
        "pause_id": str(SendingPauseFactory(clinic=patient.clinic, kind="DIGEST").pk),
        "symptom_report_id": str(SymptomReportFactory(patient=patient).pk),
    }


def prepared(operation: Operation, program: Program, ids: dict[str, str]) -> str:
    """Bring about the state the operation is for, so that its values reach the service."""
    taper = f"tapers/{ids['taper_id']}"
    if operation.name in FOR_LEADS:
        Membership.objects.filter(clinic_id=ids["clinic_id"]).update(is_lead=True)
    if operation.name in {"acknowledge", "check-alert"}:
        ids = ids | {"alert_id": str(AlertFactory(taper=Taper.objects.get(pk=ids["taper_id"])).pk)}
    if operation.name == "check-alert":
        alert = f"alerts/{ids['alert_id']}/acknowledge"
        assert program.post(alert, {"reason": "Seen"}).status_code == 200
    if operation.name == "resume":
        assert program.post(f"{taper}/hold", VALID["POST hold"]).status_code == 200
    if operation.name == "activate":
        assert program.post(f"{taper}/stop", VALID["POST stop"]).status_code == 200
    if operation.name == "take-back":
        report = program.post(f"{taper}/step-reports", VALID["POST step-reports"])
        ids = ids | {"report_id": report.json()["id"]}
    if operation.name in {"activate", "discard", "taper-entered-in-error"}:
        ids = ids | {"taper_id": _another_taper(operation, program, ids["patient_id"])}
    return operation.path(**ids)


def _another_taper(operation: Operation, program: Program, patient: str) -> str:
    """A finished one from elsewhere where that is what is wrong, else a draft."""
    if operation.name == "taper-entered-in-error":
        made = program.post(f"patients/{patient}/past-tapers", VALID["POST past-tapers"])
    else:
        made = program.post("tapers", VALID["POST tapers"] | {"patient": patient})
    return str(made.json()["id"])


def hostile_bodies(operation: Operation, *, patient: str) -> Iterator[tuple[str, bytes]]:
    valid = VALID[f"{operation.method.upper()} {operation.name}"]
    if operation.name == "tapers":
        valid = valid | {"patient": patient}
    for name in NOT_FOR_SENDERS:
        yield f"{name} is sent", json.dumps(valid | {name: "1"}).encode()
    for field in valid:
        yield from _with_each_value(valid | {field: "?"}, field)
    for number, deeper in enumerate(INSIDE.get(operation.name, [])):
        yield from _with_each_value(valid | deeper, f"deeper {number}")
    yield from BODIES.items()


def _with_each_value(body: dict[str, Any], place: str) -> Iterator[tuple[str, bytes]]:
    text = json.dumps(body)
    for name, value in VALUES.items():
        yield f"{place} = {name}", text.replace('"?"', value).encode()


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_no_value_breaks_an_address_that_writes(
    operation: Operation, as_prescriber: Program, ids: dict[str, str]
) -> None:
    path = prepared(operation, as_prescriber, ids)
    broken = {}

    for name, body in hostile_bodies(operation, patient=ids["patient_id"]):
        with transaction.atomic():
            answer = as_prescriber.send(operation.method.upper(), path, body)
            if answer.status_code < 400:
                assert_nothing_absurd_is_stored()
            transaction.set_rollback(True)  # each attack finds things as the first one did
        if answer.status_code >= 500:
            broken[name] = answer.content
        elif answer.status_code >= 400:
            assert set(answer.json()) <= {"code", "message", "fields", "findings"}, name
            assert len(answer.content) < 20_000, name

    assert broken == {}


REFUSED_AS_IT_STANDS = {
    "POST token": 401,  # the password is wrong
    "POST complete": 409,  # not at 0 mg yet
    "POST retry-reminder": 409,  # nothing was given up
}


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_what_the_attacks_start_from_is_accepted(
    operation: Operation, as_prescriber: Program, ids: dict[str, str]
) -> None:
    name = f"{operation.method.upper()} {operation.name}"
    path = prepared(operation, as_prescriber, ids)
    body = VALID[name] | ({"patient": ids["patient_id"]} if operation.name == "tapers" else {})

    answer = as_prescriber.send(operation.method.upper(), path, json.dumps(body))

    if name in REFUSED_AS_IT_STANDS:
        assert answer.status_code == REFUSED_AS_IT_STANDS[name], answer.content
    else:
        assert answer.status_code < 300, answer.content


@pytest.mark.parametrize("name", QUERIES)
def test_no_value_breaks_a_query(as_nurse: Program, name: str, taper: dict[str, Any]) -> None:
    values = [*map(str, SENT.values()), "\0", "%", "_", "\\", "a\0b", "' --", "1e400"]

    broken = {
        (field, value[:40]): answer.status_code
        for field in (*QUERIES[name], "ordering", "format", "__class__")
        for value in values
        if (answer := as_nurse.get(name, **{field: value[:2000]})).status_code >= 500
    }

    assert broken == {}


@pytest.mark.parametrize("operation", WRITING, ids=str)
def test_every_field_of_the_schema_is_attacked(operation: Operation) -> None:
    documented = request_fields(operation)

    attacked = set(VALID[f"{operation.method.upper()} {operation.name}"]) | {"patient"}
    assert documented <= attacked


def request_fields(operation: Operation) -> set[str]:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    path = f"/api/v1/{operation.route}".replace("<uuid:", "{").replace(">", "}")
    body = schema["paths"][path][operation.method].get("requestBody")
    if body is None:
        return set()
    name = body["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return set(schema["components"]["schemas"][name].get("properties", {}))


PLANS = (Taper, DoseStep, StepReport, ClinicProtocol)


SPARING = (SparingCourse, SparingRevision, SparingDose, Infusion)


def assert_nothing_absurd_is_stored() -> None:
    """What every row must be, asked of the database itself, whatever was sent."""
    for model in (*PLANS, *SPARING, Patient, Assessment, Measurement, SteroidExposure, KnownFact):
        for row in model._default_manager.all():
            row.clean_fields()
    for dose in SparingDose.objects.all():
        assert Decimal("2.5") <= dose.mg <= Decimal(300)
        assert 2021 <= dose.starts_on.year <= 2033
    for step in DoseStep.objects.all():
        assert Decimal(0) <= step.daily_mg <= Decimal(1000)
        assert 2021 <= step.starts_on.year <= 2033
    for patient in Patient.objects.all():
        assert 1900 <= patient.birth_date.year <= 2026
        assert "\n" not in patient.given_name + patient.family_name + patient.email
    connection.check_constraints()
