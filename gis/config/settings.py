"""Settings: one file for every installation, the differences come from the environment.

Without `DATABASE_URL` this is a demo installation on the private cluster in `var/`; with it, it is
a real one, and a missing secret stops the start with its name. `docs/install.md` lists every
variable.
"""

import os
from pathlib import Path

import django_stubs_ext
from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from gis.config import env, gdal
from gis.ground import paths

# Lets Django's classes be written with type parameters, as mypy wants them: `ModelAdmin[Grid]`.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[2]

DATABASE_URL = os.environ.get("DATABASE_URL", "")
DEMO = env.flag("WANGGE_DEMO", default=not DATABASE_URL)
DEBUG = env.flag("WANGGE_DEBUG", default=False)
SECRET_KEY = env.secret("WANGGE_SECRET_KEY", demo=DEMO, make_demo=paths.demo_secret)
# Seals the names and numbers of those who report; a former key after a comma still opens.
VAULT_KEYS = env.secrets(
    "WANGGE_VAULT_KEY", demo=DEMO, make_demo=lambda: paths.demo_secret("vault_key")
)
# Sign the checkpoints of the audit; the former key after a comma still checks. Without one they
# are signed with a key that follows SECRET_KEY.
AUDIT_KEYS = env.optional_secrets("WANGGE_AUDIT_KEY", demo=DEMO)
ALLOWED_HOSTS = env.names("WANGGE_HOSTS", default="*" if DEMO else "")
CSRF_TRUSTED_ORIGINS = env.names("WANGGE_ORIGINS")

# A demonstration has a day that goes on: reports and patrols that are marked as simulated.
SIMULATE = DEMO and env.flag("SIMULATE", default=True)

# What anybody may read without an account: in the demo the territory, elsewhere nothing but health.
PUBLIC_READS = env.flag("WANGGE_PUBLIC_READS", default=DEMO)
DEFAULT_PLACE = os.environ.get("WANGGE_PLACE", "")

INSTALLED_APPS = [
    "gis.apps.GisConfig",
    "gis.ledger.apps.LedgerConfig",
    "grids.apps.GridsConfig",
    "patrols.apps.PatrolsConfig",
    "incidents.apps.IncidentsConfig",
    "maps.apps.MapsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_gis",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "axes",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gis.api.packed.PackedFiles",
    "csp.middleware.CSPMiddleware",
    "gis.api.middleware.CleanAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gis.api.middleware.SignedInAs",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gis.config.urls"
ASGI_APPLICATION = "gis.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "grids.menu.menu",
            ],
        },
    },
]

# --- Truth and transport ---------------------------------------------------------------------
GDAL_LIBRARY_PATH = gdal.gdal_library()
GEOS_LIBRARY_PATH = gdal.geos_library()

