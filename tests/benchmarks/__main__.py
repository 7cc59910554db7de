"""The benchmarks, printed as ratios: `make bench`, `make bench N=1000000`.

Each runs in a test database of its own and compares with a named peer in the same run.
"""

import os
import sys

import django
from django.db import connection

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["NEWSROOM_TEST_DATABASE"] = "test_newsroom_bench"
django.setup()

from tests.benchmarks import (  # noqa: E402
    bench_desk,
    bench_duplicates,
    bench_enrichment,
    bench_export,
    bench_ledger,
    bench_load,
    bench_names,
    bench_pages,
    bench_search,
    bench_summaries,
)
from tests.benchmarks.report import Report  # noqa: E402

BENCHMARKS = [
    bench_ledger,
    bench_load,
    bench_search,
    bench_pages,
    bench_export,
    bench_duplicates,
    bench_names,
    bench_enrichment,
    bench_summaries,
    bench_desk,
]


def main(size: int, wanted: list[str]) -> int:
    report = Report()
    for module in BENCHMARKS:
        name = module.__name__.rpartition(".")[2].removeprefix("bench_")
        if wanted and name not in wanted:
            continue
        print(f"\n{name} – {(module.__doc__ or '').splitlines()[0]}", flush=True)
        previous = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            module.run(report, size)
        finally:
            connection.creation.destroy_test_db(previous, verbosity=0)
    if report.missed:
        print("\nMissed: " + "; ".join(report.missed))
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000, sys.argv[2:]))
