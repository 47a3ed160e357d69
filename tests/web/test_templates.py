"""What every template keeps to: words a clinic may read, and nothing the CSP would refuse."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

ROOT = Path(settings.BASE_DIR)
PAGES = sorted(
    path
    for app in ("tracker", "tapers", "patients", "notifications")
    for path in (ROOT / app / "templates").rglob("*.html")
    if "email" not in path.parts
)
PYTHON = sorted(
    path
    for app in ("tracker/dashboard", "tapers/presenters", "tapers/views", "tapers/forms",
                "patients/presenters", "patients/forms")
    for path in (ROOT / app).rglob("*.py")
)  # fmt: skip
NEVER = re.compile(r"\b(recommend\w*|safe|safely|successful\w*)\b", re.IGNORECASE)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}|<[^>]*>", re.DOTALL)


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_compiles(path):
    get_template(str(path).split("/templates/", 1)[1])


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_never_says_what_only_a_clinician_may(path):
    text = TAGS.sub(" ", path.read_text())

    assert not NEVER.search(text)
    assert "!" not in text


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_template_holds_no_script_or_style_the_policy_would_refuse(path):
    text = path.read_text()

    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)


@pytest.mark.parametrize("path", PYTHON, ids=name)
def test_sentences_made_in_python_keep_to_the_same_words(path):
    assert not NEVER.search(path.read_text())


def test_every_icon_that_is_used_is_in_the_sprite():
    sprite = (ROOT / "tracker/templates/parts/icons.html").read_text()
    known = set(re.findall(r'id="i-([\w-]+)"', sprite))
    used = {
        icon for path in PAGES for icon in re.findall(r'href="#i-([a-z][\w-]*)"', path.read_text())
    }

    assert used <= known
    assert len(sprite) < 20_000
