"""Links in mails that may be in the wrong hands are called back from the patient's page."""

from uuid import uuid4

from patients.links import path_for


def test_links_are_revoked_after_a_confirmation_and_the_page_says_since_when(
    coordinator_client, anonymous_client, patient, clinic_monday
):
    mailed = path_for(patient=patient, reminder_id=uuid4(), day=clinic_monday)
    page = f"/patients/{patient.pk}"
    assert f"{page}/links" in coordinator_client.get(page).content.decode()

    asked = coordinator_client.get(f"{page}/links").content.decode()
    assert "Every link mailed to Ada Marlow so far stops working" in asked
    assert anonymous_client.get(mailed).status_code == 200

    coordinator_client.post(f"{page}/links")

    assert anonymous_client.get(mailed).status_code == 404
    said = coordinator_client.get(page).content.decode()
    assert "all those sent before Mon 4 May 2026, 10:00 are revoked" in said
    assert "All links sent so far were revoked." in said


def test_who_only_reads_has_no_button(reader_client, patient):
    page = f"/patients/{patient.pk}"

    assert f"{page}/links" not in reader_client.get(page).content.decode()
    assert reader_client.post(f"{page}/links").status_code == 403
