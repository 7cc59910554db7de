"""Schemathesis: requests made from the OpenAPI document, and answers held against it."""

import subprocess
import sys
from pathlib import Path

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
# Cursors and what contradicts another parameter are refused by what they mean, not by their form.
LEFT_OUT = "positive_data_acceptance"


def test_no_server_error_and_no_undocumented_answer(served, tmp_path):
    done = subprocess.run(
        [SCHEMATHESIS, "run", f"{served}/api/v1/schema/?format=json", "--max-examples=25",
         "--seed=1", "--continue-on-failure", "--generation-database=none", "--no-color",
         f"--exclude-checks={LEFT_OUT}"],
        capture_output=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
