"""What a staff password may be (OWASP ASVS 5.0 6.2)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.errors import BadInput
from greenmine.domain.password import check_password, is_common

COMMON = frozenset({"password", "qwerty", "123qweasdzxc", "abcd1234", "letmein"})


def refused(password: str, *, login: str = "zhijin-01", site_name: str = "绿色矿山信息公开平台") -> str | None:
    try:
        check_password(password, login=login, site_name=site_name, common=COMMON)
    except BadInput as error:
        assert error.field == "password"
        return error.code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "correct horse staple",
        "一二三四五六七八九十大山",
        "去年 冬天 织金 下了三场雪",
        "去年\u3000冬天\u3000织金下了三场雪",
        "      leading and trailing      ",
        "wholly lower case without digits",
        "8402759316047",
        "x" * 7 + "yz" * 60 + "q",
    ],
)
def test_any_characters_are_accepted_without_a_rule_of_composition(password: str) -> None:
    """ASVS 6.2.5: no rule of composition; 6.2.9: at least 64, here 128, characters."""
    assert refused(password) is None


def test_eleven_characters_are_too_few_and_twelve_are_enough() -> None:
    """ASVS 6.2.1."""
    assert refused("mountainrai") == "password.too_short"
    assert refused("mountainrain") is None
    assert refused("矿山绿水青山蓝天白云草") == "password.too_short"


def test_128_characters_are_accepted_and_129_refused_never_cut() -> None:
    """ASVS 6.2.8 and 6.2.9: nothing is cut off in silence."""
    long = "".join(chr(0x4E00 + n) for n in range(129))
    assert refused(long[:128]) is None
    assert refused(long) == "password.too_long"


@pytest.mark.parametrize(
    "password",
    [
        "123qweasdzxc",
        "123QWEasdZXC",
        "password1234!",
        "2026-Password",
        "qwertyqwerty",
        "abcd1234abcd1234",
        "111111111111",
        "aaaaaaaaaaaaaaa",
        "abcabcabcabc",
        "......letmein......",
    ],
)
def test_what_everybody_uses_is_refused_also_with_digits_around_it_or_said_twice(password: str) -> None:
    """ASVS 6.2.4."""
    assert refused(password) == "password.common"


def test_login_and_site_name_inside_are_refused() -> None:
    """ASVS 6.2.11: words of the context."""
    assert refused("my ZHIJIN-01 is here") == "password.names"
    assert refused("我爱绿色矿山信息公开平台一百年") == "password.names"
    assert refused("the bai river runs", login="bai") is None


@pytest.mark.parametrize("password", ["mountain\x00rain abc", "mountain\ud800rain abc", "mountain\nrain abcdef"])
def test_characters_that_no_keyboard_types_again_are_refused(password: str) -> None:
    assert refused(password) == "password.unprintable"


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=200))
def test_a_password_is_taken_or_refused_with_a_reason_and_never_fails(password: str) -> None:
    reason = refused(password)
    assert reason is not None or 12 <= len(password) <= 128


@given(st.sampled_from(sorted(COMMON)), st.text(alphabet="0123456789!._-", max_size=8))
def test_digits_and_signs_never_rescue_a_common_password(word: str, tail: str) -> None:
    assert is_common(word + tail, common=COMMON) or word[-1].isdigit() or word[0].isdigit()
