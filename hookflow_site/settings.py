"""Settings of hookflow. Every value that a deployment may change comes from the environment."""

import os
from importlib.metadata import entry_points
from pathlib import Path

from common.sockets import redis_address
from hookflow_site.databases import database_settings
from hookflow_site.env import BadSetting, Env
from hookflow_site.logs import logging_settings
from hookflow_site.mail_settings import mail_from, mail_url
from hookflow_site.process import prepare_process, trusted_proxies

env = Env(os.environ)
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("HOOKFLOW_DATA", str(BASE_DIR / "data")))

# --- Site -----------------------------------------------------------------------------------------------
DEBUG = False
SITE_URL = env.origin("SITE_URL", "http://127.0.0.1:8000")
# Made by the launcher in the data folder; the fallback serves tests and tools only.
NO_SECRET_KEY = "only-for-tests-and-tools-that-never-serve-a-request"  # noqa: S105  # it protects nothing
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR, least=32) or NO_SECRET_KEY
ENCRYPTION_KEYS = env.secret("ENCRYPTION_KEYS", DATA_DIR).replace(",", " ").split()
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
IS_LOCAL_DEMO = env.flag("HOOKFLOW_LOCAL_DEMO", False)
ROOT_URLCONF = "hookflow_site.urls"
ASGI_APPLICATION = "hookflow_site.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "look",
    "accounts",
    "flows",
    "inventory",
    "jobs",
    "actions",
    "approvals",
    "hooks",
    "hookflow_site",
]
MIGRATION_MODULES: dict[str, str | None] = {}
if entry_points(group="hookflow.apps"):
    from hookflow_site.plugin_apps import installed  # it loads more of Django than settings need

    INSTALLED_APPS += installed(INSTALLED_APPS)

MIDDLEWARE = [
    "hookflow_site.csp.ContentPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.middleware.RefuseNulMiddleware",
    "accounts.origin.OriginMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "accounts.middleware.HiddenOriginMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.MustChangePasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "hookflow_site.problem_pages.ProblemPagesMiddleware",
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
                "hookflow_site.context.site",
            ]
        },
    }
]

# --- Database -------------------------------------------------------------------------------------------
DATABASES = {"default": database_settings(env, DATA_DIR)}

# --- Redis: doorbell and live view, nothing of record ---------------------------------------------------
try:
    REDIS = redis_address(env.text("REDIS_URL", "redis://127.0.0.1:6379/0"))
except ValueError as error:
    raise BadSetting(f"REDIS_URL cannot be used. {error}") from error
# The layer waits five seconds for a message; a client that gave up on the answer as early would end every
# websocket on which nothing is said for that long.
CHANNEL_HOST = {"address": REDIS.redis_url, "socket_timeout": 15, "socket_connect_timeout": 5}
CHANNEL_LAYERS = {
    "default": {"BACKEND": "hookflow_site.channel_layer.PatientLayer", "CONFIG": {"hosts": [CHANNEL_HOST]}}
}

# --- People ---------------------------------------------------------------------------------------------
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # an address is unique in its tenant; sign-in tells accounts apart by password
    "security.W001",  # the envelope around Django gives these headers, to what Django never sees, too
    "security.W002",
]
AUTHENTICATION_BACKENDS = ["accounts.backends.SessionBackend"]
PASSWORD_HASHERS = ["accounts.hashers.BoundedArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:sign-in"
REVIEW_START_PAGE = "approvals:queue"  # of those who decide on tasks and see no flows
OWN_START_PAGE = "inventory:own-server-list"  # of those who see their own things only
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SITE_URL.startswith("https://")
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- Language, time, files ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(DATA_DIR / "static")))
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

# --- API ------------------------------------------------------------------------------------------------
API_REQUESTS_PER_MINUTE = env.number("API_REQUESTS_PER_MINUTE", 6000, least=1)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.TokenAuthentication",
        "accounts.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.Needs"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.throttling.PerActor"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "accounts.api.paging.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "accounts.api.errors.handle",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "hookflow",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "ScopeEnum": "accounts.roles.Permission",
        "IntegrationPermission": "accounts.roles.INTEGRATION_MAY",
        "Flag": [(0, 0), (1, 1)],
        "ServerStatus": "inventory.models.Server.Status",
        "TicketStatus": "inventory.models.Ticket.Status",
        "RunStatus": "flows.models.Run.Status",
        "StepStatus": "flows.models.Step.Status",
        "LogLevel": "flows.api.answers.LEVELS",
        "DryRunStatus": ["succeeded", "failed"],
        "TaskType": "approvals.models.Task.Type",
        "TaskState": "approvals.models.Task.State",
        "TaskJobState": "approvals.models.TaskJob.State",
        "AnswerKind": "approvals.models.Answer.Kind",
        "AnswerWay": "approvals.models.Answer.Way",
        "DeliveryState": "approvals.models.Delivery.State",
        "Decision": ["continue", "cancel"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "flows.api.openapi.add_intake",
        "approvals.api.policy_bodies.describe",
        "accounts.api.schema.finish",
    ],
}

