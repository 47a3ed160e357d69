"""docker-compose.yml without an engine: its references, and its own commands as real processes.

What only an engine can show is not shown here: the build of the image and the mail catcher.
"""

import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from tests import services

COMPOSE = services.ROOT / "docker-compose.yml"
OWN = ("migrate", "web", "worker", "beat")
PASSWORD = "letters-and-digits"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<how>:-|:\?)(?P<rest>[^}]*))?\}")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return loaded


# References --------------------------------------------------------------------------------------


def test_every_dependency_is_a_service_and_has_what_it_is_waited_for(
    compose: dict[str, Any],
) -> None:
    for name, service in compose["services"].items():
        for needed, how in service.get("depends_on", {}).items():
            assert needed in compose["services"], name
            if how["condition"] == "service_healthy":
                assert "healthcheck" in compose["services"][needed], needed
            if how["condition"] == "service_completed_successfully":
                assert compose["services"][needed]["restart"] == "no"


def test_every_volume_is_declared_and_used(compose: dict[str, Any]) -> None:
    mounted = {
        volume.partition(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }

    assert mounted == set(compose["volumes"])


def test_the_workers_keep_the_marker_by_which_a_restored_database_is_known(
    compose: dict[str, Any],
) -> None:
    """In a folder that outlives the containers, is not the database's and is the user's own."""
    worker = compose["services"]["worker"]
    [(volume, folder)] = [tuple(each.split(":")) for each in worker["volumes"]]

    assert worker["environment"]["DISPATCH_MARKER"].startswith(f"{folder}/")
    assert volume not in {"database", "broker"}
    dockerfile = (services.ROOT / "Dockerfile").read_text()
    [user] = re.findall(r"^USER (\d+)$", dockerfile, re.MULTILINE)
    assert f"install --directory --owner={user} {folder}" in dockerfile


def test_every_variable_is_in_the_example_file() -> None:
    asked = {found["name"] for found in VARIABLE.finditer(COMPOSE.read_text())}

    assert asked <= set(example_file())


def test_secrets_have_no_default() -> None:
    for found in VARIABLE.finditer(COMPOSE.read_text()):
        if found["name"] in ("SECRET_KEY", "POSTGRES_PASSWORD"):
            assert found["how"] == ":?"
    assert example_file()["SECRET_KEY"] == example_file()["POSTGRES_PASSWORD"] == ""


def test_every_setting_of_our_services_is_read(compose: dict[str, Any]) -> None:
    read = variables_read_by_the_settings()
    for name in OWN:
        assert set(compose["services"][name]["environment"]) <= read


def test_the_example_file_lists_exactly_what_is_read() -> None:
    listed = set(re.findall(r"^#?([A-Z][A-Z_]+)=", ENV_EXAMPLE.read_text(), flags=re.MULTILINE))

    read = {name for name in variables_read_by_the_settings() if not name.startswith("DEMO")}

    assert listed - {"POSTGRES_PASSWORD"} == read


def test_nothing_is_reached_from_outside_this_machine(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:")


def test_broker_and_cache_do_not_share_a_database(compose: dict[str, Any]) -> None:
    environment = compose["services"]["web"]["environment"]

    assert environment["CELERY_BROKER_URL"][-2:] != environment["CACHE_URL"][-2:]


ENV_EXAMPLE = services.ROOT / ".env.example"


def example_file() -> dict[str, str]:
    lines = (line for line in ENV_EXAMPLE.read_text().splitlines() if not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines if line)


def variables_read_by_the_settings() -> set[str]:
    source = (services.ROOT / "tracker" / "settings.py").read_text()
    return set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', source))


# The commands, run -------------------------------------------------------------------------------


@pytest.fixture
def stack(
    processes: services.Processes,
    broker_url: str,
    mailbox: services.Mailbox,
    compose: dict[str, Any],
    tmp_path: Path,
) -> "Stack":
    """Our services with the environment of compose; only addresses differ."""
    given = {"SECRET_KEY": "x" * 60, "POSTGRES_PASSWORD": PASSWORD}
    environment = {
        name: filled_in(str(value), given)
        for name, value in compose["services"]["web"]["environment"].items()
    }
    assert PASSWORD in environment["DATABASE_URL"]
    processes.environment = (
        services.inherited()
        | environment
        | {
            "DATABASE_URL": processes.environment["DATABASE_URL"],
            "CELERY_BROKER_URL": broker_url,
            "CACHE_URL": broker_url.replace("redis:", "rediscache:"),
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mailbox.port),
            "DATA_DIR": str(tmp_path / "data"),
            "REMINDER_TICK_SECONDS": "1",
        }
    )
    return Stack(compose["services"], processes, tmp_path, port=services.free_port())


class Stack:
    def __init__(
        self, defined: dict[str, Any], processes: services.Processes, tmp: Path, *, port: int
    ) -> None:
        self.defined, self.processes, self.tmp, self.port = defined, processes, tmp, port

    def start(self, name: str) -> services.Process:
        own = self.defined[name]["environment"]
        differs = {key: own[key] for key in own.keys() - self.processes.environment.keys()}
        for volume in self.defined[name].get("volumes", []):
            differs = {key: self._in_own(volume, value) for key, value in differs.items()}
        return self.processes.start(*self._here(self.defined[name]["command"]), **differs)

    def is_healthy(self, name: str) -> bool:
        how, *rest = self.defined[name]["healthcheck"]["test"]
        command = self._here(rest if how == "CMD" else ["sh", "-c", rest[0]])
        done = subprocess.run(
            command,
            env=self.processes.environment,
            cwd=services.ROOT,
            check=False,
            capture_output=True,
        )
        return done.returncode == 0

    def _in_own(self, volume: str, path: str) -> str:
        """The same path where the volume is a folder of this test."""
        name, _, folder = volume.partition(":")
        own = self.tmp / name
        own.mkdir(exist_ok=True)
        return path.replace(folder, str(own))

    def _here(self, command: list[str]) -> list[str]:
        """The same command where /tmp and port 8000 are not ours alone."""
        replaced = {
            "$$": "$",
            "0.0.0.0:8000": f"127.0.0.1:{self.port}",
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "/tmp": str(self.tmp),
        }
        return [_replace_all(str(part), replaced) for part in command]


def _replace_all(text: str, replaced: dict[str, str]) -> str:
    for old, new in replaced.items():
        text = text.replace(old, new)
    return text


def filled_in(text: str, given: dict[str, str]) -> str:
    """Do what compose does with ${NAME:-default} and ${NAME:?must be set}."""
    return VARIABLE.sub(lambda found: given.get(found["name"], found["rest"] or ""), text)


@pytest.fixture(autouse=True)
def _own_programs_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """`python` in a command is the one of the environment, as in the image."""
    monkeypatch.setenv("PATH", f"{services.ROOT / '.venv' / 'bin'}:{os.environ['PATH']}")


@pytest.mark.postgres
def test_the_services_work_together_with_the_commands_of_the_file(stack: Stack) -> None:
    migrate = stack.start("migrate")
    assert migrate.finish(seconds=60) == 0, migrate.output

    started = {name: stack.start(name) for name in ("web", "worker", "beat")}

    for name, process in started.items():
        process.wait_until(lambda name=name: stack.is_healthy(name), seconds=60)
    with urllib.request.urlopen(f"http://127.0.0.1:{stack.port}/accounts/login/") as page:
        assert b"Taperline" in page.read()
    started["web"].wait_until(
        lambda: _is_ready(f"http://127.0.0.1:{stack.port}/readyz"), seconds=30
    )
    # The first sweep makes the row that counts them; the marker counts from the second on.
    marker = stack.tmp / "marker" / "dispatch-marker"
    started["worker"].wait_until(lambda: int(marker.read_text()) > 0, seconds=60)
    for name, process in started.items():
        assert process.stop(seconds=20) == 0, f"{name}: {process.output}"


def _is_ready(url: str) -> bool:
    try:
        return bool(urllib.request.urlopen(url).status == 200)
    except urllib.error.HTTPError:
        return False


@pytest.mark.django_db
def test_collectstatic_of_the_image_finds_every_file_it_refers_to(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {
        # As in the image, but for the compression, which takes half a minute.
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    }

    call_command("collectstatic", interactive=False, verbosity=0)

    assert (tmp_path / "staticfiles.json").exists()


def test_the_image_copies_every_package() -> None:
    copied = set(
        re.findall(r"^COPY (\w+) \w+$", (services.ROOT / "Dockerfile").read_text(), re.MULTILINE)
    )

    assert copied == {"patients", "notifications", "tapers", "tracker"}
    for name in copied:
        assert f"!{name}" in (services.ROOT / ".dockerignore").read_text().splitlines()


def test_what_the_image_copies_is_enough_to_run(tmp_path: Path) -> None:
    dockerfile = (services.ROOT / "Dockerfile").read_text()
    for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE):
        *sources, _ = line.split()
        for source in (services.ROOT / name for name in sources):
            if source.is_dir():
                shutil.copytree(source, tmp_path / source.name, ignore=WITHOUT_CACHES)
            else:
                shutil.copy(source, tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", "import tracker.wsgi, tracker.celery"],
        env=services.inherited()
        | {"SECRET_KEY": "x", "PUBLIC_URL": "https://x.example", "DATA_DIR": str(tmp_path)},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr


WITHOUT_CACHES = shutil.ignore_patterns("__pycache__")
