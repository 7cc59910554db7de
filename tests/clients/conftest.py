import pytest
from django.core.management import call_command


@pytest.fixture
def served(transactional_db, live_server):
    """The address of the sample archive, served."""
    call_command("seed_archive", verbosity=0)
    return live_server.url