# --- Operation ------------------------------------------------------------------------------------------
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # the envelope around Django counts bodies
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 4
WEB_SERVER = env.choice("WEB_SERVER", ("daphne", "uvicorn"), "daphne")
TRUSTED_PROXIES = trusted_proxies(env.names("TRUSTED_PROXIES"))
MAX_CONNECTIONS = env.number("MAX_CONNECTIONS", 2000, least=16, most=100_000)
MAX_CONNECTIONS_PER_ADDRESS = env.number("MAX_CONNECTIONS_PER_ADDRESS", 256, least=8, most=100_000)
MAX_WEBSOCKETS_PER_USER = env.number("MAX_WEBSOCKETS_PER_USER", 40, least=1, most=10_000)
MAX_WEBSOCKETS_PER_ADDRESS = env.number("MAX_WEBSOCKETS_PER_ADDRESS", 200, least=1, most=100_000)
METRICS_TOKEN = env.secret("METRICS_TOKEN", DATA_DIR)
LOGGING = logging_settings(
    env.choice("LOG_FORMAT", ("json", "console"), "json"),
    env.choice("LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), "INFO"),
)

# --- Mail -----------------------------------------------------------------------------------------------
EMAIL_URL = mail_url(env.text("EMAIL_URL"), is_local_demo=IS_LOCAL_DEMO)
MAIL_FROM = mail_from(env.text("MAIL_FROM"), EMAIL_URL)

# --- Engine ---------------------------------------------------------------------------------------------
HOOKFLOW = {
    "EGRESS_ALLOWED_NETWORKS": env.names("EGRESS_ALLOWED_NETWORKS"),
    "RETENTION_DAYS": env.number("RETENTION_DAYS", 30, least=1, most=36_500),
    "MAX_RECORD_BYTES": env.number("MAX_RECORD_BYTES", 1_048_576, least=1024),
    "MAX_QUEUED_RUNS_PER_TENANT": env.number("MAX_QUEUED_RUNS_PER_TENANT", 200_000, least=1),
    "RUNNER_CONCURRENCY": env.number("RUNNER_CONCURRENCY", 200, least=1, most=10_000),
    "UNCONFINED_PROGRAMS": env.flag("UNCONFINED_PROGRAMS", False),
    "LEASE_SECONDS": env.number("LEASE_SECONDS", 15, least=2, most=600),
    "HOOKS_FILE": env.text("HOOKFLOW_HOOKS_FILE"),
    "HOOKS_ONLY_FIRST": env.flag("HOOKFLOW_HOOKS_ONLY_FIRST", False),
    "HOOK_MODULES": env.names("HOOKFLOW_HOOK_MODULES"),
    "HOOK_TENANTS": env.names("HOOKFLOW_HOOK_TENANTS"),
    "HOOK_CALLS": env.number("HOOKFLOW_HOOK_CALLS", 5, least=1, most=1000),
    "HOOK_MEMORY_MB": env.number("HOOKFLOW_HOOK_MEMORY_MB", 512, least=64, most=65_536),
    "HOOK_NETWORK": env.flag("HOOKFLOW_HOOK_NETWORK", True),
    "HOOK_TENANT_NETWORK": env.flag("HOOKFLOW_HOOK_TENANT_NETWORK", False),
    "HOOK_TEMPLATES": env.text("HOOKFLOW_HOOK_TEMPLATES"),
}
CREDENTIAL_STORE = "actions.services.credential_store.CredentialStore"
REVIEW_DESK = "approvals.services.desk.Desk"
WORKER_THREADS = env.number("WORKER_THREADS", 8, least=1, most=256)

prepare_process(ENCRYPTION_KEYS, env.names("EGRESS_ALLOWED_NETWORKS"))
