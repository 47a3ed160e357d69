"""What the log may say. Rows are named by id; people and their addresses never appear."""

import logging
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

HIDDEN = "[hidden]"
PERSONAL_KEYS = frozenset(
    {
        "address",
        "birth_date",
        "context",
        "email",
        "family_name",
        "given_name",
        "ip",
        "name",
        "password",
        "phone",
        "recipient",
        "recipients",
        "record_number",
        "subject",
        "token",
        "username",
    }
)
HEALTH_CHECKS = frozenset({"/healthz", "/readyz", "/metrics"})
MAIL_ADDRESS = re.compile(r"[^\s<>\"'(),:;{}\[\]=]+@[\w\[][\w.:\-\]]*")
SECRET_IN_PATH = re.compile(r"(?<=/)[A-Za-z0-9_:\-]{40,}(?=[/?\s]|$)")


def hide_people(_: Any, __: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Blank personal keys, and mail addresses and long link tokens wherever they stand."""
    return {key: _hidden(key, value) for key, value in event.items()}


def _hidden(key: str, value: Any) -> Any:
    if key in PERSONAL_KEYS:
        return HIDDEN
    if isinstance(value, str):
        return SECRET_IN_PATH.sub(HIDDEN, MAIL_ADDRESS.sub(HIDDEN, value))
    if isinstance(value, Mapping):
        return {name: _hidden(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", inner) for inner in value]
    return value if isinstance(value, bool | int | float | None) else _hidden("", str(value))


class WithoutHealthChecks(logging.Filter):
    """Leaves out the checks that found nothing wrong; they come every few seconds."""

    def filter(self, record: logging.LogRecord) -> bool:
        event = record.msg if isinstance(record.msg, Mapping) else {}
        asked = str(event.get("request", "")).partition(" ")[2]
        return asked not in HEALTH_CHECKS or event.get("code", 200) != 200


BEFORE_RENDERING: tuple[structlog.typing.Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
)


def configure_structlog() -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *BEFORE_RENDERING,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def logging_config(*, level: str, as_json: bool) -> dict[str, Any]:
    """One line an event on standard error, for our own loggers and everybody else's alike."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.format_exc_info,
                    hide_people,
                    renderer,
                ],
                "foreign_pre_chain": list(BEFORE_RENDERING),
            }
        },
        "filters": {"without_health_checks": {"()": WithoutHealthChecks}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["without_health_checks"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django would add handlers of its own: the console in DEBUG, mail to admins otherwise.
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.server": {"handlers": [], "level": level, "propagate": True},
            "mail.log": {"level": logging.getLevelName(logging.WARNING)},
        },
    }
