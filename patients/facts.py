"""The words in which facts are kept: what beside visits and doses is known of a patient."""

from django.db.models import TextChoices


class FactKind(TextChoices):
    MEDICINE = "MEDICINE", "Other medicine"
    TEST = "TEST", "Test"
    FALL = "FALL", "Fall"
    INFECTION = "INFECTION", "Infection"
    CIRCUMSTANCE = "CIRCUMSTANCE", "Circumstance"
    LOW_DOSE_REASON = "LOW_DOSE_REASON", "Reason for a low dose"
    SICK_DAY_PLAN = "SICK_DAY_PLAN", "Sick-day plan"
    FOLLOW_UP = "FOLLOW_UP", "Follow-up of steroid effects"


LASTING = (FactKind.MEDICINE, FactKind.INFECTION, FactKind.LOW_DOSE_REASON)  # can end


class Change(TextChoices):
    """How a version of a row came about."""

    RECORDED = "RECORDED", "Recorded"
    ENDED = "ENDED", "Ended"
    CORRECTED = "CORRECTED", "Corrected"
    IN_ERROR = "IN_ERROR", "Entered in error"


class MedicineCode(TextChoices):
    """Medicines a rule asks about; any other by its name."""

    TRIMETHOPRIM_SULFAMETHOXAZOLE = (
        "TRIMETHOPRIM_SULFAMETHOXAZOLE",
        "Trimethoprim-sulfamethoxazole (co-trimoxazole)",
    )
    ALLOPURINOL = "ALLOPURINOL", "Allopurinol"
    FEBUXOSTAT = "FEBUXOSTAT", "Febuxostat"
    WARFARIN = "WARFARIN", "Warfarin"
    RIBAVIRIN = "RIBAVIRIN", "Ribavirin"
    ACE_INHIBITOR = "ACE_INHIBITOR", "ACE inhibitor"
    STATIN = "STATIN", "Statin"
    INSULIN_OR_SULFONYLUREA = "INSULIN_OR_SULFONYLUREA", "Insulin or a sulfonylurea"
    ORAL_OESTROGEN = "ORAL_OESTROGEN", "Oral oestrogen"
    OTHER_IMMUNOSUPPRESSANT = "OTHER_IMMUNOSUPPRESSANT", "Other immunosuppressant"
    OTHER = "OTHER", "Another medicine"


class SingleTest(TextChoices):
    """HEPATITIS_B is of before HBsAg and anti-HBc were tests of their own; it is only read."""

    TPMT = "TPMT", "TPMT"
    NUDT15 = "NUDT15", "NUDT15"
    HBSAG = "HBSAG", "Hepatitis B: HBsAg"
    ANTI_HBC = "ANTI_HBC", "Hepatitis B: anti-HBc"
    HEPATITIS_B = "HEPATITIS_B", "Hepatitis B (which test not recorded)"
    HEPATITIS_C = "HEPATITIS_C", "Hepatitis C"
    CHEST_FILM = "CHEST_FILM", "Chest film"


class Result(TextChoices):
    NORMAL = "NORMAL", "Normal"
    INTERMEDIATE = "INTERMEDIATE", "Intermediate metaboliser"
    POOR = "POOR", "Poor metaboliser"
    NEGATIVE = "NEGATIVE", "Negative"
    POSITIVE = "POSITIVE", "Positive"
    ABNORMAL = "ABNORMAL", "Abnormal"
    NOT_CLEAR = "NOT_CLEAR", "Not clear"


NAMED_TESTS = tuple(each for each in SingleTest if each is not SingleTest.HEPATITIS_B)
_METABOLISER = (Result.NORMAL, Result.INTERMEDIATE, Result.POOR)
_SEROLOGY = (Result.NEGATIVE, Result.POSITIVE, Result.NOT_CLEAR)
RESULTS_OF: dict[str, tuple[Result, ...]] = {
    SingleTest.TPMT: _METABOLISER,
    SingleTest.NUDT15: _METABOLISER,
    SingleTest.HBSAG: _SEROLOGY,
    SingleTest.ANTI_HBC: _SEROLOGY,
    SingleTest.HEPATITIS_B: _SEROLOGY,
    SingleTest.HEPATITIS_C: _SEROLOGY,
    SingleTest.CHEST_FILM: (Result.NORMAL, Result.ABNORMAL),
}


