"""All settings, read once from the environment (prefix `HUB_`) and passed down; nothing else reads the environment."""

from __future__ import annotations

import os
from datetime import date
from enum import StrEnum
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from hub.kit.errors import Invalid


class Mode(StrEnum):
    """How the hub runs."""

    DEMO = "demo"
    EMBEDDED = "embedded"
    PRODUCTION = "production"


class Where(StrEnum):
    """Where checks and snapshots are worked at."""

    HERE = "here"
    APART = "apart"


class Settings(BaseSettings):
    """One frozen object. `production` refuses what is only fit for trying out."""

    model_config = SettingsConfigDict(env_prefix="HUB_", frozen=True, extra="ignore", hide_input_in_errors=True)

    mode: Mode = Field(default=Mode.EMBEDDED, description="demo, embedded or production")
    state: Path = Field(default=Path("hub-state"), description="folder of database, sealed objects and key file")
    database_url: str = Field(default="", description="SQLAlchemy URL; empty means SQLite in the state folder")
    base_url: str = Field(default="http://127.0.0.1:8000", description="address under which people reach the hub")
    host: str = Field(default="127.0.0.1", description="address to listen on")
    port: int = Field(default=8000, description="port to listen on")
    proxies: str = Field(
        default="127.0.0.1",
        description="addresses or networks, with commas, of proxies that are believed for whom they pass a request on",
    )
    root_key: SecretStr = Field(default=SecretStr(""), description="root key, 64 hex digits; empty means the key file")
    partnership: str = Field(default="Safer partnership", description="name shown in the header")
    demo_partnership: str = Field(
        default="ravensbourne", description="which partnership demo mode sets up in a fresh state folder"
    )
    demo_built_behind: bool = Field(
        default=False,
        description="demo mode: pages are served at once, and a builder brings agreements and data in behind them",
    )
    definition: str = Field(
        default="london-minimum",
        description="definition of serious violence that counts until the partnership records its choice",
    )
    log_origin: str = Field(default="svd-hub.invalid/log", description="origin line of signed checkpoints")
    memory_mb: int = Field(default=1024, description="memory limit of one query engine session, MiB")
    due_working_days: int = Field(
        default=10, ge=1, le=120, description="working days after a period's end in which its extract is due"
    )
    extra_holidays: str = Field(
        default="", description="proclaimed bank holidays beside the usual ones, such as 2027-06-01, with commas"
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="mail server for reminders, such as smtps://name:password@mail.example; empty: the hub sends no mail",
    )
    mail_from: str = Field(default="", description="sender's address of the reminders")
    max_upload_mb: int = Field(default=4096, description="largest upload, MiB")
    work: Where = Field(
        default=Where.HERE, description="here: the server checks files and builds snapshots; apart: hub worker does"
    )
    metrics_token: SecretStr = Field(
        default=SecretStr(""),
        description="bearer token that opens /metrics; empty: only programs on this machine see it",
    )
    logins_a_minute: int = Field(
        default=120, ge=0, description="sign-ins that one address may start in a minute; 0 for no limit"
    )
    session_minutes: int = Field(default=60, description="a browser session ends after this many idle minutes")
    session_hours: int = Field(default=10, description="a browser session ends after this many hours in any case")

    @field_validator("extra_holidays")
    @classmethod
    def _are_days(cls, text: str) -> str:
        for day in filter(None, (one.strip() for one in text.split(","))):
            date.fromisoformat(day)
        return text

    @model_validator(mode="after")
    def _fit_for_production(self) -> Settings:
        if self.mode is Mode.PRODUCTION:
            if not self.database_url or self.database_url.startswith("sqlite"):
                raise ValueError("HUB_DATABASE_URL: production needs PostgreSQL, not SQLite")
            if not self.base_url.startswith("https://"):
                raise ValueError("HUB_BASE_URL: production needs an https address")
            if len(set(self.root_key.get_secret_value())) < 8:
                raise ValueError("HUB_ROOT_KEY: production needs a real root key, 64 hex digits")
        if self.smtp_url.get_secret_value() and "@" not in self.mail_from:
            raise ValueError("HUB_MAIL_FROM: mail needs a sender's address")
        if self.mode is Mode.DEMO and self.host not in {"127.0.0.1", "::1", "localhost"}:
            raise ValueError("HUB_HOST: the demo listens on loopback only")
        return self

    @property
    def holidays(self) -> frozenset[date]:
        """The proclaimed bank holidays."""
        return frozenset(date.fromisoformat(day.strip()) for day in self.extra_holidays.split(",") if day.strip())

    @property
    def url(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{(self.state / 'hub.sqlite').resolve()}"

    @property
    def jobs_url(self) -> str:
        """Where durable jobs are kept: a file of its own beside an SQLite database, else the same database server."""
        if self.database_url and not self.database_url.startswith("sqlite"):
            return self.database_url
        return f"sqlite:///{(self.state / 'jobs.sqlite').resolve()}"


def read_settings(**said: object) -> Settings:
    """The settings of the environment, with what is `said` in their place. Invalid names each that is wrong, never its value."""
    try:
        return Settings(**said)  # type: ignore[arg-type]  # pydantic judges them
    except ValidationError as error:
        wrong = [_sentence(one["loc"], one["msg"]) for one in error.errors(include_input=False)]
        raise Invalid("; ".join(wrong), code="bad-settings", remedy="Change these settings and start again.") from None


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    return f"HUB_{str(place[0]).upper()}: {said}" if place else said


def child_environment(**settings: object) -> dict[str, str]:
    """The environment for a process of the hub's own: this one's, with these settings (`mode="demo"` becomes `HUB_MODE`)."""
    return dict(os.environ) | {f"HUB_{name.upper()}": str(value) for name, value in settings.items()}


def set_environment(**settings: object) -> None:
    """Give this process these settings: for a command that becomes a server."""
    os.environ.update(child_environment(**settings))
