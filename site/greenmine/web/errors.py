"""What a reader sees when a page cannot be shown: one status per kind of error, and a way onward.

Logs hold an error id, the kind, the endpoint and lines of our code; never an address, a value or a
person. Only the demonstration site, whose data are invented, also logs the error's own words.
"""

import logging
import secrets
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Flask, Response, make_response, request
from flask.typing import ResponseReturnValue
from flask_limiter.errors import RateLimitExceeded
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from greenmine.domain import errors as kinds
from greenmine.domain.errors import GreenmineError
from greenmine.domain.text import N_
from greenmine.web.context import current_settings
from greenmine.web.forms.sheet import said
from greenmine.web.i18n import gettext as _
from greenmine.web.page import Page, render
from greenmine.web.paging import PageBeyond

LOG: Final = logging.getLogger("greenmine.web")

STATUS: Final[Mapping[type[GreenmineError], int]] = {
    kinds.BadInput: 400,
    kinds.NotFound: 404,
    kinds.NotAllowed: 403,
    kinds.RuleBroken: 409,
    kinds.Conflict: 409,
    kinds.Gone: 410,
    kinds.TooMany: 429,
    kinds.Unready: 503,
}
"""A test requires every kind here."""


@dataclass(frozen=True)
class Help:
    """The words of an error page: what happened, and what the reader can do now."""

    title: str
    what: str
    then: tuple[str, ...]


HELP: Final[Mapping[int, Help]] = {
    400: Help(
        N_("请求无法受理"),
        N_("网站没有看懂这次请求，内容未被保存。"),
        (N_("请返回上一页，检查后重新提交。"), N_("如果是从别处复制的网址，请核对是否完整。")),
    ),
    403: Help(
        N_("无权访问"),
        N_("这个页面或操作只对特定人员开放。"),
        (N_("公开信息无需登录，可从下面的栏目进入。"), N_("工作人员请确认登录账号的岗位和辖区。")),
    ),
    404: Help(
        N_("没有找到页面"),
        N_("网址可能有误，或者页面已经调整。"),
        (
            N_("请检查网址是否完整。"),
            N_("可用页面上方的搜索框查找矿山、企业或文号。"),
            N_("已公布的内容不会无故消失；依法移除的，原网址会说明依据。"),
        ),
    ),
    405: Help(
        N_("不能这样访问"),
        N_("这个网址不接受这种访问方式。"),
        (N_("请从下面的栏目重新进入。"),),
    ),
    409: Help(
        N_("未能办理"),
        N_("情况已有变化，或者现行规定不允许这一步。您填写的内容没有生效。"),
        (N_("请返回上一页，刷新后查看最新情况再办理。"),),
    ),
    410: Help(
        N_("内容已依法移除"),
        N_("这里曾经公布过内容，现已依法移除。"),
        (N_("移除这一行为本身已经留痕，可以核验。"),),
    ),
    413: Help(
        N_("提交的内容过大"),
        N_("文件或文字超过了网站能够接收的大小，内容未被保存。"),
        (N_("请返回上一页，压缩照片或减少附件后再提交。"),),
    ),
    429: Help(
        N_("操作过于频繁"),
        N_("为保证所有人都能使用，短时间内的访问次数有上限。"),
        (N_("请稍等片刻再试。"), N_("需要大量数据时，请使用列表页的下载功能。")),
    ),
    500: Help(
        N_("网站出现错误"),
        N_("这是网站的问题，不是您的操作有误。本次操作没有生效。"),
        (N_("请稍后重试。"), N_("如反复出现，请把下面的错误编号告诉网站管理人员。")),
    ),
    503: Help(
        N_("暂时不能办理"),
        N_("网站此刻无法完成这项操作，没有作出任何改动。"),
        (N_("请稍后重试；已公布的内容仍可查阅。"),),
    ),
}

STALE_FORM: Final = N_("页面打开时间过长、浏览器未保存本站 Cookie，或请求并非由本站页面发出。")


def init_errors(app: Flask) -> None:
    """Answer our kinds of error, those of HTTP, and whatever nobody foresaw."""
    app.register_error_handler(GreenmineError, answer_refusal)
    app.register_error_handler(PageBeyond, _answer_beyond)
    app.register_error_handler(HTTPException, _answer_http)
    app.register_error_handler(Exception, _answer_unforeseen)


def error_page(status: int, *, sentence: str = "", error_id: str = "") -> Response:
    """The help page of a status; ``sentence`` (translated) says what happened better than its own words.

    A status without words of its own is explained with those of its class (415 with those of 400).
    """
    text = HELP.get(status) or HELP[400 if status < 500 else 500]
    page = Page(title=_(text.title), noindex=True)
    body = render(
        "error.html",
        page,
        status=status,
        what=sentence or _(text.what),
        then=[_(each) for each in text.then],
        error_id=error_id,
    )
    return make_response(body, status)


def status_of(error: GreenmineError) -> int:
    """The status of an error's kind; a narrower error (DraftMoved) has that of the kind it belongs to."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer_refusal(error: GreenmineError) -> ResponseReturnValue:
    """The page of a refusal that no form shows."""
    return with_wait(error_page(status_of(error), sentence=said(error)), error)


def _answer_beyond(error: PageBeyond) -> ResponseReturnValue:
    """The ways to the pages that the list has."""
    page = Page(title=_("没有这一页"), section=error.path, noindex=True)
    body = render("beyond.html", page, what=said(error), last=error.last, first=error.first)
    return make_response(body, status_of(error))


def with_wait(response: Response, error: GreenmineError) -> Response:
    """The answer, saying how long to wait where the refusal knows."""
    wait = error.params.get("retry_after")
    if isinstance(wait, int):
        response.headers["Retry-After"] = str(wait)
    return response


def _answer_http(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or error.code is None or error.code < 400:
        return error.get_response()
    if error.code >= 500:
        return _answer_unforeseen(error)
    response = error_page(error.code)
    for name, value in error.get_headers():
        if name in ("Allow", "Retry-After"):
            response.headers[name] = value
    if isinstance(error, RateLimitExceeded) and error.limit is not None:
        response.headers["Retry-After"] = str(error.limit.limit.get_expiry())
    return response


def _answer_unforeseen(error: Exception) -> ResponseReturnValue:
    error_id = secrets.token_hex(4).upper()
    _log(error, error_id)
    try:
        return error_page(500, error_id=error_id)
    except Exception as second:  # the frame itself is broken: say it without a frame
        _log(second, error_id)
        return _bare_page(error_id)


def _bare_page(error_id: str) -> Response:
    """The last resort: no template, no catalogue, no settings."""
    title = escape(HELP[500].title)
    html = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><h1>{title}</h1><p>{escape(HELP[500].what)}</p><p>错误编号：{escape(error_id)}</p></body></html>"
    )
    return Response(html, 500, mimetype="text/html")


def _log(error: Exception, error_id: str) -> None:
    where = request.endpoint or "-"
    if current_settings().is_demo:
        LOG.error("error %s at %s", error_id, where, exc_info=error)
    else:
        LOG.error("error %s at %s: %s", error_id, where, _trail(error))


def _trail(error: BaseException) -> str:
    """Kinds and lines of code, cause first, without the errors' words: those may hold what a person typed."""
    cause = error.__cause__ or error.__context__
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    own = f"{type(error).__name__} [{' < '.join(reversed(lines))}]"
    return f"{_trail(cause)} then {own}" if cause is not None else own
