"""What a finding rests on is read, not decoded: each value has a name, a unit, a day in words."""

import ast
import re
from pathlib import Path

import pytest

from tapers.domain.rules.rulebook import COURSE_RULES, RULES, course_findings
from tapers.presenters.values import OF_CODE, VALUES, value_rows
from tests.domain.test_course_scenarios import facts_of, scenarios

FOLDER = Path(__file__).parents[2] / "tapers" / "domain" / "rules"
CODED = re.compile(
    r"\b[A-Z]{2,}[A-Z0-9]*_[A-Z_0-9]+\b|\b[a-z]+_[a-z_]+\b|\d{4}-\d{2}-\d{2}|True|False"
)


def stored_names() -> set[str]:
    """Every key of a dict that is written inside a function of the rulebook."""
    trees = [ast.parse(path.read_text()) for path in FOLDER.glob("*.py")]
    functions = [
        each for tree in trees for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)
    ]
    dicts = [each for one in functions for each in ast.walk(one) if isinstance(each, ast.Dict)]
    keys = [key for each in dicts for key in each.keys]
    return {key.value for key in keys if isinstance(key, ast.Constant)}


def test_every_value_of_the_rulebook_has_its_name():
    missing = stored_names() - set(VALUES)

    assert len(stored_names()) > 50
    assert not missing


def test_no_name_stands_for_a_value_that_no_rule_stores():
    codes = {rule.code for rule in (*RULES, *COURSE_RULES)}

    assert set(VALUES) <= stored_names()
    assert {code for code, _ in OF_CODE} <= codes
    assert {name for _, name in OF_CODE} <= stored_names()


@pytest.mark.parametrize("row", scenarios())
def test_what_the_scenarios_store_reads_without_a_code(row):
    as_of = row["facts"]["as_of"]

    for finding in course_findings(facts=facts_of(row), as_of=as_of):
        rows = value_rows(finding.code, finding.values)
        assert len(rows) == len(finding.values)
        for name, text in rows:
            assert name[0].isupper() or name == "eGFR", name
            assert not CODED.search(f"{name} {text}"), (finding.code, name, text)


@pytest.mark.parametrize(
    ("rule", "stored", "name", "text"),
    [
        ("MMT_DROP", {"measure": "MMT8"}, "Measured by", "Strength, MMT8 of one side"),
        ("MMT_DROP", {"drop_percent": "8.75"}, "Fall", "8.75 % of the scale"),
        ("MMT_DROP", {"baseline_on": "2026-04-06"}, "Compared with the visit of", "Mon 6 Apr 2026"),
        ("STEP_LATE", {"days_late": "1"}, "Late by", "1 day"),
        ("STEP_LATE", {"escalate": "no"}, "Late by a week or more", "no"),
        ("CK_RISE", {"ck": "480"}, "CK", "480 U/L"),
        ("ALT_DAY", {"daily_mg": "25"}, "Dose on one day", "25 mg"),
        ("NO_PLAN", {"daily_mg": "20"}, "Dose", "20 mg of prednisone a day"),
        ("TABLET_CHECK", {"doses_mg": "7.5 and 2.5"}, "Doses that cannot be made", "7.5 and 2.5 mg"),  # noqa: E501
        ("TABLET_CHECK", {"strengths_mg": "none"}, "Tablets in stock", "none"),
        ("DRUG_LONG_ACTING", {"drug": "DEXAMETHASONE"}, "Drug", "Dexamethasone"),
        (
            "ADRENAL_RED",
            {"symptoms": ["FAINTING", "CONFUSION"]},
            "Symptoms",
            "Fainting or collapse, confusion or marked sleepiness",
        ),
        ("ASSESS_OVERDUE", {"domain": "MMT"}, "To be measured", "Strength (MMT)"),
        ("ASSESS_OVERDUE", {"last_on": "not recorded"}, "Last done", "not recorded"),
        ("MTX_NO_FOLIC_ACID", {"folic_acid_mg_per_week": "5.0"}, "Folic acid", "5 mg a week"),
        ("SWALLOW", {"pneumonia": True}, "Pneumonia", "yes"),
        ("GONE", {"of_an_older_rulebook": "9999-99-99"}, "of an older rulebook", "9999-99-99"),
    ],
)  # fmt: skip
def test_each_is_written_with_its_unit(rule, stored, name, text):
    assert value_rows(rule, stored) == ((name, text),)
