"""The settings themselves, and the rules between them."""

import difflib
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from greenmine.config.derived import with_derived
from greenmine.config.mail import MailServer, parse_mail_server, parse_sender
from greenmine.config.parsers import (
    SECRET_LENGTH,
    Mode,
    host_names,
    is_loopback,
    is_weak,
    parse_database_url,
    parse_mode,
    parse_rate,
    parse_rate_storage,
    parse_site_url,
    whole_number,
)

EXIT_CODE = 2
"""What a process returns when it was refused for its settings."""

SECRET_FILE = "secret.key"
SECONDS = whole_number(0, 60)
BYTES = whole_number(0, 2**50)
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class SettingsError(Exception):
    """The settings cannot be used; ``sentences`` say why and what to do, one per fault."""

    exit_code = EXIT_CODE

    def __init__(self, *sentences: str) -> None:
        super().__init__(*sentences)
        self.sentences = sentences

    def __str__(self) -> str:
        return "\n".join(self.sentences)


class Setting(NamedTuple):
    """One line of docs/settings.md."""

    env: str
    default: str
    meaning: str
    parse: Callable[[str], object]


def _says(env: str, default: str, meaning: str, parse: Callable[[str], object] = str) -> Mapping[str, Setting]:
    """Metadata of one field."""
    return {"setting": Setting(env, default, meaning, parse)}


