"""All settings, from the environment. What must be set and is not stops the process by its name.

.env.example lists every variable.
"""

import sys
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from tracker.logs import configure_structlog, logging_config

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent

# Where it runs -----------------------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL").rstrip("/")  # stands in every mail, so it has no default
DEBUG = env.bool("DEBUG", default=False)
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data")))

_public = urlsplit(PUBLIC_URL)
HTTPS = _public.scheme == "https"
# The loopback names are for the health check of the machine or container itself.
ALLOWED_HOSTS = [
    *env.list("ALLOWED_HOSTS", default=[_public.hostname or "localhost"]),
    "127.0.0.1",
    "localhost",
]
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

# The parts ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "tracker",  # first, so that its templates win over those of libraries
    "tapers",
    "notifications",
    "patients",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "django_structlog",
]
if find_spec("django_linear_migrations"):  # a development requirement
    INSTALLED_APPS.append("django_linear_migrations")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",  # a page is public only if it says so
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tracker.dashboard.errors.RefusalPages",
    "tracker.dashboard.submissions.StoredOnce",
]

ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
ASGI_APPLICATION = "tracker.asgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "tracker.dashboard.frame.frame",
                "tracker.dashboard.submissions.submission",
                "tracker.demo.context.demo",
            ],
        },
    }
]

# Storage -----------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'taperline.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # WAL without IMMEDIATE is worse than neither: a read that turns into a write fails at once.
    # ATOMIC_REQUESTS must stay off here: each GET would take the write lock.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        # Seconds to wait for another writer; then 503, before whoever waits goes away.
        "timeout": 8,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
        ),
    }
    # Tests run on a file too, so that threads and other processes see what production would.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
else:
    DATABASES["default"] |= {
        "CONN_MAX_AGE": env.int("DATABASE_CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            "options": env.str(
                "DATABASE_OPTIONS",
                default="-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s",
            ),
        },
    }

# Log-in limits count in the cache: with more than one web process it must be a shared one.
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
if CACHES["default"]["BACKEND"].endswith("RedisCache"):
    # A log-in must hear soon that tries cannot be counted, also from a machine that is silent.
    CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 2, "socket_timeout": 2}

# Static files: with STATIC_ROOT, what collectstatic put there; without, straight from the apps.
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default="") or None
WHITENOISE_USE_FINDERS = STATIC_ROOT is None
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # there are no uploads
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_ROOT
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Celery: messages are wake-ups, so losing one loses nothing ---------------------------------------

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    _queue = DATA_DIR / "queue"
    for _folder in ("messages", "control"):
        (_queue / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT = "tracker.folder_broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(_queue / "messages"),
        "data_folder_out": str(_queue / "messages"),
        "control_folder": str(_queue / "control"),
        "polling_interval": 0.2,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": 600,
        "socket_connect_timeout": 5,
    }
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "UTC"

# Reminders ---------------------------------------------------------------------------------------

REMINDER_TICK_SECONDS = env.float("REMINDER_TICK_SECONDS", default=30.0)
DIGEST_TICK_SECONDS = env.float("DIGEST_TICK_SECONDS", default=600.0)
REMINDER_CONNECT_TIMEOUT = env.float("REMINDER_CONNECT_TIMEOUT", default=10.0)
REMINDER_COMMAND_TIMEOUT = env.float("REMINDER_COMMAND_TIMEOUT", default=30.0)
# Renewed with every mail, so it must outlast one mail: the connection and five commands.
REMINDER_LEASE_SECONDS = env.int("REMINDER_LEASE_SECONDS", default=180)
REMINDER_BATCH_SIZE = env.int("REMINDER_BATCH_SIZE", default=200)
REMINDER_BACKOFF_SECONDS = tuple(
    env.list(
        "REMINDER_BACKOFF_SECONDS",
        cast=int,
        default=[60, 300, 1800, 7200, 21600, 43200],
    )
)
REMINDER_MAX_ATTEMPTS = env.int("REMINDER_MAX_ATTEMPTS", default=7)
REMINDER_MAX_ERRORS = env.int("REMINDER_MAX_ERRORS", default=5)
REMINDER_BREAKER_SECONDS = env.int("REMINDER_BREAKER_SECONDS", default=60)
# More mail to patients due at once, and ten times the usual, waits for an operator.
REMINDER_SURGE_ROWS = env.int("REMINDER_SURGE_ROWS", default=1000)
# Counts the sweeps beside the database; keep it out of the database's own backup.
DISPATCH_MARKER = env.str("DISPATCH_MARKER", default=str(DATA_DIR / "dispatch-marker"))
SWEEP_STALE_AFTER = timedelta(minutes=5)
DUE_STALE_AFTER = timedelta(minutes=15)
# Who scrapes /metrics sends it; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Only the demo sets these: its pages, and the file that tells by how much its clock runs ahead.
DEMO = env.bool("DEMO", default=False)
DEMO_PORT = env.int("DEMO_PORT", default=8000)
DEMO_CLOCK_FILE = env.str("DEMO_CLOCK_FILE", default="") or None

# Mail --------------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_STARTTLS", default=False)
EMAIL_USE_SSL = env.bool("EMAIL_TLS", default=False)
EMAIL_TIMEOUT = REMINDER_COMMAND_TIMEOUT
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL",
    default=f"Taperline <no-reply@{_public.hostname or 'localhost'}>",
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# People ------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "tracker.accounts.ClosedSignUp"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "tracker.dashboard.errors.csrf_failure"

# The browser's side of security -------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=365 * 24 * 60 * 60) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# REST API ----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "tracker.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "tracker.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "tracker.api.schema.Schema",
    "DEFAULT_THROTTLE_RATES": {"token": env.str("TOKEN_RATE", default="30/min")},
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "EXCEPTION_HANDLER": "tracker.api.errors.handle",
    "COERCE_DECIMAL_TO_STRING": False,
    "UNICODE_JSON": True,
    "PAGE_SIZE": 50,
}
REST_KNOX = {
    "AUTH_HEADER_PREFIX": "Token",
    "TOKEN_TTL": timedelta(days=env.int("API_TOKEN_DAYS", default=30)),
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Taperline",
    "VERSION": "1",
    "DESCRIPTION": "Plans, follows and reminds of the steroid taper in inclusion body myositis.",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [],  # words stay where they are used; "status" means three things
    "SORT_OPERATIONS": False,
}

# Language, time, log -----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [
    ("en-gb", "English of the team"),
    ("en", "English"),
    ("de", "German"),
    ("es", "Spanish"),
    ("fr", "French"),
]
LOCALE_PATHS = [BASE_DIR / "tracker" / "locale"]  # of what patients read; the team reads English
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

LOGGING = logging_config(
    level=env.str("LOG_LEVEL", default="INFO"),
    as_json=env.bool("LOG_JSON", default=not sys.stderr.isatty()),
)
configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
