"""Signing in at the desk: stages, purposes of one-time links, how long things last, how failures slow a caller.

Sources: OWASP ASVS 5.0 6.3.1 (slow down, never lock out for good), 6.5.5 (short life of codes and links), 7.3 (idle
and absolute end of a session).
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """How far a session has come. Only SIGNED_IN opens the desk; each step gives a new token."""

    CODE = "code"  # 待输动态码
    ENROL_PASSWORD = "enrol_password"  # 待设密码  # a stage, no secret  # nosec B105
    ENROL_TOTP = "enrol_totp"  # 待绑动态码
    ENROL_CODES = "enrol_codes"  # 待取恢复码
    SIGNED_IN = "signed_in"  # 已登录


class Purpose(StrEnum):
    """What a one-time link is for."""

    ENROL = "enrol"  # 开通：密码、动态码、恢复码
    PASSWORD = "password"  # 重设密码  # a purpose, no secret  # nosec B105
    DEMO = "demo"  # 演示登录, in demo mode only


LIVES: Final[Mapping[Stage, timedelta]] = {
    Stage.CODE: timedelta(minutes=10),
    Stage.ENROL_PASSWORD: timedelta(minutes=30),
    Stage.ENROL_TOTP: timedelta(minutes=30),
    Stage.ENROL_CODES: timedelta(minutes=30),
    Stage.SIGNED_IN: timedelta(hours=10),
}
"""A session ends so long after its stage began, whatever is done in it."""

IDLE: Final = timedelta(minutes=30)
"""A session ends when nothing was asked in it for so long."""

LINK_LIVES: Final = timedelta(hours=24)
CODES_PER_SESSION: Final = 5
"""So many wrong codes end the session: the password is asked for again."""

RECOVERY_CODES: Final = 8


class Slowing(StrEnum):
    """What is slowed: each kind has its own count."""

    PASSWORD = "password"  # 密码  # a kind, no secret  # nosec B105
    CODE = "code"  # 动态码, 恢复码


_FREE: Final = 5
_CAPS: Final[Mapping[Slowing, timedelta]] = {
    Slowing.PASSWORD: timedelta(seconds=60),
    Slowing.CODE: timedelta(minutes=15),
}
FORGOTTEN_AFTER: Final = timedelta(hours=24)
"""Failures older than this no longer count."""


def wait_after(failures: int, *, slowing: Slowing) -> timedelta:
    """How long to wait after so many failures in a row: nothing for five, then 2, 4, 8 … seconds up to a cap.

    The cap is short for passwords, which a stranger may get wrong on purpose to keep an officer out, and long
    for codes, which only someone who knows the password may try (three of a million are right at any time).
    """
    if failures < _FREE:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - _FREE + 1, 20)), _CAPS[slowing])
