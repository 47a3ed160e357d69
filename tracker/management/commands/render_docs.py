from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import generated_pages


class Command(BaseCommand):
    help = "Write the generated pages of docs/; with --check only say which are out of date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail if stale")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            stale = [page.name for page in generated_pages.stale()]
            if stale:
                raise CommandError(f"out of date: {', '.join(stale)} (sh scripts/dev docs)")
            return
        for page in generated_pages.write():
            self.stdout.write(f"wrote {page.name}")
