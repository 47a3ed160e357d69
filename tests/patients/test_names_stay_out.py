"""Whatever prints a row, a log or a debugger, it prints no patient's name."""

import pytest

from tests import factories

MODELS = [
    factories.PatientFactory,
    factories.ConsentFactory,
    factories.AddressVerificationFactory,
    factories.DiagnosisFactory,
    factories.SteroidExposureFactory,
    factories.KnownFactFactory,
    factories.AssessmentFactory,
    factories.MeasurementFactory,
    factories.TeamTaskFactory,
    factories.MembershipFactory,
    factories.StockedTabletFactory,
    factories.ClinicFactory,
]


@pytest.mark.django_db
@pytest.mark.parametrize("make", MODELS, ids=lambda make: make._meta.model.__name__)
def test_a_row_names_itself_without_the_patient(make):
    row = make()
    patient = getattr(row, "patient", row)

    assert str(row)
    for name in ("given_name", "family_name", "email", "record_number"):
        if hasattr(patient, name):
            assert getattr(patient, name) not in str(row)
