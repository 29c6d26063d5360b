"""Django, put together: read by Django itself as DJANGO_SETTINGS_MODULE."""

from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from jinja2 import FileSystemLoader, PrefixLoader

from ngoma.settings import keys, logs
from ngoma.settings.database import databases
from ngoma.settings.table import read_all

_values = {name: row.value for name, row in read_all().items()}
# Every row of the table is a setting of Django's too: `django.conf.settings.NGOMA_URL`.
globals().update(_values)
_data: Path = _values["NGOMA_DATA"]
_package = Path(__file__).resolve().parents[1]
for _folder in ("static", "media"):
    (_data / _folder).mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG: bool = _values["NGOMA_DEBUG"]
SECRET_KEY: str = _values["NGOMA_SECRET_KEY"] or keys.read_or_make(_data / "keys" / "secret")
NGOMA_VAULT_KEY: str = _values["NGOMA_VAULT_KEY"] or keys.read_or_make(_data / "keys" / "vault")

DATABASES = databases(
    _values["DATABASE_URL"], _data, _values["NGOMA_DB_POOL"], _values["NGOMA_REPLICA_URL"]
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "records.User"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the list of security keys says when each was added by it
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "ngoma.records",
]
# A session is opened only when a view asks for one: a public reader is given no cookie.
MIDDLEWARE = [
    "ngoma.watch.requests.follow",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "ngoma.settings.sizes.limit",
    "ngoma.watch.addresses.answer",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ngoma.desk.factors.guard",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "ngoma.settings.urls"
WSGI_APPLICATION = "ngoma.settings.wsgi.application"


_faces = ("look", "public", "desk", "channels")
TEMPLATES: list[dict[str, Any]] = [
    {
        "NAME": "pages",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "OPTIONS": {
            "environment": "ngoma.look.environment.environment",
            "context_processors": ["ngoma.look.environment.one_token"],
            "loader": PrefixLoader(
                {face: FileSystemLoader(_package / face / "templates") for face in _faces}
            ),
        },
    },
    {
        "NAME": "admin",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_package / "desk" / "accounts"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = _data / "static"
STATICFILES_DIRS = [
    (face, path) for face in _faces if (path := _package / face / "static").is_dir()
]
MEDIA_ROOT = _data / "media"
MEDIA_URL = "/media/"
_local_media = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
_bucket_media = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": _values["NGOMA_MEDIA_BUCKET"],
        "endpoint_url": _values["NGOMA_MEDIA_ENDPOINT"] or None,
    },
}
STORAGES: dict[str, dict[str, Any]] = {
    "default": _bucket_media if _values["NGOMA_MEDIA_BUCKET"] else _local_media,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [_package / part / "locale" for part in ("", "desk", "report")]

ALLOWED_HOSTS = list(_values["NGOMA_HOSTS"])
_secure = str(_values["NGOMA_URL"]).startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _secure
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = [_values["NGOMA_URL"]]
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
SOCIALACCOUNT_ADAPTER = "ngoma.desk.sign_on.Adapter"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a form may not lead to another site
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "city",
                "name": _values["NGOMA_OIDC_NAME"],
                "client_id": _values["NGOMA_OIDC_CLIENT"],
                "secret": _values["NGOMA_OIDC_SECRET"],
                "settings": {"server_url": _values["NGOMA_OIDC_URL"]},
            }
        ]
        if _values["NGOMA_OIDC_URL"]
        else [],
    }
}
# Wrong passwords and one-time codes count in all web processes together, and after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "records_cache",
        # Else a few hundred guesses under other names would push out what is counted.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
MFA_ADAPTER = "ngoma.desk.factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _secure
SECURE_HSTS_SECONDS = 31_536_000 if _secure else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if _values["NGOMA_BEHIND_PROXY"] else None
)
X_FRAME_OPTIONS = "DENY"
# What `check --deploy` asks for and is meant to be otherwise: the proxy redirects to https (W008),
# a city decides about its other host names (W005, W021), and keys/secret is 32 random bytes (W009).
SILENCED_SYSTEM_CHECKS = [f"security.{check}" for check in ("W005", "W008", "W009", "W021")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator")
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = logs.logging(_values["NGOMA_LOG"], _values["NGOMA_LOG_JSON"])
