"""The project's settings with a key that only the tests know, without HTTPS."""

import os

os.environ.setdefault("DJANGO_SECRET_KEY", "tests-sign-with-this-and-nothing-else-does-0123456789")
os.environ.setdefault("DJANGO_HTTPS", "0")
os.environ.setdefault("API_RATE_ANONYMOUS", "off")  # tests count queries, and are many
os.environ.setdefault("API_RATE_TOKEN", "off")

from newsroom.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Several suites at once on one server want a database each.
DATABASES["default"]["TEST"] = {  # noqa: F405
    "NAME": os.environ.get("NEWSROOM_TEST_DATABASE") or None
}

# A test database may be emptied with TRUNCATE, which an archive refuses. What it loses when the
# power fails nobody misses.
DATABASES["default"].setdefault("OPTIONS", {})["options"] = (  # noqa: F405
    "-c newsroom.allow_truncate=on -c synchronous_commit=off"
)
