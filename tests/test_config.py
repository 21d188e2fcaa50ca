"""Settings: what may be said, what may not be together, and where the secret key comes from."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.config import (
    EXIT_CODE,
    Mode,
    Settings,
    SettingsError,
    ensure_secret_key,
    read_settings_or_exit,
    settings_by_field,
)

LONG_KEY = "k3Y-of-at-least-thirty-two-characters-0123456789"
PRODUCTION = {
    "GREENMINE_MODE": "production",
    "GREENMINE_SITE_URL": "https://lskys.example.gov.cn",
    "GREENMINE_SECRET_KEY": LONG_KEY,
    "GREENMINE_SPONSOR": "某省自然资源厅",
    "GREENMINE_CONTACT": "0000-00000000",
}


def refusal(environ: dict[str, str]) -> str:
    """The sentences with which ``environ`` is refused."""
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environ)
    return str(refused.value)


def test_nothing_set_is_a_demo_on_this_machine() -> None:
    settings = Settings.from_environment({})
    assert settings.is_demo
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.site_url == "http://127.0.0.1:8000"
    assert settings.database_url == "sqlite:///data/greenmine.sqlite"


def test_relative_folders_belong_to_the_base_folder() -> None:
    settings = Settings.from_environment({"GREENMINE_DATA_DIR": "d"}, base=Path("/srv/greenmine"))
    assert settings.data_dir == Path("/srv/greenmine/d")
    assert settings.search_index == Path("/srv/greenmine/search_index")
    assert settings.database_url == "sqlite:////srv/greenmine/d/greenmine.sqlite"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "greenmine.example", ""])
def test_demo_runs_on_loopback_only(host: str) -> None:
    if host == "":
        assert Settings.from_environment({"GREENMINE_HOST": host}).host == "127.0.0.1"
    else:
        assert "演示模式只能在本机运行" in refusal({"GREENMINE_HOST": host})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_demo_runs_on_every_loopback_name(host: str) -> None:
    assert Settings.from_environment({"GREENMINE_HOST": host}).mode is Mode.DEMO


def test_ipv6_host_stands_in_brackets_in_the_site_address() -> None:
    settings = Settings.from_environment({"GREENMINE_HOST": "::1", "GREENMINE_PORT": "9000"})
    assert settings.site_url == "http://[::1]:9000"
    assert "[::1]" in settings.trusted_hosts


def test_production_refuses_http() -> None:
    assert "https" in refusal({**PRODUCTION, "GREENMINE_SITE_URL": "http://lskys.example.gov.cn"})
    assert "https" in refusal({"GREENMINE_MODE": "production"})


@pytest.mark.parametrize("name", ["GREENMINE_SPONSOR", "GREENMINE_CONTACT"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_production_says_who_runs_it_and_how_they_are_reached(name: str, value: str | None) -> None:
    given = {each: text for each, text in PRODUCTION.items() if each != name}
    sentence = refusal(given if value is None else {**given, name: value})
    assert sentence.startswith("正式运行须告知主办单位和联系方式") and name in sentence
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize("key", ["", "  ", "dev", "short", "a" * 64, "abcabcabc" * 8])
def test_production_refuses_a_weak_key(key: str) -> None:
    assert "GREENMINE_SECRET_KEY" in refusal({**PRODUCTION, "GREENMINE_SECRET_KEY": key})


def test_production_without_a_key_lets_one_be_made() -> None:
    environ = {name: value for name, value in PRODUCTION.items() if name != "GREENMINE_SECRET_KEY"}
    assert Settings.from_environment(environ).secret_key == ""


def test_cookie_follows_the_scheme_of_the_site_address() -> None:
    plain, secure = Settings.from_environment({}), Settings.from_environment(PRODUCTION)
    assert (plain.cookie_name, plain.cookie_secure) == ("greenmine", False)
    assert (secure.cookie_name, secure.cookie_secure) == ("__Host-greenmine", True)


def test_trusted_hosts_are_the_site_and_those_named() -> None:
    settings = Settings.from_environment({**PRODUCTION, "GREENMINE_ALLOWED_HOSTS": "10.0.0.7, Health.Internal"})
    assert settings.trusted_hosts == ("lskys.example.gov.cn", "10.0.0.7", "health.internal")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GREENMINE_MODE", "test"),
        ("GREENMINE_PORT", "0"),
        ("GREENMINE_PORT", "65536"),
        ("GREENMINE_PORT", "８０００"),
        ("GREENMINE_TRUSTED_PROXIES", "-1"),
        ("GREENMINE_DATABASE_URL", "postgres://localhost/greenmine"),
        ("GREENMINE_SITE_URL", "lskys.example.gov.cn"),
        ("GREENMINE_SITE_URL", "https://example.gov.cn/lskys"),
        ("GREENMINE_SITE_URL", "https://user@example.gov.cn"),
        ("GREENMINE_SITE_URL", "https://example.gov.cn:0"),
        ("GREENMINE_SITE_URL", "https://example.gov.cn:99999"),
        ("GREENMINE_SITE_URL", "https://[::1"),
        ("GREENMINE_RATE_PAGES", "many"),
        ("GREENMINE_RATE_STORAGE", "memcached://a"),
        ("GREENMINE_RATE_STORAGE", "redis://127.0.0.1"),
        ("GREENMINE_REQUEST_BYTES", "1"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_name(name: str, value: str) -> None:
    assert f"设置 {name} 无效" in refusal({name: value})


def test_a_mistyped_name_is_refused_with_the_nearest_one() -> None:
    assert "是否应为 GREENMINE_SITE_URL" in refusal({"GREENMINE_SITEURL": "https://example.gov.cn"})


def test_all_faults_are_told_at_once() -> None:
    assert len(refusal({"GREENMINE_PORT": "x", "GREENMINE_MODE": "y", "GREENMINE_ZZZ": "1"}).splitlines()) == 3


def test_settings_cannot_be_changed_and_stay_checked_when_replaced() -> None:
    settings = Settings.from_environment({})
    with pytest.raises(FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    with pytest.raises(SettingsError):
        replace(settings, host="0.0.0.0")


def test_secrets_are_not_shown_by_repr() -> None:
    url = "postgresql+psycopg://greenmine:pass-word@db/greenmine"
    shown = repr(Settings.from_environment({**PRODUCTION, "GREENMINE_DATABASE_URL": url}))
    assert LONG_KEY not in shown
    assert "pass-word" not in shown


@given(st.dictionaries(st.sampled_from([s.env for s in settings_by_field().values()]), st.text(max_size=30)))
def test_any_text_gives_settings_or_sentences(environ: dict[str, str]) -> None:
    try:
        assert Settings.from_environment(environ).port > 0
    except SettingsError as refused:
        assert all(sentence.endswith("。") for sentence in refused.sentences)


def test_a_door_prints_the_sentence_and_exits_with_two(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GREENMINE_MODE", "production")
    with pytest.raises(SystemExit) as ended:
        read_settings_or_exit()
    assert ended.value.code == EXIT_CODE
    assert "GREENMINE_SITE_URL" in capsys.readouterr().err


def test_key_is_made_once_private_and_kept(tmp_path: Path) -> None:
    settings = Settings.from_environment({"GREENMINE_DATA_DIR": str(tmp_path / "data")})
    key = ensure_secret_key(settings)
    assert len(key) == 64
    assert ensure_secret_key(settings) == key
    assert [stat.S_IMODE(path.stat().st_mode) for path in settings.data_dir.iterdir()] == [0o600]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    settings = Settings.from_environment({"GREENMINE_DATA_DIR": str(tmp_path)})
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: ensure_secret_key(settings), range(32)))
    assert len(keys) == 1
    assert os.listdir(tmp_path) == ["secret.key"]  # noqa: PTH208 - names only


def test_a_given_key_is_used_and_no_file_is_made(tmp_path: Path) -> None:
    settings = Settings.from_environment({**PRODUCTION, "GREENMINE_DATA_DIR": str(tmp_path)})
    assert ensure_secret_key(settings) == LONG_KEY
    assert list(tmp_path.iterdir()) == []


def test_a_key_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings.from_environment({"GREENMINE_DATA_DIR": str(tmp_path)})
    ensure_secret_key(settings)
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        ensure_secret_key(settings)


def test_a_truncated_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.key").write_text("")
    (tmp_path / "secret.key").chmod(0o600)
    with pytest.raises(SettingsError, match="已损坏"):
        ensure_secret_key(Settings.from_environment({"GREENMINE_DATA_DIR": str(tmp_path)}))
