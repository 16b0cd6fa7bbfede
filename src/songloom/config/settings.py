"""Django settings. What a user may change is read from the environment here, and nowhere else."""

from __future__ import annotations

import math
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from songloom.config.carriers import checked, tasks
from songloom.config.databases import database_of
from songloom.config.storage import checked as checked_storage
from songloom.errors import BadValue

PACKAGE = Path(__file__).resolve().parent.parent


def _env(name: str, default: str = "") -> str:
    return os.environ.get(f"SONGLOOM_{name}", default).strip()


def _number(name: str, default: float) -> float:
    given = _env(name)
    try:
        number = float(given or default)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise BadValue(f"SONGLOOM_{name} is {given[:40]!r}; it takes a number above 0")
    return number


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """One of the choices, the first by default. A misspelt one is refused, not ignored."""
    given = _env(name) or choices[0]
    if given not in choices:
        raise BadValue(f"SONGLOOM_{name} is {given[:40]!r}; it takes {' or '.join(choices)}")
    return given


HOME = Path(_env("HOME") or Path.home() / ".local" / "share" / "songloom").expanduser().absolute()
MEDIA = HOME / "media"
CACHE = HOME / "cache"
DEBUG = False
os.environ.setdefault("NUMBA_CACHE_DIR", str(CACHE / "loops"))  # for children that measure


def _secret_key() -> str:
    """The key of this home; before it is prepared, a throw-away one (see config.home)."""
    kept = HOME / "secret_key"
    if given := _env("SECRET_KEY"):
        return given
    return kept.read_text().strip() if kept.is_file() else secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()
DATABASES = {"default": database_of(_env("DATABASE_URL") or "sqlite://", home=HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "library.User"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    }
]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django_tasks",
    "django_tasks_db",
    "songloom.jobs",
    "songloom.library",
    "songloom.acquire",
    "songloom.process",
    "songloom.analyse",
    "songloom.learn",
    "songloom.search",
    "songloom.generate",
    "songloom.play",
    "songloom.curate",
    "songloom.interfaces.web",
    "songloom.config",
]
MIDDLEWARE = [
    "songloom.interfaces.answers.headers.ContentPolicy",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "songloom.config.away.WhileAway",
    "songloom.interfaces.rest.middleware.ErrorObjects",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "songloom.interfaces.answers.heads.HeadAsGet",  # the last: right before the views
]
ROOT_URLCONF = "songloom.config.urls"
ASGI_APPLICATION = "songloom.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
BROKER_URL = checked(_env("BROKER_URL"))
TASKS = tasks(BROKER_URL, ("interactive", "generation", "analysis"))

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "songloom.config.static.HashedStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1 << 20  # JSON bodies; files are streamed to disk
FILE_UPLOAD_TEMP_DIR = str(HOME / "tmp")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

PUBLIC_URL = _env("PUBLIC_URL").rstrip("/")
ALLOWED_HOSTS = [h for h in _env("ALLOWED_HOSTS").split(",") if h] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
if PUBLIC_URL and not _env("ALLOWED_HOSTS"):
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https:")
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "web:sign_in"
LOGIN_REDIRECT_URL = "web:home"

FETCH_ALLOW = [
    n for n in _env("FETCH_ALLOW").split(",") if n
]  # private networks that URLs may reach
RATE_LIMITS = _choice("RATE_LIMITS", ("on", "off")) == "on"
LONGEST_TRACK_S = _number("LONGEST_TRACK_S", 43_200)  # seconds; longer files are refused
LARGEST_UPLOAD_MB = _number("LARGEST_UPLOAD_MB", 600)  # megabytes; larger files are refused
UPLOADS_PRIVATE = _choice("UPLOADS", ("shared", "private")) == "private"
DEMO = _choice("DEMO", ("1", "0")) == "1"
SOUNDFONT = _env("SOUNDFONT")  # a .sf2 of the user's own; empty: the one that comes with Songloom
LOG_LEVEL = _choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR"))
SENT_BY_NGINX = _choice("SEND_FILES", ("self", "nginx")) == "nginx"
STORAGE_URL = checked_storage(_env("STORAGE_URL"))
STORAGE_CACHE_BYTES = int(_number("STORAGE_CACHE_MB", 2_048) * 1_000_000)
STORAGE_REDIRECTS = _choice("STORAGE_DELIVERY", ("through", "redirect")) == "redirect"
SIGNED_URL_S = round(min(max(3_600, LONGEST_TRACK_S), 7 * 86_400))  # as long as a song may last

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "songloom": {"handlers": ["stderr"], "level": LOG_LEVEL, "propagate": False},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "celery": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "psycopg.pool": {"handlers": ["stderr"], "level": "CRITICAL", "propagate": False},
        "kombu": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django_tasks": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django_tasks_db": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