def _named(env: str, default: str, meaning: str, parse: Callable[[str], object]) -> Any:
    """One field whose line is short."""
    return field(metadata=_says(env, default, meaning, parse))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything the site can be told from outside. Paths are absolute when read by :func:`read_settings`."""

    mode: Mode = field(
        metadata=_says(
            "GREENMINE_MODE",
            "demo",
            "`demo`: invented data marked 演示数据, loopback only. `production`: the real site, https only.",
            parse_mode,
        )
    )
    host: str = field(metadata=_says("GREENMINE_HOST", "127.0.0.1", "Address to listen on."))
    port: int = field(metadata=_says("GREENMINE_PORT", "8000", "Port to listen on (1–65535).", whole_number(1, 65535)))
    data_dir: Path = field(
        metadata=_says(
            "GREENMINE_DATA_DIR",
            "./data",
            "Folder of the database, published documents, attachments and keys. Back it up.",
            Path,
        )
    )
    log_head: Path = field(
        metadata=_says(
            "GREENMINE_LOG_HEAD",
            "",
            "File that keeps the newest signed head of the log outside the database; a restored backup is told by it. "
            "Empty: `log-head` in the data folder; better on another volume.",
            Path,
        )
    )
    witnesses: Path | None = field(
        metadata=_says(
            "GREENMINE_WITNESSES",
            "",
            "File of the log's witnesses: lines `witness <name> <vkey> <url>`, `group …` and one `quorum …` of a "
            "C2SP tlog-policy; read at start. Empty: none is asked.",
            lambda text: Path(text) if text else None,
        )
    )
    search_index: Path = field(
        metadata=_says(
            "GREENMINE_SEARCH_INDEX",
            "./search_index",
            "Folder of the search index; disposable, rebuilt by `greenmine rebuild`.",
            Path,
        )
    )
    content_dir: Path = field(
        metadata=_says(
            "GREENMINE_CONTENT_DIR",
            "./content",
            "Folder of rule books, regions, calendars, policies, news and pages.",
            Path,
        )
    )
    database_url: str = field(
        repr=False,
        metadata=_says(
            "GREENMINE_DATABASE_URL",
            "",
            "`sqlite:///…` or `postgresql+psycopg://…`; empty: `greenmine.sqlite` in the data folder.",
            parse_database_url,
        ),
    )
    site_url: str = field(
        metadata=_says(
            "GREENMINE_SITE_URL",
            "",
            "Address readers use; all absolute links, the cookie's name and its Secure flag follow it. "
            "Empty: `http://host:port`. Production needs `https://`.",
            parse_site_url,
        )
    )
    allowed_hosts: tuple[str, ...] = field(
        metadata=_says(
            "GREENMINE_ALLOWED_HOSTS",
            "",
            "Further host names answered besides the one of the site address, separated by commas "
            "(a load balancer's health check, an intranet name).",
            host_names,
        )
    )
    secret_key: str = field(
        repr=False,
        metadata=_says(
            "GREENMINE_SECRET_KEY",
            "",
            f"Signs cookies and form tokens; at least {SECRET_LENGTH} characters. Unset: made at random "
            f"into `{SECRET_FILE}` in the data folder, readable by its owner only. Empty is refused in production.",
        ),
    )
    trusted_proxies: int = field(
        metadata=_says(
            "GREENMINE_TRUSTED_PROXIES",
            "0",
            "How many reverse proxies stand before the site and set `X-Forwarded-*` (0: ignored).",
            whole_number(0, 5),
        )
    )
    site_name: str = field(
        metadata=_says("GREENMINE_SITE_NAME", "绿色矿山信息公开平台", "Name in the masthead, titles and feeds.")
    )
    sponsor: str = field(metadata=_says("GREENMINE_SPONSOR", "", "主办单位, shown in the footer; production needs it."))
    site_id_code: str = field(
        metadata=_says("GREENMINE_SITE_ID_CODE", "", "政府网站标识码, in the meta tags and footer; empty: not shown.")
    )
    icp: str = field(metadata=_says("GREENMINE_ICP", "", "ICP 备案号, shown in the footer; empty: not shown."))
    police_record: str = field(
        metadata=_says("GREENMINE_POLICE_RECORD", "", "公安机关备案号, shown in the footer; empty: not shown.")
    )
    contact: str = field(metadata=_says("GREENMINE_CONTACT", "", "联系方式, shown in the footer; production needs it."))
    request_bytes: int = field(
        metadata=_says(
            "GREENMINE_REQUEST_BYTES",
            "33554432",
            "Largest request in bytes, uploads included (413 above it).",
            whole_number(65_536, 1_073_741_824),
        )
    )
    form_bytes: int = field(
        metadata=_says(
            "GREENMINE_FORM_BYTES",
            "1048576",
            "Largest text part of a form in bytes.",
            whole_number(16_384, 67_108_864),
        )
    )
    low_water_bytes: int = field(
        metadata=_says(
            "GREENMINE_LOW_WATER_BYTES",
            "268435456",
            "Free bytes on the disk of the data folder below which forms and attachments are refused (503); "
            "pages are still served.",
            whole_number(0, 1_099_511_627_776),
        )
    )
    rate_pages: str = field(
        metadata=_says(
            "GREENMINE_RATE_PAGES",
            "300 per minute",
            "Public pages one client may read (429 above it).",
            parse_rate,
        )
    )
    rate_exports: str = field(
        metadata=_says("GREENMINE_RATE_EXPORTS", "20 per minute", "Downloads by one client.", parse_rate)
    )
    rate_forms: str = field(
        metadata=_says("GREENMINE_RATE_FORMS", "20 per minute", "Public forms sent by one client.", parse_rate)
    )
    rate_desk: str = field(
        metadata=_says(
            "GREENMINE_RATE_DESK",
            "120 per minute",
            "Forms of the desk sent by one officer, from whatever address; a notice takes about ten.",
            parse_rate,
        )
    )
    rate_sign_in: str = field(
        metadata=_says(
            "GREENMINE_RATE_SIGN_IN",
            "20 per 5 minutes",
            "Steps of signing in by one client; one sign-in takes two.",
            parse_rate,
        )
    )
    form_seconds: int = _named(
        "GREENMINE_FORM_SECONDS", "3", "A public form sent sooner (seconds) is asked a question; 0: never.", SECONDS
    )
    budget_steps: str = _named(
        "GREENMINE_BUDGET_STEPS", "60 per 10 minutes", "Steps of forms by one client before a question.", parse_rate
    )
    budget_steps_all: str = _named(
        "GREENMINE_BUDGET_STEPS_ALL", "600 per minute", "The same by all clients together.", parse_rate
    )
    budget_sent: str = _named(
        "GREENMINE_BUDGET_SENT", "10 per hour", "Complaints and the like by one client before a question.", parse_rate
    )
    budget_sent_all: str = _named(
        "GREENMINE_BUDGET_SENT_ALL", "120 per minute", "The same by all clients together.", parse_rate
    )
    budget_lookups: str = _named(
        "GREENMINE_BUDGET_LOOKUPS", "20 per 10 minutes", "Codes tried by one client before a question.", parse_rate
    )
    budget_answers: str = _named(
        "GREENMINE_BUDGET_ANSWERS", "3 per minute", "Forms of one client taken after a right answer.", parse_rate
    )
    daily_evidence_bytes: int = _named(
        "GREENMINE_DAILY_EVIDENCE_BYTES", "2147483648", "Files taken in one day; above it only text.", BYTES
    )
    rate_storage: str = field(
        repr=False,
        metadata=_says(
            "GREENMINE_RATE_STORAGE",
            "memory://",
            "Where the rates are counted: `memory://` per process, or `redis://…` shared by many nodes (install the "
            "package `redis` for it).",
            parse_rate_storage,
        ),
    )
    mail_server: MailServer | None = field(
        repr=False,
        metadata=_says(
            "GREENMINE_SMTP_URL",
            "",
            "Mail server: `smtps://user:password@host` (465), `smtp://user:password@host?starttls=require` (587), "
            "`smtp://127.0.0.1` (25), `smtp://relay?starttls=never` (an intranet relay, in clear). "
            "Empty: no letters are sent, and forms do not offer them.",
            parse_mail_server,
        ),
    )
    mail_from: str = field(
        metadata=_says("GREENMINE_MAIL_FROM", "", "Sender of letters; needed with `GREENMINE_SMTP_URL`.", parse_sender)
    )

    def __post_init__(self) -> None:
        """Refuse what cannot be together, however the settings were made."""
        faults = [sentence for broken, sentence in _together(self) if broken]
        if faults:
            raise SettingsError(*faults)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, base: Path = Path()) -> "Settings":
        """Settings from ``environ`` alone: reads no file, no clock, no other environment.

        An empty value counts as unset, except for the secret key in production.

        :param base: folder to which relative paths belong
        :raises SettingsError: with one sentence per fault, all faults at once
        """
        faults = _unknown_names(environ)
        values: dict[str, Any] = {}
        for name, setting in settings_by_field().items():
            try:
                values[name] = setting.parse(environ.get(setting.env, "").strip() or setting.default)
            except ValueError as refused:
                faults.append(f"设置 {setting.env} 无效：{refused}。")
        if values.get("mode") is Mode.PRODUCTION and environ.get("GREENMINE_SECRET_KEY", "unset").strip() == "":
            faults.append("设置 GREENMINE_SECRET_KEY 为空：正式运行须填写随机密钥，或不设此项由系统自动生成。")
        if faults:
            raise SettingsError(*faults)
        return cls(**with_derived(values, base=base))

    @property
    def is_demo(self) -> bool:
        """Whether every page must say 演示数据."""
        return self.mode is Mode.DEMO

    @property
    def sends_mail(self) -> bool:
        """Whether a form may offer a letter; without a mail server it must not."""
        return self.mail_server is not None

    @property
    def cookie_secure(self) -> bool:
        """Whether cookies are sent over https only."""
        return self.site_url.startswith("https://")

    @property
    def cookie_name(self) -> str:
        """``__Host-`` binds the cookie to this host and to https (RFC 6265bis 4.1.3.2)."""
        return "__Host-greenmine" if self.cookie_secure else "greenmine"

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """Host names (without port) that requests may carry; all else is answered 400."""
        own = urlsplit(self.site_url).hostname or ""
        own = f"[{own}]" if ":" in own else own
        loopback = LOOPBACK_NAMES if is_loopback(own) else ()
        return tuple(dict.fromkeys((own, *loopback, *self.allowed_hosts)))


def settings_by_field() -> dict[str, Setting]:
    """Field name to setting, in the order of the dataclass."""
    return {item.name: item.metadata["setting"] for item in fields(Settings)}


def _unknown_names(environ: Mapping[str, str]) -> list[str]:
    """A mistyped security setting must not pass unseen."""
    known = [setting.env for setting in settings_by_field().values()]
    faults = []
    for name in sorted(environ):
        if name.startswith("GREENMINE_") and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"，是否应为 {near[0]}" if near else ""
            faults.append(f"不认识的设置 {name}{hint}；全部设置见 docs/settings.md。")
    return faults


def _together(settings: Settings) -> tuple[tuple[bool, str], ...]:
    """Rules between settings: (broken, sentence)."""
    production = settings.mode is Mode.PRODUCTION
    return (
        (
            not production and not is_loopback(settings.host),
            f"演示模式只能在本机运行：GREENMINE_HOST 现为 {settings.host}，"
            "请改为 127.0.0.1，或设 GREENMINE_MODE=production。",
        ),
        (
            production and not settings.site_url.startswith("https://"),
            "正式运行须使用 https：请把 GREENMINE_SITE_URL 设为 https:// 开头的网址。",
        ),
        (
            production and not (settings.sponsor and settings.contact),
            "正式运行须告知主办单位和联系方式：请设 GREENMINE_SPONSOR 和 GREENMINE_CONTACT，页脚据此列出。",
        ),
        (
            production and bool(settings.secret_key) and is_weak(settings.secret_key),
            f"GREENMINE_SECRET_KEY 过于简单：正式运行须为至少 {SECRET_LENGTH} 个字符的随机密钥，"
            "或不设此项由系统自动生成。",
        ),
        (settings.form_bytes > settings.request_bytes, "GREENMINE_FORM_BYTES 不能大于 GREENMINE_REQUEST_BYTES。"),
        (
            settings.sends_mail and not settings.mail_from,
            "设了 GREENMINE_SMTP_URL，还须设 GREENMINE_MAIL_FROM（发件地址）。",
        ),
    )


def read_settings() -> Settings:
    """Settings of this process; relative folders belong to the working folder. Raises SettingsError."""
    return Settings.from_environment(os.environ, base=Path.cwd())


def read_settings_or_exit() -> Settings:
    """For front doors: as :func:`read_settings`, but a refusal is printed and ends the process with 2."""
    try:
        return read_settings()
    except SettingsError as refused:
        sys.stderr.write(f"{refused}\n")
        raise SystemExit(EXIT_CODE) from refused
