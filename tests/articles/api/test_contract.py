"""What a stranger's client may send: schemathesis asks for whatever the document allows, and what
it does not, and holds each answer against the document."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from articles.models import Mention
from newsroom.wsgi import application
from tests.articles.api import snapshot
from tests.examples import examples
from tests.factories import make_article, make_entity, make_source, make_tag, make_tagging

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

stored = schemathesis.openapi.from_path(snapshot.PATH)
stored.app = application


@pytest.fixture
def archive(db, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    for signal in (request_started, request_finished):  # the test's own transaction goes on
        signal.disconnect(close_old_connections)
    article = make_article("One", source=make_source("Wire", slug="wire"), body="In Cairo.")
    make_tagging(article, make_tag("Peace"))
    Mention.objects.create(article=article, entity=make_entity("Cairo"))
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@stored.parametrize()
@settings(
    max_examples=examples(60),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_documented(archive, case):
    response = case.call(headers={"Accept-Encoding": "identity"})  # werkzeug unpacks nothing
    case.validate_response(response, checks=CHECKS)
