"""The page between a form and its answer: a small question in words, nothing of what was typed lost.

No script, no picture, no sound, nothing from elsewhere: it is read aloud like any other page. A question is good once.

::

    challenge = URL-safe signed JSON { i: 128 random bits, f: form, k: form's key, t: when, a: HMAC(i, answer) or "" }

``a`` empty: the question was answered, only the turn has to be waited for.
"""

import hmac
import secrets
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from flask import Response, current_app, make_response, request
from itsdangerous import BadData, URLSafeSerializer
from wtforms import StringField
from wtforms.validators import InputRequired

from greenmine.domain.errors import BadInput
from greenmine.domain.question import Family, Question, in_words, new_question, read_answer
from greenmine.domain.text import N_
from greenmine.web.budget import current_budgets
from greenmine.web.context import current_services
from greenmine.web.forms.sheet import Sheet
from greenmine.web.i18n import gettext as _
from greenmine.web.i18n import language
from greenmine.web.page import Page, render

CHALLENGE: Final = "challenge"
ANSWER: Final = "answer"
ANOTHER: Final = "another"
ANSWER_FIELDS: Final = frozenset({CHALLENGE, ANSWER, ANOTHER})

TOO_MANY_REQUESTS: Final = 429
GOOD_FOR: Final = 4 * 3600
"""Seconds for which a question may be answered, and for which it is remembered that it was."""


class Doubt(StrEnum):
    """Why a question is asked."""

    BUSY = "busy"  # 本线路提交较多
    CROWD = "crowd"  # 全站提交较多
    FAST = "fast"  # 填写过快
    TRAP = "trap"  # 应留空的栏目有内容
    STALE = "stale"  # 页面过久或未经签名
    GUESSED = "guessed"  # 查询码多次有误
    WRONG = "wrong"  # 答错
    ANOTHER = "another"  # 换一题


WHY: Final[Mapping[Doubt, str]] = {
    Doubt.BUSY: N_("您所用的网络近期提交较多（手机网络常由许多人共用）。请回答一个小问题，随后照常办理。"),
    Doubt.CROWD: N_("目前全站提交较多。请回答一个小问题，随后照常办理。"),
    Doubt.FAST: N_("这次填写用时很短。为分辨自动程序，请回答一个小问题，随后照常办理。"),
    Doubt.TRAP: N_("页面中应留空的一栏有内容，可能是浏览器自动填写。请回答一个小问题，随后照常办理。"),
    Doubt.STALE: N_("页面打开时间过长，或未能认出这份表单。请回答一个小问题，随后照常办理。"),
    Doubt.GUESSED: N_("近期对这个编号多次输错查询码。请先回答一个小问题，再核对查询码。"),
    Doubt.WRONG: N_("请再回答一个小问题，随后照常办理。"),
    Doubt.ANOTHER: N_("请回答下面的小问题，随后照常办理。"),
}
SENTENCES: Final[Mapping[Family, str]] = {
    Family.SUM: N_("%(a)s加%(b)s等于几？"),
    Family.DIFFERENCE: N_("%(a)s减%(b)s等于几？"),
    Family.LARGEST: N_("%(a)s、%(b)s、%(c)s，哪个数最大？"),
    Family.SMALLEST: N_("%(a)s、%(b)s、%(c)s，哪个数最小？"),
    Family.DIGITS: N_("请把“%(a)s%(b)s%(c)s%(d)s”写成四位数字。"),
}


class Outcome(StrEnum):
    """How a question was answered."""

    RIGHT = "right"
    WRONG = "wrong"
    NONE = "none"  # another question was asked for, or this one is no longer good


class QuestionForm(Sheet):
    """One answer."""

    answer = StringField("", validators=[InputRequired()])


def ask(doubt: Doubt, *, form_name: str, key: str, hidden: Sequence[tuple[str, str]], with_files: bool) -> Response:
    """The page with a fresh question."""
    question, form = new_question(below=secrets.randbelow), QuestionForm(formdata=None)
    form.answer.label.text = sentence_of(question)
    form.answer.description = _("填阿拉伯数字或中文数字均可。")
    if doubt is Doubt.WRONG:
        form.refuse(BadInput("question.wrong", N_("答案不对，请看新的问题。"), field=ANSWER))
    token = _challenge(form_name, key, answer=question.answer)
    page = render(
        "question.html",
        Page(title=_("还差一步"), noindex=True),
        form=form,
        why=_(WHY[doubt]),
        action=_here(),
        hidden=[*hidden, (CHALLENGE, token)],
        with_files=with_files,
    )
    return make_response(page, TOO_MANY_REQUESTS)


def wait_page(
    seconds: int, *, form_name: str, key: str, hidden: Sequence[tuple[str, str]], with_files: bool
) -> Response:
    """The page of whoever answered right while many others of the same network did: a button, after a moment."""
    page = render(
        "question_wait.html",
        Page(title=_("请稍候"), noindex=True),
        seconds=seconds,
        action=_here(),
        hidden=[*hidden, (CHALLENGE, _challenge(form_name, key, answer=None))],
        with_files=with_files,
    )
    answer = make_response(page, TOO_MANY_REQUESTS)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def sentence_of(question: Question) -> str:
    """The question in the reader's language."""
    say = in_words if language() == "zh-CN" else str
    names = ("a", "b", "c", "d")
    return _(SENTENCES[question.family], **dict(zip(names, map(say, question.numbers), strict=False)))


def read_outcome(form_name: str, key: str) -> Outcome:
    """How the question of this form was answered; using it up, right or wrong."""
    try:
        found = _signer().loads(request.form.get(CHALLENGE, ""))
        name, bound, wanted = str(found["i"]), (found["f"], found["k"]), str(found["a"])
        is_old = int(current_services().clock().timestamp()) - int(found["t"]) > GOOD_FOR
    except (BadData, KeyError, TypeError, ValueError):
        return Outcome.NONE
    is_used = not current_budgets().is_first("question", name, seconds=GOOD_FOR)
    if is_used or is_old or bound != (form_name, key) or ANOTHER in request.form:
        return Outcome.NONE
    if not wanted:
        return Outcome.RIGHT
    given = read_answer(request.form.get(ANSWER, ""))
    is_right = given is not None and hmac.compare_digest(_hidden_answer(name, given), wanted)
    return Outcome.RIGHT if is_right else Outcome.WRONG


def _challenge(form_name: str, key: str, *, answer: int | None) -> str:
    name = secrets.token_hex(16)
    hidden = "" if answer is None else _hidden_answer(name, answer)
    now = int(current_services().clock().timestamp())
    return str(_signer().dumps({"i": name, "f": form_name, "k": key, "t": now, "a": hidden}))


def _hidden_answer(name: str, answer: int) -> str:
    """The answer so that only the site can check it."""
    secret = str(current_app.secret_key).encode()
    return hmac.digest(secret, f"greenmine answer|{name}|{answer}".encode(), "sha256").hex()


def _here() -> str:
    return request.full_path.rstrip("?")


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="greenmine question")