class InfectionSite(TextChoices):
    PNEUMONIA = "PNEUMONIA", "Pneumonia"
    OTHER_CHEST = "OTHER_CHEST", "Other chest infection"
    URINARY = "URINARY", "Urinary infection"
    SKIN = "SKIN", "Skin infection"
    OTHER = "OTHER", "Other infection"


class CircumstanceCode(TextChoices):
    """Questions with an answer of a day; the latest answer holds."""

    OTHER_MEDICINES = "OTHER_MEDICINES", "Takes other medicines"
    INFECTION_NOW = "INFECTION_NOW", "Has an infection now"
    PREGNANT_OR_PLANNING = "PREGNANT_OR_PLANNING", "Pregnant or planning a pregnancy"
    REGULAR_ALCOHOL = "REGULAR_ALCOHOL", "Drinks alcohol regularly"
    INTERSTITIAL_LUNG_DISEASE = "INTERSTITIAL_LUNG_DISEASE", "Interstitial lung disease"
    LIVE_VACCINE_PLANNED = "LIVE_VACCINE_PLANNED", "A live vaccine is planned"


class FollowUpItem(TextChoices):
    """What steroids do to the rest of the body, and was looked at on a day."""

    WEIGHT_AND_PRESSURE = "WEIGHT_AND_PRESSURE", "Blood pressure and weight"
    GLUCOSE = "GLUCOSE", "Glucose or HbA1c"
    LIPIDS = "LIPIDS", "Lipids"
    BONE = "BONE", "Bone"
    EYES = "EYES", "Eyes"
    MOOD_AND_SLEEP = "MOOD_AND_SLEEP", "Mood and sleep"
    INFECTION_AND_VACCINES = "INFECTION_AND_VACCINES", "Infection and vaccines"
    SKIN_AND_MUSCLE = "SKIN_AND_MUSCLE", "Skin and muscle"
    HIP_PAIN = "HIP_PAIN", "Hip or groin pain"


class Answer(TextChoices):
    """NOT_ASKED takes an earlier answer back: it is not known any more."""

    YES = "YES", "Yes"
    NO = "NO", "No"
    NOT_ASKED = "NOT_ASKED", "Not asked"


CODES_OF: dict[str, tuple[str, ...]] = {
    FactKind.MEDICINE: tuple(MedicineCode.values),
    FactKind.TEST: tuple(SingleTest.values),
    FactKind.INFECTION: tuple(InfectionSite.values),
    FactKind.CIRCUMSTANCE: tuple(CircumstanceCode.values),
    FactKind.FOLLOW_UP: tuple(FollowUpItem.values),
}
LABELS: dict[str, dict[str, str]] = {
    FactKind.MEDICINE: dict(MedicineCode.choices),
    FactKind.TEST: dict(SingleTest.choices),
    FactKind.INFECTION: dict(InfectionSite.choices),
    FactKind.CIRCUMSTANCE: dict(CircumstanceCode.choices),
    FactKind.FOLLOW_UP: dict(FollowUpItem.choices),
}
# The fields of each kind by the names they are given under, and the columns that keep them.
_SPAN = {"from_on": "from_on", "until_on": "until_on"}
_NOTE = {"note": "note"}
COLUMNS_OF: dict[str, dict[str, str]] = {
    FactKind.MEDICINE: {"medicine": "code", "name": "text", **_SPAN, **_NOTE},
    FactKind.TEST: {"test": "code", "on": "from_on", "result": "answer", **_NOTE},
    FactKind.FALL: {"on": "from_on", "injured": "answer", **_NOTE},
    FactKind.INFECTION: {"infection": "code", **_SPAN, **_NOTE},
    FactKind.CIRCUMSTANCE: {"circumstance": "code", "answer": "answer", "on": "from_on", **_NOTE},
    FactKind.LOW_DOSE_REASON: {"text": "text", **_SPAN},
    FactKind.SICK_DAY_PLAN: {
        "text": "text",
        "written_by": "written_by",
        "on": "from_on",
        "card_given": "answer",
    },
    FactKind.FOLLOW_UP: {"item": "code", "on": "from_on", **_NOTE},
}
YES_NO: dict[bool | None, str] = {True: Answer.YES.value, False: Answer.NO.value, None: ""}
TRUTHS: dict[str, bool | None] = {stored: given for given, stored in YES_NO.items()}
