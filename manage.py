#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from tracker.demo.environment import set_demo_environment

if __name__ == "__main__":
    if sys.argv[1:2] == ["demo"]:
        set_demo_environment(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    execute_from_command_line(sys.argv)
