"""Every setting of the archive. What depends on the deployment comes from the environment.

Variables: DATABASE_URL, DJANGO_SECRET_KEY, DJANGO_DEBUG, DJANGO_HTTPS, ALLOWED_HOSTS,
CSRF_TRUSTED_ORIGINS, API_RATE_ANONYMOUS, API_RATE_TOKEN, TRUSTED_PROXIES, SPACY_MODEL. A value that
makes no sense stops the start and is named.
"""

import os
import re
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from newsroom import embedded_postgres

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "1", "true", "yes", "on", "0", "false", "no", "off"}:
        return default if not value else value in {"1", "true", "yes", "on"}
    raise ImproperlyConfigured(f"{name}={os.environ[name]!r} is neither yes nor no: use 1 or 0")


def _words(name: str) -> list[str]:
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdecimal() and len(value) < 3):
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number from 0 to 99")
    return int(value)


def _rate(name: str, default: str) -> tuple[int, int] | None:
    """Requests, and the seconds in which so many are allowed. None: no limit.

    A visitor is remembered for one window: an hour bounds how many strangers can be remembered.
    """
    value = os.environ.get(name, "").strip().lower() or default
    if value == "off":
        return None
    match = re.fullmatch(r"([1-9][0-9]{0,8})/(second|minute|hour)", value, re.ASCII)
    if not match:
        raise ImproperlyConfigured(
            f"{name}={value!r} is not a rate: write 600/minute (or second, hour), or off"
        )
    return int(match[1]), {"second": 1, "minute": 60, "hour": 3600}[match[2]]


def _database() -> Any:
    url = os.environ.get("DATABASE_URL", "").strip()
    if not url:
        return embedded_postgres.configure(BASE_DIR / ".postgres")
    try:
        database = dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True)
    except (dj_database_url.ParseError, dj_database_url.UnknownSchemeError, ValueError) as error:
        raise ImproperlyConfigured(
            "DATABASE_URL is not an address of a database: "
            "write it as postgresql://user:password@host:5432/name"
        ) from error
    if database["ENGINE"] != "django.db.backends.postgresql":
        raise ImproperlyConfigured("DATABASE_URL must begin with postgresql:// (15 or newer)")
    return database


def require_secret_key() -> None:
    """Refuse to serve with a guessable key; commands that sign nothing may do without one."""
    if not SECRET_KEY:
        raise ImproperlyConfigured(
            "DJANGO_SECRET_KEY is not set: the server signs sessions with it. Set it to a long "
            "random string (or DJANGO_DEBUG=1 on your own machine)."
        )


DEBUG = _flag("DJANGO_DEBUG", default=False)
HTTPS = _flag("DJANGO_HTTPS", default=not DEBUG)
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "").strip() or (
    "only-for-debugging" if DEBUG else ""
)
ALLOWED_HOSTS = _words("ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = _words("CSRF_TRUSTED_ORIGINS")
DATABASES = {"default": _database()}

# How often the API may be asked by one address, and by one token.
API_RATE_ANONYMOUS = _rate("API_RATE_ANONYMOUS", "600/minute")
API_RATE_TOKEN = _rate("API_RATE_TOKEN", "6000/minute")
# How many proxies in front write X-Forwarded-For; with HTTPS one is trusted already, see below.
TRUSTED_PROXIES = _number("TRUSTED_PROXIES", default=1 if HTTPS else 0)

# The folder of a spaCy model, for `enrich_articles --engine spacy`.
SPACY_MODEL = os.environ.get("SPACY_MODEL", "").strip()

INSTALLED_APPS = [
    "articles.apps.ArticlesConfig",
    "articles.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "pgtrigger",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "articles.middleware.ContentSecurityPolicyMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "articles.middleware.DeliveryMiddleware",
    "articles.api.limits.RateLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
ROOT_URLCONF = "newsroom.urls"
WSGI_APPLICATION = "newsroom.wsgi.application"
ASGI_APPLICATION = "newsroom.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PGTRIGGER_INSTALL_ON_MIGRATE = False  # migrations carry the triggers

AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTH_PASSWORD_VALIDATORS[1]["OPTIONS"] = {"min_length": 12}
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# Times are stored and answered in UTC (RFC 3339); the desk shows UTC as well.
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = "newsroom.formats"  # days are written year first

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # served from where they are, without collectstatic

SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]  # probes speak plain HTTP to the port
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# Over HTTPS no other host of the same domain can set these (the browser minds the prefix).
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True  # scripts find the token in the page's forms
SESSION_COOKIE_SAMESITE = "Lax"  # a link from a mail leads in, a form from elsewhere does not
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a day's work
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # an article with many mentions is one large form
DATA_UPLOAD_MAX_MEMORY_SIZE = 12_000_000  # a million letters of any script, as a form sends them
CSRF_FAILURE_VIEW = "articles.pages.not_sent"
FILE_UPLOAD_HANDLERS = [
    "articles.admin.upload_limit.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# The API and the feeds may be read by the scripts of every page; no cookie ever goes with that.
CORS_URLS_REGEX = r"^/(api|feeds)/"
CORS_ALLOW_ALL_ORIGINS = True
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = [
    "content-disposition",
    "Allow", "ETag", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After",
    "WWW-Authenticate",
]  # fmt: skip
CORS_PREFLIGHT_MAX_AGE = 86_400  # a day, as long as browsers remember at most

# Failures are written to standard error, where a service's log is.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"standard error": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["standard error"], "level": "ERROR"},
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": [
        "articles.api.renderers.JsonRenderer",
        "articles.api.renderers.HtmlRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": [],
    # A token or nobody: no session is read, no cookie is set.
    "DEFAULT_AUTHENTICATION_CLASSES": ["articles.api.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "articles.api.negotiation.Negotiation",
    "DEFAULT_METADATA_CLASS": "articles.api.negotiation.DoorMetadata",
    "DEFAULT_SCHEMA_CLASS": "articles.api.schema.DoorSchema",
    "EXCEPTION_HANDLER": "articles.api.problems.answer_problem",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Newsroom",
    "DESCRIPTION": (
        "A relational news archive, to be read by anybody. An address that holds an unknown or "
        "malformed parameter is refused with its nearest valid name; errors are problems as in "
        "RFC 9457. Times are in UTC. Only published articles and accepted links are shown."
    ),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVERS": [{"url": "/", "description": "This archive."}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_NAME_OVERRIDES": {
        "SourceKind": "articles.vocabulary.SourceKind",
        "EntityKind": "articles.vocabulary.EntityKind",
        "AliasKind": "articles.vocabulary.AliasKind",
        "ChangeKind": "articles.vocabulary.ChangeKind",
    },
}
