"""A client that openapi-python-client generates from the OpenAPI document fetches every address."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from articles.models import Article, Entity, Source, Storyline, StorylineArticle, Tag

pytestmark = pytest.mark.clients

BIN = Path(sys.executable).parent
FETCH_ALL = """
import importlib, inspect, json, pathlib, sys

from generated.client import Client

address, keys = sys.argv[1], json.loads(sys.argv[2])
client = Client(base_url=address)
answers = {}
for path in sorted(pathlib.Path("generated/api").glob("*/*.py")):
    if path.stem == "__init__":
        continue
    noun = path.parent.name
    module = importlib.import_module(f"generated.api.{noun}.{path.stem}")
    wanted = inspect.signature(module.sync_detailed).parameters
    given = {name: keys[noun] for name in ("uid", "slug") if name in wanted}
    answer = module.sync_detailed(client=client, **given)
    answers[path.stem] = [int(answer.status_code), type(answer.parsed).__name__]
print(json.dumps(answers))
"""


def test_a_generated_client_fetches_every_address(served, client, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_bytes(client.get("/api/v1/schema/?format=json").content)
    configuration = tmp_path / "configuration.json"
    texts = ("application/x-ndjson", "application/atom+xml")
    known = dict.fromkeys(texts, "application/octet-stream")
    known["application/feed+json"] = "application/json"
    configuration.write_text(json.dumps({"content_type_overrides": known}))
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    made = subprocess.run(
        ["openapi-python-client", "generate", "--path", document, "--output-path",
         tmp_path / "generated", "--meta", "none", "--fail-on-warning", "--config", configuration],
        check=False, capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert made.returncode == 0, made.stdout + made.stderr
    operations = {
        it["operationId"]
        for path in client.get("/api/v1/schema/?format=json").json()["paths"].values()
        for it in path.values()
    }
    answers = fetch_all(served, tmp_path)
    assert operations and answers.keys() == operations
    assert {status for status, _ in answers.values()} == {200}
    assert not [name for name, (_, shape) in answers.items() if shape in {"NoneType", "Problem"}]


def fetch_all(address, folder):
    article = Article.objects.published().exclude(body="").first()
    storyline = Storyline.objects.create(name="Talks", slug="talks")
    StorylineArticle.objects.create(storyline=storyline, article=article)
    keys = {
        "articles": str(article.uid),
        "sources": Source.objects.first().slug,
        "entities": Entity.objects.first().slug,
        "tags": Tag.objects.first().slug,
        "storylines": storyline.slug,
    }
    fetched = subprocess.run(
        [sys.executable, "-c", FETCH_ALL, address, json.dumps(keys)],
        check=False, capture_output=True, text=True, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
    )  # fmt: skip
    assert fetched.returncode == 0, fetched.stderr
    return json.loads(fetched.stdout)
