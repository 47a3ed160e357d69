"""One factory a model, valid by default, so that a test states only what matters to it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory
from django.contrib.auth.models import User
from factory.django import DjangoModelFactory, Password

from patients import models
from patients.facts import FactKind
from patients.vocabulary import (
    Biopsy,
    Channel,
    Content,
    DiagnosisStatus,
    Role,
    Sex,
    TaskKind,
)

PASSWORD = "correct horse battery staple"
BEFORE_THE_STORY = datetime(2026, 4, 1, 15, tzinfo=UTC)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"member{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@clinic.example")
    password = Password(PASSWORD)


class ClinicFactory(DjangoModelFactory[models.Clinic]):
    class Meta:
        model = models.Clinic

    name = factory.Sequence(lambda n: f"Clinic {n}")
    time_zone = "America/Chicago"
    phone = "+1 312 555 0100"
    created_at = BEFORE_THE_STORY


class MembershipFactory(DjangoModelFactory[models.Membership]):
    class Meta:
        model = models.Membership

    clinic = factory.SubFactory(ClinicFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.NURSE


class StockedTabletFactory(DjangoModelFactory[models.StockedTablet]):
    class Meta:
        model = models.StockedTablet

    clinic = factory.SubFactory(ClinicFactory)
    drug = "PREDNISONE"
    strength_mg = Decimal(5)
    scored = False


class PatientFactory(DjangoModelFactory[models.Patient]):
    """A patient with a verified address; `reachable=True` adds the consent to write to it."""

    class Meta:
        model = models.Patient
        skip_postgeneration_save = True

    class Params:
        unverified = factory.Trait(email_verified_at=None)

    clinic = factory.SubFactory(ClinicFactory)
    code = factory.Sequence(lambda n: f"TF-{n:04}")
    record_number = factory.Sequence(lambda n: f"MRN{n:05}")
    given_name = "Ada"
    family_name = factory.Sequence(lambda n: f"Rivers{n}")
    birth_date = date(1958, 3, 14)
    sex = Sex.FEMALE
    email = factory.Sequence(lambda n: f"patient{n}@mail.example")
    time_zone = "America/Chicago"
    status_changed_at = BEFORE_THE_STORY
    email_verified_at = BEFORE_THE_STORY
    created_at = BEFORE_THE_STORY
    created_by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def reachable(patient, create, wanted, **content):  # noqa: N805
        if create and wanted:
            ConsentFactory(patient=patient, **content)


class ConsentFactory(DjangoModelFactory[models.Consent]):
    class Meta:
        model = models.Consent

    patient = factory.SubFactory(PatientFactory)
    channel = Channel.EMAIL
    content = Content.MINIMAL
    given_on = BEFORE_THE_STORY.date()
    text_version = "2026-01"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY


class AddressVerificationFactory(DjangoModelFactory[models.AddressVerification]):
    """The row of the token "token-<n>", or of the one given as `token`."""

    class Meta:
        model = models.AddressVerification

    class Params:
        token = factory.Sequence(lambda n: f"token-{n}")

    patient = factory.SubFactory(PatientFactory, unverified=True)
    email = factory.SelfAttribute("patient.email")
    token_digest = factory.LazyAttribute(
        lambda row: models.AddressVerification.digest_of(row.token)
    )
    created_at = BEFORE_THE_STORY
    expires_at = BEFORE_THE_STORY + timedelta(days=365)


class DiagnosisFactory(DjangoModelFactory[models.Diagnosis]):
    class Meta:
        model = models.Diagnosis

    patient = factory.SubFactory(PatientFactory)
    status = DiagnosisStatus.CONFIRMED
    confirmed_on = date(2026, 3, 20)
    biopsy = Biopsy.DONE
    biopsy_on = date(2026, 3, 10)
    rimmed_vacuoles = True
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY


class SteroidExposureFactory(DjangoModelFactory[models.SteroidExposure]):
    class Meta:
        model = models.SteroidExposure

    patient = factory.SubFactory(PatientFactory)
    drug = "PREDNISONE"
    daily_mg = Decimal(40)
    started_on = date(2025, 11, 3)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY


class KnownFactFactory(DjangoModelFactory[models.KnownFact]):
    """A fall, of which it is not known whether it hurt; other kinds by their columns."""

    class Meta:
        model = models.KnownFact

    patient = factory.SubFactory(PatientFactory)
    kind = FactKind.FALL
    from_on = date(2026, 3, 2)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY


class AssessmentFactory(DjangoModelFactory[models.Assessment]):
    """A visit without measurements; `full=True` adds strength, function and CK."""

    class Meta:
        model = models.Assessment
        skip_postgeneration_save = True

    patient = factory.SubFactory(PatientFactory)
    assessed_on = BEFORE_THE_STORY.date()
    rater = "R. Ames"
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = BEFORE_THE_STORY

    @factory.post_generation
    def full(assessment, create, wanted, **_):  # noqa: N805
        if not (create and wanted):
            return
        for position, (code, value, limit) in enumerate(
            [("MMT8", "62", None), ("IBMFRS", "28", None), ("CK", "420", "200")]
        ):
            MeasurementFactory(
                assessment=assessment,
                position=position,
                code=code,
                value=Decimal(value),
                unit="U/L" if code == "CK" else "{score}",
                upper_limit=Decimal(limit) if limit else None,
            )


class MeasurementFactory(DjangoModelFactory[models.Measurement]):
    class Meta:
        model = models.Measurement

    assessment = factory.SubFactory(AssessmentFactory)
    position = factory.Sequence(lambda n: n % 30000)
    code = "MMT8"
    value = Decimal(62)
    unit = "{score}"


class VisitSetMeasureFactory(DjangoModelFactory[models.VisitSetMeasure]):
    class Meta:
        model = models.VisitSetMeasure

    clinic = factory.SubFactory(ClinicFactory)
    kind = "VISIT"
    position = factory.Sequence(lambda n: n % 30000)
    code = "MMT8"


class VisitDraftFactory(DjangoModelFactory[models.VisitDraft]):
    class Meta:
        model = models.VisitDraft

    patient = factory.SubFactory(PatientFactory)
    kept_by = factory.SubFactory(UserFactory)
    kind = "VISIT"
    kept_at = BEFORE_THE_STORY


class TeamTaskFactory(DjangoModelFactory[models.TeamTask]):
    class Meta:
        model = models.TeamTask

    clinic = factory.SubFactory(ClinicFactory)
    kind = TaskKind.OTHER
    text = "Call the patient."
    key = factory.Sequence(lambda n: f"task:{n}")
    created_at = BEFORE_THE_STORY
