"""The OpenAPI document: the committed one is current, it holds, and the answers hold to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy, one_of
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from patients.models import Patient
from tests.api.addresses import Operation, operations
from tests.api.program import Program

COMMITTED = Path(__file__).resolve().parents[2] / "docs" / "openapi.yml"
DOCUMENTED = [each for each in operations() if each.name not in {"schema", "docs"}]
EXAMPLES = 12  # an operation; the whole walk takes about a minute
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@contextmanager
def one_connection() -> Iterator[None]:
    """Keep the test's own connection open between requests, as Django's test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def ids(as_prescriber: Program, patient: Patient, taper: dict[str, Any]) -> dict[str, str]:
    return {"patient_id": str(patient.id), "taper_id": taper["id"]}


def documented_path(operation: Operation) -> str:
    return "/api/v1/" + operation.route.replace("<uuid:", "{").replace(">", "}")


@cache
def document() -> schemathesis.BaseSchema:
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    schema.app = get_wsgi_application()
    return schema


def cases_of(operation: Operation) -> SearchStrategy[Case]:
    """What follows the schema, and what does not."""
    described = document()[documented_path(operation)][operation.method.upper()]
    return one_of(described.as_strategy(generation_mode=mode) for mode in GenerationMode)


@pytest.mark.parametrize("operation", DOCUMENTED, ids=str)
def test_what_is_made_up_from_the_schema_is_answered_by_the_schema(
    operation: Operation, as_prescriber: Program, ids: dict[str, str]
) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases_of(operation))
    def answers(case: Case) -> None:
        own = {name: ids[name] for name in case.path_parameters or {} if name in ids}
        case.path_parameters.update(own)
        with transaction.atomic():
            answer = case.call(headers=as_prescriber.headers)
            transaction.set_rollback(True)  # the token of a log-out is there for the next one
        case.validate_response(answer, checks=CHECKS)

    with one_connection():
        answers()


def test_the_committed_document_is_current(tmp_path: Path) -> None:
    now = tmp_path / "openapi.yml"

    call_command("spectacular", "--file", str(now), "--validate", "--fail-on-warn")

    assert COMMITTED.read_text() == now.read_text(), "manage.py render_docs writes it anew"


def test_every_address_is_documented() -> None:
    paths = yaml.safe_load(COMMITTED.read_text())["paths"]

    documented = {(method, path) for path, methods in paths.items() for method in methods}
    there = {(each.method, documented_path(each)) for each in DOCUMENTED}
    assert documented == there


def test_the_document_and_its_viewer_are_served(anonymous: Program) -> None:
    document = anonymous.get("schema")
    as_json = anonymous.get("schema", format="json")
    viewer = anonymous.get("docs")

    assert document.status_code == 200
    assert yaml.safe_load(document.content)["openapi"].startswith("3.")
    assert as_json.json()["info"]["title"] == "Taperline"
    assert viewer.status_code == 200
    assert b"swagger-ui" in viewer.content


def test_the_viewer_needs_no_script_or_style_inside_the_page(anonymous: Program) -> None:
    page = anonymous.get("docs").content.decode()

    assert "<style" not in page
    for script in page.split("<script")[1:]:
        assert "src=" in script.split(">")[0]
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page


def test_a_documented_limit_is_the_limit_that_holds() -> None:
    """An infusion is of 0.05 g a kg at least, not of 0."""
    document = yaml.safe_load(COMMITTED.read_text())
    infusion = document["components"]["schemas"]["RecordInfusionRequest"]["properties"]

    assert (infusion["g_per_kg"]["minimum"], infusion["g_per_kg"]["maximum"]) == (0.05, 5)
