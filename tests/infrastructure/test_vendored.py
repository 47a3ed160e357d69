"""What was copied from elsewhere is what it was: version, licence and checksum."""

import hashlib

from tests import services

VENDOR = services.ROOT / "tracker" / "static" / "vendor"


def checksums() -> dict[str, str]:
    lines = (VENDOR / "CHECKSUMS").read_text().splitlines()
    return {
        path.removeprefix("*"): digest
        for digest, path in (line.split(maxsplit=1) for line in lines if line[:1] not in ("", "#"))
    }


def test_every_vendored_file_is_the_one_that_was_recorded() -> None:
    files = {
        str(file.relative_to(VENDOR)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in VENDOR.rglob("*")
        if file.is_file() and file.name != "CHECKSUMS"
    }

    assert files == checksums()


def test_every_vendored_library_carries_its_licence_and_version() -> None:
    for folder in VENDOR.iterdir():
        if folder.is_dir():
            assert any(file.name.startswith("LICENSE") for file in folder.iterdir()), folder
            assert any(character.isdigit() for character in folder.name), folder
