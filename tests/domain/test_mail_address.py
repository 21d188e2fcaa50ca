"""E-mail addresses that people type: what is taken, in which form, and what is told when it is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.errors import BadInput
from greenmine.domain.mail_address import LONGEST, require_mail_address


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("zhang.san@example.com", "zhang.san@example.com"),
        ("  Zhang.San+mine@Example.COM ", "Zhang.San+mine@example.com"),
        ("１３８@１６３．ｃｏｍ", "138@163.com"),
        ("zhang＠example。com", "zhang@example.com"),
        ("a_b-c'd@mail.qq.com", "a_b-c'd@mail.qq.com"),
        ("zhang@例子.中国", "zhang@xn--fsqu00a.xn--fiqs8s"),
        ("zhang@xn--fsqu00a.xn--fiqs8s", "zhang@xn--fsqu00a.xn--fiqs8s"),
        (f"{'a' * 64}@example.com", f"{'a' * 64}@example.com"),
    ],
)
def test_an_address_is_taken_in_the_form_that_mail_servers_know(typed: str, taken: str) -> None:
    """Full-width letters and Chinese domain names are how people here type them."""
    assert require_mail_address(typed, field="email") == taken
    assert require_mail_address(taken, field="email") == taken


@pytest.mark.parametrize(
    "typed",
    [
        "", "   ", "zhang", "@example.com", "zhang@", "zhang@example", "zhang@localhost", "a@b@example.com",
        "zhang san@example.com", "zhang@exa mple.com", ".zhang@example.com", "zhang.@example.com", "z..s@example.com",
        '"zhang san"@example.com', "zhang@[127.0.0.1]", "zhang@127.0.0.1", "zhang@-example.com", "zhang@example-.com",
        "zhang@exa_mple.com", "zhang@example..com", "zhang@.com", "张三@example.com", "zhang<x>@example.com",
        "zhang@example.com, li@example.com", "zhang@example.com;li@example.com", "mailto:zhang@example.com",
        f"{'a' * 65}@example.com", f"a@{'b' * 64}.com", f"a@{'b.' * 130}com", "a@" + "中" * 60 + ".com",
        "a@\u202eexample.com", "zhang@exam\u200bple.com", "\ud800@example.com", "a@\udfff.com",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(BadInput) as refused:
        require_mail_address(typed, field="email")
    assert refused.value.field == "email"
    assert refused.value.params == {}, "what was typed must not reach a log"


@pytest.mark.parametrize("ending", ["\r\nBcc: x@example.com", "\nBcc: x@example.com", "\r", "\x00", "\u2028x", "\x85"])
def test_a_line_end_makes_no_second_header(ending: str) -> None:
    """ASVS 1.3.11."""
    for typed in (f"zhang@example.com{ending}x", f"zhang{ending}@example.com", f"zhang@example{ending}.com"):
        with pytest.raises(BadInput):
            require_mail_address(typed, field="email")


@given(st.text(max_size=80) | st.from_regex(r"\S{1,30}@\S{1,40}", fullmatch=True))
def test_whatever_is_typed_gives_one_short_plain_address_or_a_sentence(typed: str) -> None:
    try:
        taken = require_mail_address(typed, field="email")
    except BadInput:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert len(taken) <= LONGEST
    assert taken.count("@") == 1
    assert not set(taken) & set(' <>,;:"()[]\\')
