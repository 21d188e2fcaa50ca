"""Settings of the mail server: what is said clearly, what is refused, and that no password is ever shown."""

from dataclasses import replace

import pytest

from greenmine.config import MailSecurity, MailServer, Settings, SettingsError

FROM = {"GREENMINE_MAIL_FROM": "noreply@mines.example.gov.cn"}


def settings_with(url: str) -> Settings:
    return Settings.from_environment({**FROM, "GREENMINE_SMTP_URL": url})


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environ)
    return str(refused.value)


def test_without_a_server_no_mail_is_sent() -> None:
    settings = Settings.from_environment({})
    assert settings.mail_server is None
    assert not settings.sends_mail
    assert not Settings.from_environment(FROM).sends_mail


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1", MailServer("127.0.0.1", 25, MailSecurity.PLAIN)),
        ("smtp://localhost:2525", MailServer("localhost", 2525, MailSecurity.PLAIN)),
        ("smtp://[::1]:2525/", MailServer("::1", 2525, MailSecurity.PLAIN)),
        ("smtp://relay.intranet?starttls=never", MailServer("relay.intranet", 25, MailSecurity.PLAIN)),
        ("smtp://mail.example.gov.cn?starttls=require", MailServer("mail.example.gov.cn", 587, MailSecurity.STARTTLS)),
        (
            "smtp://site:p%40ss%2Fw%3Ard@mail.example.gov.cn:2587?starttls=require",
            MailServer("mail.example.gov.cn", 2587, MailSecurity.STARTTLS, "site", "p@ss/w:rd"),
        ),
        ("smtps://mail.example.gov.cn", MailServer("mail.example.gov.cn", 465, MailSecurity.TLS)),
        (
            "smtps://no-reply%40example.gov.cn:pw@mail.example.gov.cn",
            MailServer("mail.example.gov.cn", 465, MailSecurity.TLS, "no-reply@example.gov.cn", "pw"),
        ),
        ("smtp://site:pw@127.0.0.1", MailServer("127.0.0.1", 25, MailSecurity.PLAIN, "site", "pw")),
    ],
)
def test_a_server_is_an_address(url: str, server: MailServer) -> None:
    settings = settings_with(url)
    assert settings.mail_server == server
    assert settings.sends_mail


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mail.example.gov.cn:25", "smtp:// 或 smtps://"),
        ("http://mail.example.gov.cn", "smtp:// 或 smtps://"),
        ("smtp://", "主机名"),
        ("smtp://:25", "主机名"),
        ("smtp://mail.example.gov.cn:0", "端口"),
        ("smtp://mail.example.gov.cn:99999", "端口"),
        ("smtp://[::1", "端口"),
        ("smtp://127.0.0.1/path", "不带路径"),
        ("smtp://127.0.0.1#part", "不带路径"),
        ("smtp://127.0.0.1?tls=1", "starttls"),
        ("smtp://127.0.0.1?starttls=maybe", "starttls"),
        ("smtp://127.0.0.1?starttls=require&starttls=never", "starttls"),
        ("smtps://mail.example.gov.cn?starttls=require", "smtps:// 不再写 starttls"),
        ("smtp://mail.example.gov.cn", "明文"),
        ("smtp://site:pw@mail.example.gov.cn?starttls=never", "明文"),
        ("smtp://site@127.0.0.1", "用户名和密码"),
        ("smtp://:pw@127.0.0.1", "用户名和密码"),
        ("smtp://site:%E5%AF%86pw@127.0.0.1", "用户名和密码只能"),
        ("smtp://site:pw%0D%0AQUIT@127.0.0.1", "用户名和密码只能"),
    ],
)
def test_a_server_that_cannot_be_or_would_tell_secrets_is_refused(url: str, sentence: str) -> None:
    """个人信息保护法 51: addresses of complainants, and our password, are not sent in clear over a network."""
    told = refusal({**FROM, "GREENMINE_SMTP_URL": url})
    assert "设置 GREENMINE_SMTP_URL 无效" in told
    assert sentence in told
    assert "pw" not in told


def test_a_server_needs_a_sender() -> None:
    assert "GREENMINE_MAIL_FROM" in refusal({"GREENMINE_SMTP_URL": "smtp://127.0.0.1"})
    with pytest.raises(SettingsError, match="GREENMINE_MAIL_FROM"):
        replace(settings_with("smtp://127.0.0.1"), mail_from="")


@pytest.mark.parametrize(
    "sender",
    ["noreply", "a@b@c.cn", "网站 <a@c.gov.cn>", "a b@c.gov.cn", "a@localhost", "a@127.0.0.1", "网站@example.gov.cn"],
)  # fmt: skip
def test_a_sender_is_a_bare_address(sender: str) -> None:
    assert "设置 GREENMINE_MAIL_FROM 无效" in refusal({"GREENMINE_MAIL_FROM": sender})


def test_a_sender_in_two_lines_is_refused() -> None:
    """ASVS 1.3.11."""
    assert "GREENMINE_MAIL_FROM" in refusal({"GREENMINE_MAIL_FROM": "a@example.gov.cn\nBcc: b@example.gov.cn"})


def test_user_and_password_are_never_shown() -> None:
    settings = settings_with("smtps://site-login:pass-word@mail.example.gov.cn")
    for shown in (repr(settings), repr(settings.mail_server), str(settings.mail_server), f"{settings.mail_server}"):
        assert "pass-word" not in shown
        assert "site-login" not in shown
