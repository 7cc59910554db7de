"""On whose behalf a command does an editor's work."""

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError


def editor_named(name: str, permission: str) -> str:
    """The name of an active account that may do this. Raises CommandError with what is wrong."""
    user = get_user_model()._default_manager.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"There is no active account “{name}”: make one on the desk.")
    if not user.has_perm(permission):
        raise CommandError(f"“{name}” may not do this: it needs the permission {permission}.")
    return str(user.get_username())
