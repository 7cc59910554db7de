"""A command of manage.py in a process of its own, on the test database that argv[1] names.

Its last line says how much memory it took at most, in bytes.
"""

import os
import resource
import sys

import django
from django.conf import settings
from django.core.management import call_command

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    call_command(*sys.argv[2:])
    unit = 1 if sys.platform == "darwin" else 1024
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)
