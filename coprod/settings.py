"""Settings, typed and checked, from environment variables named COPROD_*. README lists them all."""

import os
import secrets
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import EmailStr, Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from coprod import colours
from coprod.errors import DomainError

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
FEWEST_CHARACTERS = 12  # 32 random ones hold 20 and more
FROM_EXAMPLES = ("changeme", "change-me", "change_me", "secret", "default", "example", "insecure", "password", "123456")


class BadSettings(DomainError):
    """The program refuses to start, and says which setting is wrong and why."""


class Settings(BaseSettings):
    """What one deployment (one local area) decides. Frozen: read once, at start."""

    model_config = SettingsConfigDict(env_prefix="COPROD_", frozen=True, extra="forbid")

    mode: Literal["production", "demonstration"] = "production"
    instance: Path = ROOT / "instance"
    database_url: str = ""
    database_connections: int = Field(default=15, ge=2, le=500)  # 12 threads, and some over
    replica_url: str = ""
    secret_key: SecretStr = SecretStr("")
    base_url: str = "http://127.0.0.1:5000"
    trusted_hosts: tuple[str, ...] = ()
    proxies: int = Field(default=0, ge=0, le=5)
    rate_limit_storage: str = Field(default="database://", pattern=r"^(database|memory|redis|rediss)://")
    # An hour's lesson and the way to and from it: what a teacher left open at their desk is still there afterwards.
    session_idle_minutes: int = Field(default=90, ge=5, le=720)
    session_hours: int = Field(default=12, ge=1, le=24)

    smtp_host: str = ""
    smtp_port: int = Field(default=587, ge=1, le=65535)
    smtp_tls: Literal["starttls", "tls", "none"] = "starttls"
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_from: EmailStr | None = None
    notify_key: SecretStr = SecretStr("")
    notify_template: str = ""
    reminders_a_week: int = Field(default=3, ge=1, le=50)

    # Where figures for Prometheus are answered: an address that nobody outside reaches.
    metrics: str = Field(default="", pattern=r"^([a-zA-Z0-9.\[\]:-]+:[0-9]{2,5})?$")

    largest_file_mb: int = Field(default=20, ge=1, le=100)
    s3_bucket: str = ""
    s3_endpoint: str = ""
    s3_region: str = "eu-west-2"
    s3_key: str = ""
    s3_secret: SecretStr = SecretStr("")
    scanner: str = ""
    # What signs certificates: a PKCS#12 file with a bought certificate, or, without one, keys made in the data folder.
    signing_key: Path | None = None
    signing_passphrase: SecretStr = SecretStr("")
    badge_algorithm: Literal["RS256", "ES256"] = "RS256"

    evidence_months: int = Field(default=12, ge=1, le=120)
    check_links: bool = True

    # Another site's own sign-in (OpenID Connect), such as Microsoft Entra's or Google's.
    oidc_name: str = Field(default="", max_length=60)
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_second_step: str = ""
    oidc_new_people: bool = False

    area_name: str = Field(default="North Northamptonshire", min_length=2, max_length=80)
    forum_name: str = Field(default="the parent carer forum", min_length=2, max_length=80)
    contact_email: EmailStr = "coproduction@example.org"
    security_email: EmailStr | None = None
    security_expires: date | None = None
    logo: str = ""
    colour: str = ""
    colour_link: str = ""
    colour_accent: str = ""
    data_licence: Literal["OGL-UK-3.0", "CC-BY-4.0", "CC0-1.0"] = "OGL-UK-3.0"
    school_holidays: Path | None = None
    open_cases: int = Field(default=3, ge=1, le=50)

    frameworks: Path = ROOT / "frameworks"
    framework: str = "send-coproduction"
    charter_approval: bool = False

    @field_validator("replica_url")
    @classmethod
    def _is_postgresql(cls, value: str) -> str:
        if value and not value.startswith("postgresql"):
            raise ValueError("must be a PostgreSQL that follows the one of COPROD_DATABASE_URL")
        return value

    @field_validator("colour", "colour_link", "colour_accent")
    @classmethod
    def _can_be_read(cls, value: str, info: ValidationInfo) -> str:
        if value and (why := colours.refusal((info.field_name or "").removeprefix("colour_"), value.lower())):
            raise ValueError(why)
        return value.lower()

    @field_validator("scanner")
    @classmethod
    def _is_a_scanner(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and not ((parts.scheme == "unix" and parts.path) or (parts.scheme == "tcp" and parts.hostname)):
            raise ValueError("must be unix:///run/clamav/clamd.ctl or tcp://host:3310")
        return value

    @model_validator(mode="after")
    def _single_sign_on_is_whole(self) -> Self:
        secret = self.oidc_client_secret.get_secret_value()
        given = [self.oidc_name, self.oidc_issuer, self.oidc_client_id, secret]
        if any(given) and not all(given):
            raise ValueError("COPROD_OIDC_NAME, _ISSUER, _CLIENT_ID and _CLIENT_SECRET: give all four, or none")
        parts = urlsplit(self.oidc_issuer)
        if self.oidc_issuer and parts.scheme != "https" and parts.hostname not in {"localhost", "127.0.0.1"}:
            raise ValueError("COPROD_OIDC_ISSUER must begin with https://")
        return self

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be a whole web address, such as https://charter.example.org")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _a_real_deployment_has_a_real_key(self) -> Self:
        key = self.secret_key.get_secret_value()
        if self.mode == "production" and len(key) < SHORTEST_KEY:
            raise ValueError(
                f"COPROD_SECRET_KEY must be at least {SHORTEST_KEY} random characters in production "
                '(make one with: python3 -c "import secrets; print(secrets.token_urlsafe(48))")'
            )
        if self.mode == "production" and (easy := _easy_to_guess(key)):
            raise ValueError(f"COPROD_SECRET_KEY {easy}: whoever guesses it can sign in as anybody")
        return self

    @model_validator(mode="after")
    def _letters_have_one_safe_way_out(self) -> Self:
        if self.smtp_host and self.notify_key.get_secret_value():
            raise ValueError("set COPROD_SMTP_HOST or COPROD_NOTIFY_KEY, not both: letters leave one way")
        if self.notify_key.get_secret_value() and not self.notify_template:
            raise ValueError("COPROD_NOTIFY_TEMPLATE must name the template that letters are sent with")
        if self.smtp_user and self.smtp_tls == "none":
            raise ValueError("COPROD_SMTP_TLS must not be none where a user name and password are sent")
        return self

    @model_validator(mode="after")
    def _what_it_asks_for_is_installed(self) -> Self:
        asked = {
            "s3": ("obstore", "COPROD_S3_BUCKET", bool(self.s3_bucket)),
            "notify": ("notifications_python_client", "COPROD_NOTIFY_KEY", bool(self.notify_key.get_secret_value())),
            "redis": ("redis", "COPROD_RATE_LIMIT_STORAGE", self.rate_limit_storage.startswith("redis")),
        }
        for part, (library, setting, wanted) in asked.items():
            if wanted and find_spec(library) is None:
                raise ValueError(f"{setting} needs a part that is not installed: install coprod[{part}]")
        return self

    @property
    def sends_letters(self) -> bool:
        """True where letters have a way out. Where they have none they wait; a demonstration shows them."""
        return bool(self.smtp_host or self.notify_key.get_secret_value())

    @property
    def sender(self) -> str:
        """The address that letters come from."""
        return self.smtp_from or self.contact_email

    @property
    def largest_file(self) -> int:
        """How many bytes one uploaded file may have."""
        return self.largest_file_mb * 1024 * 1024

    @property
    def metrics_address(self) -> tuple[str, int]:
        """The host and the port of that."""
        host, _, port = self.metrics.rpartition(":")
        return host, int(port or 0)

    @property
    def single_sign_on(self) -> bool:
        """True where people may sign in with another site's word."""
        return bool(self.oidc_issuer)

    @property
    def demonstration(self) -> bool:
        return self.mode == "demonstration"

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database: SQLite in the data folder unless a setting says otherwise."""
        return self.database_url or f"sqlite:///{self.instance.resolve() / 'coprod.sqlite3'}"

    @property
    def hosts(self) -> list[str]:
        """The only host names that requests may carry."""
        named = urlsplit(self.base_url).hostname
        return [host for host in (named, *self.trusted_hosts) if host]

    @property
    def secure(self) -> bool:
        return self.base_url.startswith("https://")

    def cookie(self, name: str) -> str:
        """What a cookie is called. Over TLS browsers keep one of this name for this host alone, and from TLS alone."""
        return f"__Host-{name}" if self.secure else name

    def key(self) -> str:
        """The key that signs sessions. A demonstration makes and keeps one of its own."""
        given = self.secret_key.get_secret_value()
        if given:
            return given
        path = self.instance / "demonstration.key"
        if not path.exists():
            self.instance.mkdir(parents=True, exist_ok=True)
            path.write_text(secrets.token_urlsafe(48))
            path.chmod(0o600)
        return path.read_text()


def _easy_to_guess(key: str) -> str | None:
    """What gives a key away, or None: few different characters, a repetition, or words that examples are made of."""
    if len(set(key)) < FEWEST_CHARACTERS:
        return f"holds only {len(set(key))} different characters"
    if key in (key + key)[1:-1]:
        return "repeats itself"
    if any(word in key.lower() for word in FROM_EXAMPLES):
        return "looks like one from an example"
    return None


def from_environment() -> Settings:
    """The settings of this process. Raises BadSettings with one line for each thing that is wrong."""
    try:
        settings = Settings()
    except ValidationError as wrong:
        lines = [f"{_name(e['loc'])}{e['msg'].removeprefix('Value error, ')}" for e in wrong.errors()]
        raise BadSettings("\n".join(lines)) from None
    if settings.mode == "production" and os.environ.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise BadSettings("FLASK_DEBUG must not be on in production: error pages would show the program's insides.")
    return settings


def _name(location: tuple[int | str, ...]) -> str:
    return f"COPROD_{'_'.join(str(part) for part in location).upper()}: " if location else ""
