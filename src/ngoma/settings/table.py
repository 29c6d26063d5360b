"""Every setting of Ngoma: one row each, read from the environment and nowhere else."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ngoma.base.clock import Pace

ROOT = Path(__file__).resolve().parents[3]


class SettingError(ValueError):
    """A setting that cannot be read; the text says which one, and what it may be."""


@dataclass(frozen=True)
class Setting:
    """A setting: its name in the environment, how its text is read, and what it is for."""

    name: str
    read: Callable[[str], Any]
    default: str
    purpose: str
    secret: bool = False


@dataclass(frozen=True)
class Value:
    """What a setting is now. `source` is "environment" or "default"."""

    setting: Setting
    value: Any
    source: str

    @property
    def shown(self) -> str:
        """The value as `ngoma config` prints it: secrets and passwords masked."""
        text = ", ".join(self.value) if isinstance(self.value, tuple) else str(self.value)
        if not self.setting.secret or not text or isinstance(self.value, Path):
            return text
        parts = urlsplit(text)
        if parts.scheme and parts.hostname:
            return f"{parts.scheme}://…@{parts.hostname}{parts.path}"
        return text if parts.scheme == "sqlite" else "…"


def flag(text: str) -> bool:
    """Read yes or no."""
    words = {"1": True, "true": True, "yes": True, "on": True}
    words |= {"0": False, "false": False, "no": False, "off": False}
    try:
        return words[text.strip().lower()]
    except KeyError:
        raise ValueError("must be yes or no") from None


def count(text: str) -> int:
    """Read a whole number that is not negative."""
    if not text.strip().isdecimal():
        raise ValueError("must be a whole number")
    return int(text)


def names(text: str) -> tuple[str, ...]:
    """Read names separated by commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def networks(text: str) -> tuple[str, ...]:
    """Read networks separated by commas: `10.1.0.0/16, fd00::/8`."""
    try:
        return tuple(str(ip_network(each)) for each in names(text))
    except ValueError:
        raise ValueError("must be networks such as 10.1.0.0/16, separated by commas") from None


def folder(text: str) -> Path:
    """Read the path of a directory."""
    return Path(text).expanduser().absolute()


def place(text: str) -> Path | str:
    """Read where backups go: a directory, or another address as restic takes it."""
    return Path(text) if text.startswith("/") else text


