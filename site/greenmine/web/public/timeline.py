"""Public acts told in sentences: one function per kind. Bodies that law has removed are told without their words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from greenmine.domain.act.log import LOG_KINDS
from greenmine.domain.document_removal import REMOVAL_GROUND_LABELS, RemovalGround
from greenmine.domain.ground import CREDIT_LEVEL_LABELS, CreditLevel
from greenmine.domain.mine import LEVEL_LABELS, LIBRARY_LABELS, Level, Library
from greenmine.domain.noun import ENTRY, NOTICE, public_address
from greenmine.domain.reference import Reference
from greenmine.store.act import ActRow
from greenmine.web.act_words import act_step, act_title, bare, sentences
from greenmine.web.formats import Tone
from greenmine.web.formats import day as day_words
from greenmine.web.i18n import gettext as _
from greenmine.web.parts import Step
from greenmine.web.places import place_name
from greenmine.web.public.mine_words import FACT_LABELS, fact_words
from greenmine.web.public.notice_words import kind_word
from greenmine.web.public.removal import ground_of


@dataclass(frozen=True)
class Hearer:
    """What the telling needs: reference data, and the mine on whose page it is told (number and region)."""

    reference: Reference
    mine: str = ""
    region: str = "000000"


@dataclass(frozen=True)
class Told:
    """What happened, in a heading and a sentence or two."""

    title: str
    text: str = ""
    href: str = ""
    tone: Tone = Tone.PLAIN


Teller = Callable[[ActRow, Hearer], Told]


def steps_of(acts: Iterable[ActRow], hearer: Hearer) -> tuple[Step, ...]:
    """The acts as steps of a timeline, in the order given."""
    return tuple(_step(act, hearer) for act in acts)


def told(act: ActRow, hearer: Hearer) -> Told:
    """One act in words."""
    return TELLERS[act.kind](act, hearer)


def _step(act: ActRow, hearer: Hearer) -> Step:
    words = told(act, hearer)
    return act_step(act, hearer.reference.regions, title=words.title, text=words.text, tone=words.tone, href=words.href)


def _registered(act: ActRow, hearer: Hearer) -> Told:
    place = place_name(hearer.reference.regions, act.fact("region"))
    return Told(_("登记"), sentences(_("所在地：%(place)s", place=place), _said(act, "source", _("来源：%(words)s"))))


def _changed(act: ActRow, hearer: Hearer) -> Told:
    body = act.body or {}
    new = {**(act.fact("set") or {}), **body.get("changes", {})}
    parts = [
        _(
            "%(field)s改为“%(value)s”",
            field=_(FACT_LABELS[name]),
            value=fact_words(name, value, hearer.reference.regions) or _("（空）"),
        )
        for name, value in new.items()
    ]
    parts += [_("删去%(field)s", field=_(FACT_LABELS[name])) for name in act.fact("cleared") or ()]
    return Told(_("更正信息"), sentences(_("；").join(parts), _said(act, "reason", _("理由：%(words)s"))))


def _listed(act: ActRow, _hearer: Hearer) -> Told:
    title = _("纳入%(library)s", library=_(LIBRARY_LABELS[Library(act.fact("library"))]))
    return Told(
        title,
        sentences(
            _said(act, "batch_name", _("批次：%(words)s")),
            _said(act, "decision_no", _("文号：%(words)s")),
            _said(act, "organ", _("机关：%(words)s")),
        ),
        NOTICE.page(act.fact("notice")) if act.fact("notice") else "",
        Tone.OK,
    )


def _notice_published(act: ActRow, _hearer: Hearer) -> Told:
    last = act.fact("last_day")
    until = _("公示至%(day)s", day=day_words(date.fromisoformat(last))) if last else ""
    title = _("列入%(kind)s", kind=kind_word(act.fact("notice_kind")))
    return Told(title, sentences(_said(act, "title", "%(words)s"), until), public_address(act.object), Tone.OPEN)


def _notice_corrected(act: ActRow, _hearer: Hearer) -> Told:
    return Told(_("公示公告更正"), sentences(_said(act, "reason", _("理由：%(words)s"))), public_address(act.object))


def _notice_recounted(act: ActRow, _hearer: Hearer) -> Told:
    last = day_words(date.fromisoformat(act.fact("last_day")))
    return Told(_("公示期重新计算"), _("工作日历公布后重新计算，公示至%(day)s。", day=last), public_address(act.object))


def _notice_closed(act: ActRow, hearer: Hearer) -> Told:
    result = _said(act, "result", _("结果：%(words)s"))
    if hearer.mine in act.fact("dropped"):
        why = str((act.body or {}).get("reasons", {}).get(hearer.mine, ""))
        reason = _("理由：%(words)s", words=bare(why)) if why else ""
        return Told(_("公示结束，未纳入"), sentences(reason, result), public_address(act.object), Tone.BAD)
    if hearer.mine in act.fact("listed"):
        return Told(_("公示结束，通过"), sentences(result), public_address(act.object), Tone.OK)
    return Told(_("公示办结"), sentences(result), public_address(act.object))


def _notice_withdrawn(act: ActRow, _hearer: Hearer) -> Told:
    return Told(
        _("公示公告撤回"), sentences(_said(act, "reason", _("理由：%(words)s"))), public_address(act.object), Tone.BAD
    )


def _removal_proposed(act: ActRow, hearer: Hearer) -> Told:
    title = _("拟移出%(level)s名录", level=_(LEVEL_LABELS[Level(act.fact("level"))]))
    reason = _said(act, "reason", _("事实和理由：%(words)s"))
    return Told(
        title,
        sentences(_ground(act, hearer), reason, _("尚待另一名经办人员决定")),
        public_address(act.object),
        Tone.OPEN,
    )


def _removal_decided(act: ActRow, hearer: Hearer) -> Told:
    level = _(LEVEL_LABELS[Level(act.fact("level"))])
    removed = act.fact("outcome") == "removed"
    title = _("移出%(level)s名录", level=level) if removed else _("决定不移出%(level)s名录", level=level)
    until = act.fact("rectify_until")
    return Told(
        title,
        sentences(
            _ground(act, hearer, judged=removed),
            _said(act, "organ", _("决定机关：%(words)s")),
            _said(act, "decision_no", _("文号：%(words)s")),
            _said(act, "reason", _("理由：%(words)s")),
            _("可在%(day)s前整改", day=day_words(date.fromisoformat(until))) if until and removed else "",
        ),
        public_address(act.object),
        (Tone.BAD if act.fact("adverse") else Tone.PLAIN) if removed else Tone.OK,
    )


def _credit_added(act: ActRow, _hearer: Hearer) -> Told:
    """No name: it may have to vanish before this page does."""
    level = _(CREDIT_LEVEL_LABELS[CreditLevel(act.fact("register"))])
    until = day_words(date.fromisoformat(act.fact("until")))
    return Told(
        _("列入失信信息"),
        _("%(level)s，公示至%(day)s前一日。", level=level, day=until),
        public_address(act.object),
        Tone.BAD,
    )


def _credit_ended(act: ActRow, _hearer: Hearer) -> Told:
    why = _("公示期满") if act.fact("reason") == "term" else _("决定撤销")
    return Told(_("失信信息停止公示"), sentences(why), public_address(act.object))


def _content_published(act: ActRow, _hearer: Hearer) -> Told:
    return Told(_("发布文章"), sentences(_said(act, "title", _("《%(words)s》"))), public_address(act.object))


def _content_changed(act: ActRow, _hearer: Hearer) -> Told:
    note = _said(act, "note", _("说明：%(words)s"))
    return Told(_("更正文章"), sentences(_said(act, "title", _("《%(words)s》")), note), public_address(act.object))


def _content_withdrawn(act: ActRow, _hearer: Hearer) -> Told:
    return Told(
        _("撤下文章"), sentences(_said(act, "reason", _("理由：%(words)s"))), public_address(act.object), Tone.BAD
    )


def _calendar_published(act: ActRow, _hearer: Hearer) -> Told:
    first, last = (day_words(date.fromisoformat(act.fact(name))) for name in ("first", "last"))
    return Told(act_title(act.kind), _("自%(first)s至%(last)s。", first=first, last=last))


def _book_published(act: ActRow, hearer: Hearer) -> Told:
    place = place_name(hearer.reference.regions, act.fact("region"))
    since = day_words(date.fromisoformat(act.fact("from")))
    words = _("%(place)s，自%(day)s起施行", place=place, day=since)
    return Told(act_title(act.kind), sentences(_said(act, "title", "%(words)s"), words))


def _log_act(act: ActRow, _hearer: Hearer) -> Told:
    """What the log says of itself; its entry is the whole story."""
    return Told(act_title(act.kind), _LOG_WORDS[act.kind](act), ENTRY.page(act.n))


def _removed_words(act: ActRow) -> str:
    ground = _(REMOVAL_GROUND_LABELS[RemovalGround(act.fact("ground"))])
    return _("依据：%(ground)s。文件不再提供，校验值%(sha256)s保留。", ground=ground, sha256=act.fact("document"))


_LOG_WORDS: Final[Mapping[str, Callable[[ActRow], str]]] = {
    "complaint.batch": lambda act: _(
        "%(day)s受理的投诉，共%(n)s个校验值，按大小排序，含随机补位，不反映件数。",
        day=day_words(date.fromisoformat(act.fact("day"))),
        n=len(act.fact("commitments")),
    ),
    "document.removed": _removed_words,
    "record.erased": lambda act: _("校验值%(sha256)s对应的个人信息已删除，校验值保留。", sha256=act.fact("commitment")),
    "key.rotated": lambda act: _("密钥%(old)s更换为%(new)s，并行签名30日。", old=act.fact("old"), new=act.fact("new")),
    "checkpoint.recovered": lambda act: _("从备份恢复后，自第%(n)s条之后继续记录。", n=act.fact("size")),
}


TELLERS: Final[Mapping[str, Teller]] = {
    "mine.registered": _registered,
    "mine.changed": _changed,
    "directory.listed": _listed,
    "notice.published": _notice_published,
    "notice.corrected": _notice_corrected,
    "notice.recounted": _notice_recounted,
    "notice.closed": _notice_closed,
    "notice.withdrawn": _notice_withdrawn,
    "removal.proposed": _removal_proposed,
    "removal.decided": _removal_decided,
    "credit.added": _credit_added,
    "credit.ended": _credit_ended,
    "content.published": _content_published,
    "content.changed": _content_changed,
    "content.withdrawn": _content_withdrawn,
    "calendar.published": _calendar_published,
    "book.published": _book_published,
    **{kind.name: _log_act for kind in LOG_KINDS},
}
"""A test requires every kind of act here."""


def _said(act: ActRow, name: str, frame: str) -> str:
    """A text of the body in its frame (translated, with ``%(words)s``); empty when it says nothing."""
    words: Any = (act.body or {}).get(name)
    return frame.replace("%(words)s", bare(str(words))) if words else ""


def _ground(act: ActRow, hearer: Hearer, *, judged: bool = True) -> str:
    """``judged`` False: the ground was alleged and refused, so nothing is said of its nature."""
    found = ground_of(hearer.reference, hearer.region, act.fact("ground"), date.fromisoformat(act.valid_from))
    if not judged:
        return _("提出的情形：%(ground)s", ground=_(found.name) if found else act.fact("ground"))
    kind = _("不利移出") if act.fact("adverse") else _("中性移出，不是否定评价")
    name = _(found.name) if found else act.fact("ground")
    return _("情形：%(ground)s（%(kind)s）", ground=name, kind=kind)
