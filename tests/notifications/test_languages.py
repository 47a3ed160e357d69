"""A patient reads the mail in the language that the record names; the team reads English."""

import re

import pytest

from notifications.email import Mail, preview_of
from notifications.policy import Audience, Kind
from patients.models import Patient
from patients.vocabulary import Language
from tests.notifications.conftest import request
from tests.notifications.test_email_text import TO_PATIENTS, words_of

pytestmark = pytest.mark.django_db

OTHERS = [language for language in Language if language is not Language.EN]
SUBJECT = {
    "de": "Eine Nachricht von Ihrem Behandlungsteam",
    "es": "Un mensaje de su equipo de atención",
    "fr": "Un message de votre équipe soignante",
}
FORBIDDEN = re.compile(
    r"""[ck]ortis|corti[ck]|[ck]orticoid|predniso|st[eé]ro[iï]d|steroid|methotrex|m[eé]totrex
    |azat[h]?io|\bdos[ie]|tablet|comprim|pastill|pill|medi[kc]|m[eé]dic|arznei|f[aá]rmac
    |\d+([.,]\d+)?\s*mg\b|my?[oi]sit|\bIBM\b|musk|m[uú]sc|kraft|fuerza|force|krank|enferm|malad
    |diagn|neuro|biops|\bCK\b|Riverside|empf[eoi]hl|recom|sicher|segur|s[uû]r\s+de|!""",
    re.IGNORECASE | re.VERBOSE,
)
# "If you are not sure what to do, call us" is about the reader, not about the plan.
NOT_SURE = re.compile("nicht sicher sind|n’êtes pas sûr de", re.IGNORECASE)


def mail_in(language: str, patient: Patient, kind: Kind, *, details: bool = False) -> Mail:
    patient.language = language
    return preview_of(
        request=request(kind), patient=patient, clinic=patient.clinic, details=details
    )


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_no_sentence_of_a_mail_stays_english(
    reachable: Patient, kind: Kind, language: Language
) -> None:
    english = mail_in("en", reachable, kind, details=True)
    translated = mail_in(language, reachable, kind, details=True)

    kept = lines_of(english) & lines_of(translated)
    assert {line for line in kept if re.search("[a-z]{3}", line)} <= without_words(reachable)
    assert translated.subject.startswith(SUBJECT[language])
    assert f'lang="{language}"' in translated.html


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_in_no_language_is_a_drug_dose_or_disease_named_without_consent(
    reachable: Patient, kind: Kind, language: Language
) -> None:
    mail = mail_in(language, reachable, kind)

    for part in (mail.subject, mail.sender, mail.text, words_of(mail.html)):
        said = NOT_SURE.sub("", part.replace("taperline.test", ""))
        assert not FORBIDDEN.search(said), said
    assert not FORBIDDEN.search(mail_in(language, reachable, kind, details=True).subject)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", TO_PATIENTS)
def test_every_language_has_the_same_places_to_go_and_to_call(
    reachable: Patient, kind: Kind, language: Language
) -> None:
    english = mail_in("en", reachable, kind)
    translated = mail_in(language, reachable, kind)

    for find in (r"http://[^\s<>\"]+", r"\+1 312 555 0100"):
        assert sorted(re.findall(find, translated.text)) == sorted(re.findall(find, english.text))
    assert translated.html.count("href=") == english.html.count("href=")


def test_days_and_amounts_are_written_as_in_the_language(reachable: Patient) -> None:
    said = {
        language: mail_in(language, reachable, Kind.STEP_DAY, details=True).text
        for language in Language
    }

    assert "From Tuesday 5 May 2026: 7.5 mg prednisone" in said["en"]
    assert "Ab Dienstag, 5. Mai 2026: 7,5 mg Prednison" in said["de"]
    assert "A partir del martes 5 de mayo de 2026: 7,5 mg de prednisona" in said["es"]
    assert "À partir du mardi 5 mai 2026 : 7,5 mg de prednisone" in said["fr"]
    assert "(1 × 5 mg und 1 × 2,5 mg)" in said["de"]
    assert "(1 × 5 mg y 1 × 2,5 mg)" in said["es"]
    assert "(1 × 5 mg et 1 × 2,5 mg)" in said["fr"]


@pytest.mark.parametrize("language", OTHERS)
def test_the_last_step_says_in_each_language_that_there_are_no_more_tablets(
    reachable: Patient, language: Language
) -> None:
    none = {"de": "keine Tabletten mit", "es": "ya ningún comprimido", "fr": "aucun comprimé"}
    once_a_day = {"de": "einmal am Tag", "es": "una vez al día", "fr": "une fois par jour"}
    reachable.language = language
    asked = request(Kind.STEP_DAY, dose="0 mg", tablets=None)

    mail = preview_of(request=asked, patient=reachable, clinic=reachable.clinic, details=True)

    assert none[language] in mail.text
    assert once_a_day[language] not in mail.text


@pytest.mark.parametrize("language", OTHERS)
def test_the_team_reads_english_of_every_patient(reachable: Patient, language: Language) -> None:
    reachable.language = language

    mail = preview_of(
        request=request(Kind.STEP_DAY, Audience.TEAM), patient=reachable, clinic=reachable.clinic
    )

    assert 'lang="en"' in mail.html
    assert "Tuesday 5 May 2026" in mail.text


def lines_of(mail: Mail) -> set[str]:
    html = {
        line.strip() for line in re.findall(r">([^<>]+)<", mail.html[mail.html.index("<body") :])
    }
    return {*mail.text.splitlines(), *html, mail.subject}


def without_words(patient: Patient) -> set[str]:
    """Lines that are an address and no sentence."""
    return {
        line
        for kind in TO_PATIENTS
        for line in lines_of(mail_in("en", patient, kind))
        if line.startswith("http://")
    }
