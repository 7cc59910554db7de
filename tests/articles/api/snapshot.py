"""The stored OpenAPI document: `python -m tests.articles.api.snapshot` writes it anew.

It is kept so that a review sees each change of the interface; look at the difference first.
"""

import json
import os
from pathlib import Path
from typing import Any, Final

import django

PATH: Final = Path(__file__).with_name("openapi.json")
RENEW: Final = "python -m tests.articles.api.snapshot"


def written() -> str:
    """The present document, sorted, one member a line."""
    from drf_spectacular.generators import SchemaGenerator

    document: Any = SchemaGenerator().get_schema(request=None, public=True)
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, default=str) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    PATH.write_text(written(), "utf-8")
