"""A course of azathioprine and an infusion, made over the API as a program makes them."""

from patients.models import Patient
from tapers.selectors.sparing_previews import CODES
from tests.api.program import Program

REASONS = dict.fromkeys(sorted(CODES), "Discussed with the patient")
AZATHIOPRINE = {
    "agent": "AZATHIOPRINE",
    "starts_on": "2026-05-04",
    "start_mg": 50,
    "target_mg": 100,
    "unit_confirmed": True,
    "reasons": REASONS,
}
INFUSION = {"infused_on": "2026-05-04", "product": "Immunoglobulin 10 %", "g_per_kg": 2}


def ids_of_sparing(program: Program, patient: Patient) -> dict[str, str]:
    course = program.post(f"patients/{patient.id}/sparing-courses", AZATHIOPRINE)
    infusion = program.post(f"patients/{patient.id}/infusions", INFUSION)
    return {"sparing_id": course.json()["id"], "infusion_id": infusion.json()["id"]}