DATABASES = {"default": env.database(DATABASE_URL or paths.database_url())}
if env.flag("WANGGE_DB_POOL", default=False):
    # Under ASGI every request runs on a thread of its own: without a pool each would connect anew.
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],  # type: ignore[dict-item]
        # The threads that draw tiles (maps/tiles/front.py) hold six of them.
        "pool": {"min_size": 2, "max_size": 22, "timeout": 10},
    }
    # After a restart of the database the pool is full of connections that are dead.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = os.environ.get("REDIS_URL") or paths.redis_url()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "wangge",
    },
}

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 540
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE_FILENAME = str(paths.VAR / "run" / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    **(
        {
            "simulate": {
                "task": "incidents.simulate",
                "schedule": 5.0,
                "options": {"expires": 10},
            },
            "simulate-handling": {
                "task": "incidents.simulate_handling",
                "schedule": 30.0,
                "options": {"expires": 30},
            },
            "simulate-patrols": {
                "task": "incidents.simulate_patrols",
                "schedule": 10.0,
                "options": {"expires": 10},
            },
        }
        if SIMULATE
        else {}
    ),
    "relay": {"task": "ledger.relay", "schedule": 2.0, "options": {"expires": 10}},
    "activate-editions": {
        "task": "grids.activate_due",
        "schedule": 5.0,
        "options": {"expires": 10},
    },
    "heartbeat": {"task": "ledger.heartbeat", "schedule": 5.0, "options": {"expires": 10}},
    "derive-coverage": {
        "task": "patrols.derive_coverage",
        "schedule": 120.0,
        "options": {"expires": 100},
    },
    "derive-alerts": {
        "task": "patrols.derive_alerts",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "record-patrols": {
        "task": "patrols.record",
        "schedule": 120.0,
        "options": {"expires": 100},
    },
    "derive-late-coverage": {
        "task": "patrols.derive_late_coverage",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "compact-tracks": {
        "task": "patrols.compact_tracks",
        "schedule": 600.0,
        "options": {"expires": 500},
    },
    "apply-retention": {
        "task": "patrols.apply_retention",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "ensure-partitions": {
        "task": "patrols.ensure_partitions",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "sweep-deadlines": {
        "task": "incidents.sweep_deadlines",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "drop-files": {
        "task": "incidents.drop_files",
        "schedule": 60.0,
        "options": {"expires": 50},
    },
    "erase-old-contacts": {
        "task": "incidents.erase_old_contacts",
        "schedule": 24 * 3600.0,
        "options": {"expires": 3600},
    },
    "prune-stream": {
        "task": "ledger.prune_stream",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "checkpoint": {
        "task": "ledger.checkpoint",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "refresh-default-spots": {
        "task": "incidents.refresh_default_spots",
        "schedule": 3600.0,
        "options": {"expires": 1800},
    },
    "sweep-attachments": {
        "task": "ledger.sweep_attachments",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
}

# --- People ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "grids.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "gis.api.errors.lockout"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
# Behind nginx the client's address is the last one that our own proxy wrote; never a client's word.
AXES_IPWARE_PROXY_COUNT = int(os.environ.get("WANGGE_PROXIES", "0"))
AXES_IPWARE_META_PRECEDENCE_ORDER = (
    ["HTTP_X_FORWARDED_FOR", "REMOTE_ADDR"] if AXES_IPWARE_PROXY_COUNT else ["REMOTE_ADDR"]
)
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "map"
LOGOUT_REDIRECT_URL = "map"
TOKEN_LIFETIME_HOURS = 12

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "gis" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("WANGGE_STATIC_ROOT", paths.VAR / "static"))
STATICFILES_DIRS = [("vendor", paths.VENDOR)] if paths.VENDOR.exists() else []
WHITENOISE_USE_FINDERS = DEMO
WHITENOISE_AUTOREFRESH = DEBUG
# Scripts import each other by plain names: a browser asks each time (304), so versions never mix.
WHITENOISE_MAX_AGE = 0
# Where the demonstration keeps its packed copies; elsewhere nginx packs.
PACKED_ROOT = paths.VAR / "packed" if DEMO else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Pictures. No address serves this directory: a view decides who may see one.
MEDIA_ROOT = Path(os.environ.get("WANGGE_MEDIA_ROOT", paths.VAR / "media"))
# Signed checkpoints of the audit chains: kept, and copied elsewhere, apart from the database.
AUDIT_CHECKPOINTS = Path(os.environ.get("WANGGE_AUDIT_CHECKPOINTS", paths.VAR / "audit"))

# --- API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "gis.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["gis.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "gis.api.pagination.CountedPagination",
    "EXCEPTION_HANDLER": "gis.api.errors.handler",
    "NUM_PROXIES": AXES_IPWARE_PROXY_COUNT,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
# For one address: reads without an account, and attempts to sign in for a token.
LOCATES_PER_MINUTE = int(os.environ.get("WANGGE_LOCATES_PER_MINUTE", "6000"))
TOKEN_ATTEMPTS_PER_MINUTE = int(os.environ.get("WANGGE_TOKENS_PER_MINUTE", "300"))
# Without an account: reports, and pictures for them.
REPORTS_PER_MINUTE = int(os.environ.get("WANGGE_REPORTS_PER_MINUTE", "20"))
PHOTOS_PER_MINUTE = int(os.environ.get("WANGGE_PHOTOS_PER_MINUTE", "60"))
# The live stream: how long news can be replayed, how many streams a user may hold open in one
# process, how often it is asked whether they still may, and a sign of life when nothing happens.
STREAM_DAYS = int(os.environ.get("WANGGE_STREAM_DAYS", "7"))
STREAMS_PER_USER = int(os.environ.get("WANGGE_STREAMS_PER_USER", "12"))
STREAM_RECHECK_SECONDS = float(os.environ.get("WANGGE_STREAM_RECHECK_SECONDS", "60"))
STREAM_HEARTBEAT_SECONDS = float(os.environ.get("WANGGE_STREAM_HEARTBEAT_SECONDS", "15"))
LOOKUPS_PER_MINUTE = int(os.environ.get("WANGGE_LOOKUPS_PER_MINUTE", "120"))
# Asking after reports: from one address in a minute; digits tried at one report in 15 minutes.
FOLLOWS_PER_MINUTE = int(os.environ.get("WANGGE_FOLLOWS_PER_MINUTE", "30"))
FOLLOW_DIGITS_TRIED = int(os.environ.get("WANGGE_FOLLOW_DIGITS_TRIED", "10"))
# What partners send by machine, from one address in a minute.
WEBHOOKS_PER_MINUTE = int(os.environ.get("WANGGE_WEBHOOKS_PER_MINUTE", "600"))
# Positions of one tracker app in a minute: what an hour offline held back comes one by one.
TRACKER_FIXES_PER_MINUTE = int(os.environ.get("WANGGE_TRACKER_FIXES_PER_MINUTE", "600"))
# What partners are told goes to these hosts only (`host` or `host:port`), or as files into this
# folder, from where their files are also taken; without it no files are exchanged.
CALLBACK_HOSTS = env.names("WANGGE_CALLBACK_HOSTS")
DROP_FOLDER = os.environ.get("WANGGE_DROP_FOLDER", "")
# A dropped file is read when nobody has written to it for so long.
DROP_SETTLE_SECONDS = float(os.environ.get("WANGGE_DROP_SETTLE_SECONDS", "10"))
# Who reported is forgotten so many days after the case was closed.
RETAIN_CONTACT_DAYS = int(os.environ.get("WANGGE_RETAIN_CONTACT_DAYS", "365"))
# Where to go next (patrols/suggesting): points for a place that nobody recorded, that is overdue,
# and near which much was reported, each at its worst; how fast one walks, how much longer a way is
# than a straight line, how long one stays; what counts as near, how many days back, and the count
# and the days late that are worth all their points.
PATROL_NEXT = {
    "stale": 50.0, "due": 30.0, "risk": 20.0,
    "speed_kmh": 4.0, "detour": 1.3, "stay_spot_min": 5.0, "stay_cells_min": 3.0,
    "near_m": 200.0, "near_days": 30, "most_near": 5, "most_late_days": 14,
}  # fmt: skip
SPECTACULAR_SETTINGS = {
    "TITLE": "Wangge 网格 API",
    "DESCRIPTION": "城市网格管理接口。坐标一律为 x, y（经度, 纬度），WGS-84；输入须声明坐标系。",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
}

# --- Security headers ------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
HTTPS = env.flag("WANGGE_HTTPS", default=not DEMO)
SECURE_SSL_REDIRECT = False  # nginx redirects; the inner port speaks plain HTTP to nginx only
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        # MapLibre and the admin set sizes and positions through the style attribute.
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "without_trace": {"()": "gis.config.logs.WithoutTrace"},
        "without_query": {"()": "gis.config.logs.WithoutQuery"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.security.DisallowedHost": {"filters": ["without_trace"]},
        "uvicorn.access": {
            "handlers": ["stderr"],
            "filters": ["without_query"],
            "propagate": False,
        },
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("WANGGE_LOG_LEVEL", "INFO")},
}
