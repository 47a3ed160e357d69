"""What the demo puts into the environment before Django reads its settings.

manage.py calls it, since a command runs too late for that.
"""

import argparse
import os
import secrets
import socket
from collections.abc import Sequence
from pathlib import Path

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DEFAULT_FOLDER = Path(__file__).resolve().parents[2] / ".data" / "demo"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        help=f"port of the page, {DEFAULT_PORT} unless given; 0 takes any that is free",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="end as soon as the page answers and a due reminder was really sent",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="forget the demo's data and begin again"
    )


def set_demo_environment(arguments: Sequence[str]) -> None:
    """Point every setting at this machine: nothing of a real installation is read or written."""
    parser = argparse.ArgumentParser(add_help=False)
    add_arguments(parser)
    chosen, _ = parser.parse_known_args(arguments)
    folder = Path(os.environ.get("DATA_DIR") or DEFAULT_FOLDER).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    port = chosen.port or _free_port()
    for name in ("DATABASE_URL", "CACHE_URL", "STATIC_ROOT", "EMAIL_HOST_USER", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    os.environ |= {
        "DEMO": "true",
        "DEMO_PORT": str(port),
        "DEMO_CLOCK_FILE": str(folder / "clock"),
        "DATA_DIR": str(folder),
        "SECRET_KEY": _kept_secret(folder / "secret-key"),
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "DEBUG": "false",
        "CELERY_BROKER_URL": "filesystem://",
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": str(_free_port()),
        "EMAIL_STARTTLS": "false",
        "EMAIL_TLS": "false",
        "DEFAULT_FROM_EMAIL": "Taperline <no-reply@taperline.example>",
        "TRUSTED_PROXY_COUNT": "0",
        "REMINDER_TICK_SECONDS": "2",
        "DIGEST_TICK_SECONDS": "6",
        "LOG_LEVEL": "ERROR",
        "LOG_JSON": "false",
    }


def _kept_secret(file: Path) -> str:
    """Return the same key at every start, so that a log-in outlives a restart."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return file.read_text(encoding="ascii")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