def origin(text: str) -> str:
    """Read the start of an address: `https://example.org`, without a slash at its end."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address such as https://example.org")
    return text.rstrip("/")


def mailbox(text: str) -> str:
    """Read where a mailbox is: `imaps://user:password@host/INBOX`, or none."""
    try:
        parts = urlsplit(text)
        whole = parts.hostname and parts.username and parts.password and parts.port != 0
    except ValueError:
        whole = False
    if text and not (whole and parts.scheme in {"imap", "imaps"}):
        raise ValueError("must be an address such as imaps://user:password@host/INBOX")
    return text


def address(text: str) -> str:
    """Read an address, or that there is none."""
    return origin(text) if text else ""


def pace(text: str) -> Pace | None:
    """Read the pace of a replay."""
    try:
        return Pace.read(text) if text else None
    except ValueError:
        raise ValueError("must be what `ngoma replay` writes") from None


SETTINGS = (
    Setting("NGOMA_DATA", folder, str(ROOT / ".ngoma"), "directory of database, media and keys"),
    Setting("DATABASE_URL", str, "", "postgresql://… or sqlite:///…; else in NGOMA_DATA", True),
    Setting(
        "NGOMA_DB_POOL", count, "0", "PostgreSQL connections a process shares; 0: one a thread"
    ),
    Setting("NGOMA_REPLICA_URL", str, "", "read replica of DATABASE_URL, for public pages", True),
    Setting("NGOMA_REPLICA_LAG", count, "5", "seconds that the replica may be behind to be asked"),
    Setting("NGOMA_URL", origin, "http://localhost:8000", "address that residents and staff open"),
    Setting("NGOMA_HOSTS", names, "localhost,.localhost,127.0.0.1,[::1]", "host names answered"),
    Setting("NGOMA_BEHIND_PROXY", flag, "no", "trust X-Forwarded-Proto and -For of a proxy"),
    Setting(
        "NGOMA_FLOOD_LIMIT",
        count,
        "60",
        "reports of a sender in 10 minutes before more wait; 0: never",
    ),
    Setting("NGOMA_UNDO", count, "10", "seconds in which staff can undo, before others hear of it"),
    Setting("NGOMA_SECOND_FACTOR", names, "", "roles that need a second factor to sign in, or all"),
    Setting("NGOMA_OPEN311_KEYS", names, "", "API keys at other bodies: code=key, …", True),
    Setting("NGOMA_WEBHOOK_NETS", networks, "", "networks of our own that webhooks may lead to"),
    Setting("NGOMA_OIDC_URL", str, "", "OpenID Connect issuer for single sign-on of staff"),
    Setting("NGOMA_OIDC_NAME", str, "Single sign-on", "what the login page calls it"),
    Setting("NGOMA_OIDC_CLIENT", str, "", "client id there"),
    Setting("NGOMA_OIDC_SECRET", str, "", "client secret there", True),
    Setting("NGOMA_ROUTING_URL", str, "", "OSRM service for the order of a crew's stops"),
    Setting(
        "NGOMA_WRITER_URL",
        address,
        "",
        "language model that may word drafts, as https://…/v1; empty: none",
    ),
    Setting("NGOMA_WRITER_MODEL", str, "default", "the model's name there"),
    Setting("NGOMA_WRITER_KEY", str, "", "its API key, if it wants one", True),
    Setting("NGOMA_WRITER_SECONDS", count, "15", "seconds after which it is waited for no more"),
    Setting(
        "NGOMA_TRANSCRIBER_URL",
        address,
        "",
        "service that transcribes recordings, as https://…/v1; empty: none",
    ),
    Setting("NGOMA_TRANSCRIBER_MODEL", str, "whisper-1", "the model's name there"),
    Setting("NGOMA_TRANSCRIBER_KEY", str, "", "its API key, if it wants one", True),
    Setting("NGOMA_TRANSCRIBER_SECONDS", count, "60", "seconds in which it has to answer"),
    Setting("NGOMA_DEMO", flag, "no", "demonstration: logins and outbox are shown"),
    Setting("NGOMA_CLOCK", pace, "", "pace of a replay; set by it alone, never in production"),
    Setting("NGOMA_DEBUG", flag, "no", "show errors in the browser; never in production"),
    Setting("NGOMA_SECRET_KEY", str, "", "signs sessions; else made in NGOMA_DATA/keys", True),
    Setting("NGOMA_VAULT_KEY", str, "", "encrypts contacts; else made in NGOMA_DATA/keys", True),
    Setting("NGOMA_LEDGER_KEY", str, "", "file of the ledger's key; else NGOMA_DATA/keys/ledger"),
    Setting("NGOMA_LEDGER_POLICY", str, "", "file that names the ledger's witnesses; empty: none"),
    Setting("NGOMA_LEDGER_TSA", str, "", "address of a time-stamping authority (RFC 3161)"),
    Setting("NGOMA_LEDGER_MAIL", names, "", "addresses that get the ledger's checkpoint weekly"),
    Setting("NGOMA_WITNESS_LOGS", str, "", "file of logs that we witness, a vkey a line"),
    Setting("NGOMA_BACKUP_REPOSITORY", place, "", "where backups go: /path, sftp:…, s3:…", True),
    Setting("NGOMA_BACKUP_PASSWORD_FILE", str, "", "its password; else in NGOMA_DATA/keys/backup"),
    Setting("NGOMA_BACKUP_DAYS", count, "14", "days of which a backup is kept"),
    Setting("NGOMA_BACKUP_WEEKS", count, "8", "weeks of which one is; both 0: nothing is dropped"),
    Setting("NGOMA_PROCESSES", count, "2", "web processes"),
    Setting("NGOMA_THREADS", count, "4", "requests a web process works on at once"),
    Setting("NGOMA_LOG", str, "INFO", "DEBUG, INFO, WARNING or ERROR"),
    Setting("NGOMA_LOG_JSON", flag, "no", "log lines as JSON"),
    Setting("NGOMA_SLOW_MS", count, "1000", "milliseconds from which a request is slow; 0: never"),
    Setting("NGOMA_METRICS_TOKEN", str, "", "opens /metrics; without, this machine alone", True),
    Setting("NGOMA_MEDIA_BUCKET", str, "", "S3 bucket for photos (needs boto3); else on disk"),
    Setting("NGOMA_MEDIA_ENDPOINT", str, "", "address of an S3-compatible store"),
    Setting("NGOMA_SMTP_URL", str, "", "smtp://user:password@host:587 or smtps://…", True),
    Setting("NGOMA_MAIL_FROM", str, "ngoma@localhost", "sender of e-mail"),
    Setting("NGOMA_MAIL_BOX", str, "", "address where mail is answered; takes a+b@c too"),
    Setting("NGOMA_MAIL_AUTHORITY", str, "", "name of our server in Authentication-Results"),
    Setting("NGOMA_IMAP_URL", mailbox, "", "imaps://user:password@host/INBOX to fetch from", True),
    Setting("NGOMA_IMAP_CITY", str, "", "city whose reports come into that mailbox"),
    Setting("NGOMA_IMAP_DONE", str, "Ngoma", "folder there for mail that was taken"),
    Setting("NGOMA_SMS", str, "", "africastalking, twilio or kannel; empty: no SMS"),
    Setting("NGOMA_SMS_FROM", str, "", "sender of SMS: number, name or short code"),
    Setting("NGOMA_SMS_URL", str, "", "another address of the SMS service, for its sandbox"),
    Setting("NGOMA_SMS_USER", str, "", "user name or account SID at the SMS service"),
    Setting("NGOMA_SMS_KEY", str, "", "key or token at the SMS service", True),
    Setting("NGOMA_SMS_HOOK", str, "", "word in callbacks to us that nobody signs", True),
    Setting("NGOMA_KAKAO_HOOK", str, "", "word in the address of KakaoTalk's skill", True),
    Setting("NGOMA_TELEGRAM_TOKEN", str, "", "token of the Telegram bot; empty: none", True),
    Setting("NGOMA_TELEGRAM_SECRET", str, "", "secret_token of the bot's webhook", True),
    Setting("NGOMA_TELEGRAM_URL", str, "", "another address of Telegram's service"),
    Setting("NGOMA_WHATSAPP_TOKEN", str, "", "access token of WhatsApp; empty: none", True),
    Setting("NGOMA_WHATSAPP_NUMBER", str, "", "id of the city's number at WhatsApp"),
    Setting("NGOMA_WHATSAPP_SECRET", str, "", "secret of the app, which signs webhooks", True),
    Setting("NGOMA_WHATSAPP_VERIFY", str, "", "word by which the webhook is set up", True),
    Setting("NGOMA_WHATSAPP_URL", str, "", "another address of WhatsApp's service"),
)


def read_all(environment: Mapping[str, str] = os.environ) -> dict[str, Value]:
    """All settings by name; SettingError for the first that cannot be read."""
    return {setting.name: _read(setting, environment) for setting in SETTINGS}


def _read(setting: Setting, environment: Mapping[str, str]) -> Value:
    given = environment.get(setting.name, "")
    try:
        value = setting.read(given or setting.default)
    except ValueError as error:
        raise SettingError(f"{setting.name} {error}: {setting.purpose}") from error
    return Value(setting, value, "environment" if given else "default")
