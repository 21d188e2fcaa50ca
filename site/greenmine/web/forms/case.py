"""Forms of the desk for cases: one a step. Each says which version of the case was before the officer's eyes."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length, Optional

from greenmine.domain.body import CASE_DEPARTMENTS, HAND_OVER_LABELS, HandOverReason
from greenmine.domain.case import IDENTITY_REASON_LABELS, IdentityReason
from greenmine.domain.complaint import LONGEST_TEXT, OUTCOME_LABELS, Outcome
from greenmine.domain.department import DEPARTMENT_LABELS
from greenmine.domain.error_report import REPORT_OUTCOME_LABELS, ReportOutcome
from greenmine.domain.objection import OBJECTION_OUTCOME_LABELS, ObjectionOutcome
from greenmine.domain.region import Regions
from greenmine.web.i18n import gettext

from .fields import Chosen, needed
from .sheet import Sheet

_LIMIT: Final = Length(max=LONGEST_TEXT, message=_("不能超过%(max)d个字。"))
_CHOSEN: Final = Chosen()


class SeenSheet(Sheet):
    """A step without words."""

    seen_version = HiddenField()

    def seen(self) -> int:
        """The version the form was made from; -1, which no case has, when it does not say."""
        text = self.seen_version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _words(label: Any, sentence: Any, hint: Any) -> TextAreaField:
    return TextAreaField(label, description=hint, validators=[needed(sentence), _LIMIT])


class WordsSheet(SeenSheet):
    """What the person is told with a step."""

    text = _words(
        _("告知内容"),
        _("请写明要告知对方的内容。"),
        _("对方凭编号和查询码可见。不写经办人姓名、他人信息和被投诉单位提供的个人信息。"),
    )


class AskSheet(SeenSheet):
    """What the person is asked."""

    text = _words(
        _("要求补充的内容"),
        _("请写明要告知对方的内容。"),
        _("只问办理必需的情况。提问不影响办理期限。"),
    )


class HandOverSheet(SeenSheet):
    """To whom a case goes, and why."""

    body_region = SelectField(
        _("转往地区"),
        description=_("只能在本省内转办。"),
        validators=[needed(_("请选择地区")), _CHOSEN],
        validate_choice=False,
    )
    department = SelectField(_("转往部门"), validators=[needed(_("请选择部门")), _CHOSEN], validate_choice=False)
    reason = RadioField(_("转办理由"), validators=[needed(_("请选择转办理由")), _CHOSEN], validate_choice=False)
    text = _words(
        _("告知内容"),
        _("请写明要告知对方的内容。"),
        _("告诉对方此件转往何处、为什么。期限不因转办而延长。"),
    )

    def offer(self, regions: Regions, *, own: str, accused: str | None) -> None:
        """Offer the bodies of the province, not those complained of."""
        province = f"{own[:2]}0000"
        codes = [province, *(region.code for region in regions.within(province))]
        places = [(code, regions.path_name(code)) for code in dict.fromkeys(codes) if code != accused]
        self.body_region.choices = [SelectChoice("", gettext("请选择")), *(SelectChoice(*place) for place in places)]
        self.department.choices = [SelectChoice("", gettext("请选择")), *_choices(CASE_DEPARTMENTS, DEPARTMENT_LABELS)]
        self.reason.choices = list(_choices(HandOverReason, HAND_OVER_LABELS))


class AnswerSheet(SeenSheet):
    """The answer to a complaint."""

    outcome = RadioField(_("办理结果"), validators=[needed(_("请选择办理结果")), _CHOSEN], validate_choice=False)
    text = _words(
        _("答复内容"),
        _("请写明答复内容。"),
        _("写明查明的事实、处理结果和依据。本答复只发给来件人，不公开。"),
    )
    outcomes: Mapping[Any, str] = OUTCOME_LABELS
    kind: type[StrEnum] = Outcome

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.outcome.choices = list(_choices(self.kind, self.outcomes))


class ObjectionAnswerSheet(AnswerSheet):
    """The answer to an objection."""

    outcomes = OBJECTION_OUTCOME_LABELS
    kind = ObjectionOutcome


class ReportAnswerSheet(AnswerSheet):
    """The answer to a reported error: corrected by which act, or none."""

    outcomes = REPORT_OUTCOME_LABELS
    kind = ReportOutcome
    act = SelectField(
        _("哪一次更正"),
        description=_("已更正的，选择收到纠错之后的那次更正；还没有更正的，先打开该记录更正，再回来答复。"),
        validators=[Optional(), _CHOSEN],
        validate_choice=False,
    )

    def offer(self, acts: Iterable[tuple[int, str]]) -> None:
        """Offer the corrections made since: number of the act, and what it did in words."""
        corrections = [SelectChoice(str(number), words) for number, words in acts]
        self.act.choices = [SelectChoice("", gettext("没有更正")), *corrections]

    def corrected_by(self) -> int | None:
        """Number of the act that was chosen."""
        text = self.act.data or ""
        return int(text) if text.isascii() and text.isdigit() else None


class IdentitySheet(Sheet):
    """Why an identity is looked at."""

    reason = RadioField(_("事由"), validators=[needed(_("请选择事由")), _CHOSEN], validate_choice=False)
    words = TextAreaField(
        _("具体理由"),
        description=_("写明为什么不看身份就不能办理。理由密封保存，供监督检查。"),
        validators=[needed(_("请写明查看身份的理由。")), _LIMIT],
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.reason.choices = list(_choices(IdentityReason, IDENTITY_REASON_LABELS))


def _choices(members: Iterable[Any], labels: Mapping[Any, str]) -> Iterable[SelectChoice]:
    return [SelectChoice(str(member), gettext(labels[member])) for member in members]
