"""The log names rows by id; people and their addresses never appear in it."""

import io
import json
import logging
import smtplib
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from tracker import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a production log would hold."""
    stream = io.StringIO()
    config = logs.logging_config(level="INFO", as_json=True)
    formatter = dict(config["formatters"]["line"])
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter.pop("()")(**formatter))
    handler.addFilter(logs.WithoutHealthChecks())
    logger = logging.getLogger("taperline.test")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield stream
    logger.removeHandler(handler)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_id_stays_and_a_person_does_not(written: io.StringIO) -> None:
    identifier = "0d6f8f0e-6c0c-4d5e-9a51-2a6f4b6f0c11"

    structlog.get_logger("taperline.test").info(
        "reminder sent", reminder=identifier, recipient="anna@example.org", given_name="Anna"
    )

    [line] = lines(written)
    assert line["reminder"] == identifier
    assert "anna" not in json.dumps(line).lower()


def test_an_address_inside_a_text_is_hidden(written: io.StringIO) -> None:
    logging.getLogger("taperline.test").warning("could not reach %s", "anna.b+c@mail.example.org")

    [line] = lines(written)
    assert line["event"] == "could not reach [hidden]"


def test_an_address_inside_an_exception_is_hidden(written: io.StringIO) -> None:
    try:
        raise smtplib.SMTPRecipientsRefused({"anna@example.org": (550, b"no anna@example.org")})
    except smtplib.SMTPException:
        logging.getLogger("taperline.test").exception("refused")

    [line] = lines(written)
    assert "SMTPRecipientsRefused" in line["exception"]
    assert "anna@" not in written.getvalue()


def test_the_token_of_a_signed_link_is_hidden(written: io.StringIO) -> None:
    token = "eyJwIjoiMTIzNDU2Nzg5MDEyMzQ1Njc4OTAifQ:1tXyZ0:abcdefghijklmnopqrstuvwxyz012345"

    structlog.get_logger("taperline.test").info("request", path=f"GET /p/{token}/")

    assert token not in written.getvalue()


def test_a_health_check_that_found_nothing_wrong_is_left_out(written: io.StringIO) -> None:
    log = structlog.get_logger("taperline.test")
    log.info("request_started", request="GET /healthz")
    log.info("request_finished", request="GET /readyz", code=200)
    log.info("request_finished", request="GET /readyz", code=503)
    log.info("request_finished", request="GET /", code=200)

    assert [line["code"] for line in lines(written)] == [503, 200]
