"""Django's settings. What can be set from outside is described in `environment`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django_stubs_ext
import environ

from rlsproject import environment, logs, variables
from rlsproject.embedded.places import Places
from rlsproject.openapi import SPECTACULAR
from rlsproject.secret import secret_key
from rlsproject.unfold import UNFOLD  # noqa: F401  (read by unfold)

BASE_DIR = Path(__file__).resolve().parent.parent

django_stubs_ext.monkeypatch()
variables.load_env_file(BASE_DIR)
_values: dict[str, Any] = dict(variables.read(environment.SETTINGS, os.environ))
# Every setting of the table under its own name; those that Django needs in another shape follow.
globals().update(_values)
# For mypy; a test holds these against the table.
RLS_WAITN_TIME: float
RLS_MAX_EXPIRES: int
RLS_WAITN_TIMES: list[str]
RLS_CLEAN_PERIOD: float
RLS_PRESENCE_SERVER: list[str]
RLS_PRESENCE_CHECK: float
RLS_DNS_SERVERS: list[str]
RLS_LARGE_NOTIFY: str
RLS_COMPACT_HEADERS: bool
RLS_BODIES_PER_NOTIFY: int
RLS_DEFLATE_FROM: int
RLS_TO_PRESENCE_CODE: int
RLS_XCAP_ROOT: list[str]
RLS_INTEGRATED_XCAP_SERVER: bool
RLS_EVENTS: list[str]
RLS_CONTACT_USER: str
RLS_SERVER_ADDRESS: str
RLS_SIP_LISTEN: list[str]
RLS_TLS_CERTIFICATES: list[str]
RLS_TLS_KEYS: list[str]
RLS_TLS_CA: str
RLS_TLS_CLIENTS: str
RLS_WEBSOCKET_PING: float
RLS_GRUU: bool
RLS_SIP_AUTH: str
RLS_TRUSTED_PROXIES: list[str]
RLS_REALM: str
RLS_DOMAINS: list[str]
RLS_LIST_ACCESS: str
RLS_LIST_DENIAL: str
RLS_NESTED_LISTS: str
RLS_UNRESOLVED: str
RLS_ENTRY_REFS: str
RLS_REQUEST_LISTS: bool
RLS_BACKEND_IDENTITY: str
RLS_IDENTITY: str
RLS_BACKEND_CREDENTIALS: list[str]
RLS_MIN_EXPIRES: int
RLS_MAX_SUBSCRIPTIONS: int
RLS_MAX_USER_SUBSCRIPTIONS: int
RLS_T1: float
RLS_LOST_NOTIFIES: int
RLS_SOURCE_RATE: int
RLS_SOURCE_CONNECTIONS: int
RLS_FULL_STATE: bool
RLS_GRACE_TIME: float
RLS_LIST_LIMIT: int
RLS_HTTP_LISTEN: str
RLS_XCAP_AUTH: list[str]
RLS_XCAP_DIGEST: list[str]
RLS_XCAP_PROXIES: list[str]
RLS_XCAP_PROXY_HEADER: str
RLS_XCAP_SUPER_USERS: list[str]
RLS_XCAP_QUOTED_ATTRIBUTES: bool
RLS_XCAP_URL: str
RLS_OPENSIPS_MI: str
RLS_XCAP_MAX_DOCUMENT: int
RLS_API_RATE: int
RLS_XCAP_VERSIONS: int
RLS_XCAP_USAGES: str
RLS_XCAP_LOOKUP: str
RLS_XCAP_TOKEN: str
RLS_XCAP_CA_FILE: str
RLS_XCAP_TIMEOUT: float
RLS_XCAP_POLL: float
RLS_XCAP_ABSENT: float
RLS_XCAP_FAILURE_CODE: int
RLS_XCAP_DIFF_SERVER: str
RLS_WORKER: int
RLS_WORKER_HTTP: str
RLS_METRICS_FROM: list[str]
RLS_HOMER: str
RLS_SETTLE_TIME: float
RLS_SLICES: int
RLS_COMMIT_WAITING: int
RLS_COMMIT_GAP_MS: float
RLS_BACKEND_IN_FLIGHT: int
LOG_FORMAT: str
LOG_LEVEL: str

RLS_VAR = BASE_DIR / _values["RLS_VAR"]
SECRET_KEY = _values["SECRET_KEY"] or secret_key(RLS_VAR / "secret-key")
_places = Places(RLS_VAR)
_database = environ.Env.db_url_config(_values["DATABASE_URL"] or _places.database_url)
if _database["ENGINE"] == "django.db.backends.postgresql":
    _database["ENGINE"] = "rlsproject.postgresql"
    # For the slice of the tick, which asks for it: Django's cursors bind at the client and prepare nothing.
    _database.setdefault("OPTIONS", {}).setdefault("prepare_threshold", 5)

DATABASES = {
    "default": {
        # A connection costs more than most queries do; ?conn_max_age=… in the URL overrules this.
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        **_database,
    }
}
BROKER_URL = _values["BROKER_URL"] or _places.broker_url
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rlsproject",
    "rls",
    "xcap",
    "sipworker",
]
MIDDLEWARE = [
    "rlsproject.requests.counting",
    "rlsproject.head.without_body",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
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
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# What the admin may change, each with how its text is read; and what follows from it.
LIVE_SETTINGS = {setting.name: setting.read for setting in environment.SETTINGS if setting.live}
# An entry of a list is three fields of the form that edits it.
LIVE_DERIVED: dict[str, Callable[[Any], int]] = {
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": lambda settings: 1000 + 3 * settings.RLS_LIST_LIMIT
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000 + 3 * _values["RLS_LIST_LIMIT"]

ROOT_URLCONF = "rlsproject.urls"
WSGI_APPLICATION = "rlsproject.wsgi.application"
# Unfold's login without `next` would end on /accounts/profile/.
LOGIN_REDIRECT_URL = "admin:index"
STATIC_URL = "static/"
STATIC_ROOT = RLS_VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
USE_TZ = True
TIME_ZONE = "UTC"  # Django's default is Chicago
LANGUAGE_CODE = "en-gb"

if _values["BEHIND_HTTPS"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$", "^metrics$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
# Whether the other hosts of the domain speak HTTPS only is not ours to promise (HSTS
# includeSubDomains and preload).
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

REST_FRAMEWORK: dict[str, Any] = {"DEFAULT_SCHEMA_CLASS": "rls.api.schema.Schema"}
SPECTACULAR_SETTINGS = SPECTACULAR

LOGGING_CONFIG = None  # structlog's set-up below replaces Django's
logs.configure(_values["LOG_FORMAT"], _values["LOG_LEVEL"])


def _reread_log_level() -> str:
    variables.load_env_file(BASE_DIR)
    level: str = variables.read(environment.SETTINGS, os.environ)["LOG_LEVEL"]  # type: ignore[assignment]
    logs.set_level(level)
    return level


RELOAD_LOG_LEVEL = _reread_log_level
"""What SIGHUP calls: takes the level as the file of settings has it now, and returns it."""
