"""The archive as a Django app, and the admin site that its editors use."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from articles import checks

__all__ = ["ArticlesConfig", "DeskConfig", "checks"]


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "Archive"


class DeskConfig(AdminConfig):
    """The stock admin with our site: see `articles.admin.desk`."""

    default_site = "articles.admin.desk.Desk"
