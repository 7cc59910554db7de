"""An editor at the desk."""

import pytest
from django.contrib.auth.models import User
from django.test import Client


@pytest.fixture
def desk(db: None) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("mona", "mona@example.org", "a-password-9"))
    return client
