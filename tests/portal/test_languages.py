"""The patient's page in the patient's language."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from patients.vocabulary import Language
from tests.tapers.story import may, morning_of

pytestmark = pytest.mark.django_db

PLACES = ("", "/when", "/symptoms", "/about", "/unwell", "/other", "/question", "/contact")
OTHERS = [language for language in Language if language is not Language.EN]


@pytest.fixture(autouse=True)
def _on_the_day_of_a_step(now):
    cache.clear()
    now.to(morning_of(may(11)))


def speaks(patient, language):
    patient.language = language
    patient.save()


def sentences(response):
    html = response.content.decode()
    body = html[html.index("<body") :]
    return {" ".join(said.split()) for said in re.findall(r">([^<>]*[A-Za-z]{3}[^<>]*)<", body)}


def birth_date(phone, mailed, month="3"):
    return phone.post(mailed, {"day": "14", "month": month, "year": "1958"})


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_of_a_page_stays_english(phone, taper, patient, mailed, language, place):
    outside = {"en": sentences(Client().get(mailed))}
    birth_date(phone, mailed)
    english = sentences(phone.get(mailed + place, follow=True))
    speaks(patient, language)
    outside[language] = sentences(Client().get(mailed))

    response = phone.get(mailed + place, follow=True)

    assert response.status_code == 200
    assert not english & sentences(response)
    assert not outside["en"] & outside[language]
    assert f'<html lang="{language}">' in response.content.decode()


@pytest.mark.parametrize(
    ("language", "title", "amount"),
    [
        ("de", "Ihre Dosis ab Montag, 4. Mai 2026", "mg Prednison"),
        ("es", "Su dosis a partir del lunes 4 de mayo de 2026", "mg de prednisona"),
        ("fr", "Votre dose à partir du lundi 4 mai 2026", "mg de prednisone"),
    ],
)
def test_the_dose_and_its_day(phone, now, taper, patient, mailed, language, title, amount):
    speaks(patient, language)
    birth_date(phone, mailed)
    now.to(morning_of(may(12)))

    said = phone.get(mailed).content.decode()

    assert title in said
    assert amount in said


@pytest.mark.parametrize(
    ("language", "month"),
    [
        ("de", "März"),
        ("de", "maerz"),
        ("de", "mar"),
        ("es", "marzo"),
        ("fr", "mars"),
        ("fr", "March"),
        ("fr", "3"),
    ],
)
def test_the_month_may_be_written_in_ones_own_words(phone, taper, patient, mailed, language, month):
    speaks(patient, language)

    answered = birth_date(phone, mailed, month)

    assert answered.status_code == (400 if month == "maerz" else 302)


def test_a_word_that_begins_two_months_is_asked_for_again(phone, taper, patient, mailed):
    speaks(patient, "fr")

    answered = birth_date(phone, mailed, "jui")

    assert answered.status_code == 400
    assert "Donnez le jour, le mois et l’année." in answered.content.decode()


@pytest.mark.parametrize(
    ("asked", "said"),
    [("de-AT,de;q=0.9", "Dieser Link gilt nicht mehr"), ("it", "This link does not work any more")],
)
def test_a_dead_link_speaks_the_language_of_the_browser(asked, said):
    response = Client(headers={"accept-language": asked}).get("/p/nothing-here")

    assert response.status_code == 404
    assert said in response.content.decode()


def test_the_language_of_one_answer_is_not_that_of_the_next(phone, taper, patient, mailed):
    speaks(patient, "de")
    before = translation.get_language()

    Client().get(mailed)

    assert translation.get_language() == before
