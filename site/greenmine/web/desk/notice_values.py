"""Between what a draft of a notice keeps (a form's values as typed) and the notice it says."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.mine import Level, Library
from greenmine.domain.notice import Attachment, NoticeDraft, objection_terms
from greenmine.domain.notice_kind import NoticeKind
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.reference import Reference
from greenmine.domain.text import N_
from greenmine.web.forms.fields import Typed, formdata
from greenmine.web.forms.notice import NoticeSheet

from .mine_lines import BAR, read_columns, read_lines

_ENTERS: Final[Mapping[NoticeKind, Library]] = {
    NoticeKind.CITY_LIST: Library.CITY,
    NoticeKind.PROVINCE_LIST: Library.PROVINCIAL,
    NoticeKind.NATIONAL_LIST: Library.NATIONAL,
}
_COLUMNS: Final = BAR.join(("序号", "矿山名称", "所在县（市、区）"))
_TERMS: Final = ("forms", "person_parts", "unit_parts", "refused")


def first_values(
    *, kind: NoticeKind, level: Level, region: str, preset: str, reference: Reference, today: date
) -> dict[str, Any]:
    """What a new draft holds: filled from the rule of the books or from an issuer's practice; all of it editable."""
    values: dict[str, Any] = {
        "kind": str(kind),
        "level": str(level),
        "enters": str(_ENTERS.get(kind, "")),
        "first_day": today.isoformat(),
        "columns": _COLUMNS,
    }
    if preset:
        chosen = reference.books.notice_preset(region, preset, today)
        values |= _period_values(chosen.period) | _objection_values(reference, chosen.objection, chosen.region, today)
        values["issuer"] = chosen.issuer if chosen.region == region else ""
        return values | ({"columns": BAR.join(chosen.columns)} if chosen.columns else {})
    try:
        rule = reference.books.notice_rule(region, kind, today)
    except NotFound:
        return values | _period_values(None)
    return values | _period_values(rule.period) | _objection_values(reference, rule.objection, region, today)


def notice_of(values: Typed, *, region: str) -> NoticeDraft:
    """The notice that a draft's values say. Raises BadInput beside its field, for all that the words page refuses."""
    form = NoticeSheet(formdata(values))
    _require_whole(form)
    columns = read_columns(values.get("columns", ""))
    items = read_lines(columns, values.get("lines", ""))
    period = _period(form)
    words = {name: (form[name].data or "").strip() for name in ("title", "issuer", "number", "contact", "source")}
    return NoticeDraft(
        kind=values["kind"],
        level=Level(values["level"]),
        region=region,
        text=(form.text.data or "").strip(),
        columns=columns if items else (),
        items=items,
        attachments=tuple(Attachment(**file) for file in values.get("files", ())),
        enters=Library(form.enters.data) if form.enters.data else None,
        period=period,
        first_day=form.first_day.data if period else None,
        last_day=form.last_day.data if period else None,
        objection=_objection(form, values),
        **words,
    )


def _require_whole(form: NoticeSheet) -> None:
    """A draft is kept as typed, right or wrong: what a field has not understood must never be left out silently."""
    if not form.validate():
        name, sentences = next((name, errors) for name, errors in form.errors.items() if name)
        label = str(form[name].label.text)
        raise BadInput(
            "notice.not_whole", N_("“%(label)s”还需修改：%(why)s"), field=name, label=label, why=str(sentences[0])
        )


def _period(form: NoticeSheet) -> PeriodRule | None:
    if not form.unit.data:
        return None
    return PeriodRule(
        unit=PeriodUnit(form.unit.data),
        days=form.days.data,
        first_day_counted=form.first_day_counted.data,
        rolls_over=form.rolls_over.data,
        cutoff=form.cutoff.data,
    )


def _objection(form: NoticeSheet, values: Typed) -> dict[str, Any]:
    return {
        "rule": values.get("rule", ""),
        "accepted": form.accepted.data,
        "real_name": form.real_name.data,
        **{name: list(form[name].data or []) for name in _TERMS},
    }


def _period_values(period: PeriodRule | None) -> dict[str, Any]:
    if period is None:
        return {"unit": ""}
    return {
        "unit": str(period.unit),
        "days": str(period.days or ""),
        "first_day_counted": period.first_day_counted,
        "rolls_over": period.rolls_over,
        "cutoff": period.cutoff.strftime("%H:%M") if period.cutoff else "",
    }


def _objection_values(reference: Reference, code: str, region: str, today: date) -> dict[str, Any]:
    try:
        return objection_terms(reference.books.objection_rule(region, code, today))
    except NotFound:
        return {}
