"""One valid body for each kind of fact, and one stored fact of each."""

from typing import Any

from patients.models import Patient
from tests.api.program import Program

TODAY = "2026-05-04"
KNOWN: dict[str, dict[str, Any]] = {
    "medicine": {
        "medicine": "ALLOPURINOL",
        "name": "",
        "from_on": "2026-01-01",
        "until_on": None,
        "note": "",
    },
    "test": {"test": "TPMT", "on": TODAY, "result": "NORMAL", "note": ""},
    "fall": {"on": TODAY, "injured": None, "note": ""},
    "infection": {
        "infection": "URINARY",
        "from_on": "2026-01-01",
        "until_on": None,
        "note": "",
    },
    "circumstance": {
        "circumstance": "REGULAR_ALCOHOL",
        "answer": "NO",
        "on": TODAY,
        "note": "",
    },
    "low-dose-reason": {"text": "Beside a drug", "from_on": "2026-01-01", "until_on": None},
    "sick-day-plan": {
        "text": "Call us.",
        "written_by": "Dr Hale",
        "on": TODAY,
        "card_given": True,
    },
    "follow-up": {"item": "EYES", "on": TODAY, "note": ""},
}
FACTS = {
    name: body
    for noun, given in KNOWN.items()
    for name, body in (
        (f"POST {noun}s", given),
        (f"POST correct-{noun}", given | {"reason": "Misread"}),
        (f"POST end-{noun}", {"until_on": TODAY}),
        (f"POST entered-in-error-{noun}", {"reason": "Wrong patient"}),
    )
}


def ids_of_facts(program: Program, patient: Patient) -> dict[str, str]:
    """One fact of each kind, by the name its addresses give it."""
    ids = {}
    for noun, given in KNOWN.items():
        answer = program.post(f"patients/{patient.id}/{noun}s", given)
        assert answer.status_code == 201, answer.content
        ids[f"{noun.replace('-', '_')}_id"] = answer.json()["id"]
    return ids
