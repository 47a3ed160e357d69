from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tracker.demo import environment
from tracker.demo.supervisor import DemoFailed, Supervisor


class Command(BaseCommand):
    help = "Run a small clinic to look at: web, worker, beat and a mailbox, on this machine only."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        environment.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo sets its own settings: run it as manage.py demo.")
        supervisor = Supervisor(port=settings.DEMO_PORT, say=self._say)
        try:
            supervisor.run(once=options["once"], fresh=options["fresh"])
        except DemoFailed as reason:
            raise CommandError(str(reason)) from reason

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
