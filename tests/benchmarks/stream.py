"""Streams the articles of the test database that argv[1] names, filtered by the query argv[2].

Its last line says how much memory it took at most, in bytes.
"""

import os
import re
import resource
import sys
from pathlib import Path

import django
from django.conf import settings

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    from tests.benchmarks.bench_export import streamed

    for _ in streamed(sys.argv[2]):
        pass
    status = Path("/proc/self/status")
    if status.exists():  # elsewhere the number may be that of the process which started this one
        peak = re.search(r"VmHWM:\s+(\d+)", status.read_text())
        print(int(peak[1]) * 1024 if peak else 0)
    else:
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
