"""Wordings an officer may begin a message with: chosen, then made to fit. What must be filled in stands in 【】.

Ours, not a copy of any form. Sources: 信访工作条例 22 (told in writing whether it is taken on, and why not), 23 (to
whom it was passed), 34 (extended, with the reason; answered with facts, ground and the way to a review).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.domain.case import CaseKind, Step
from greenmine.domain.errors import BadInput
from greenmine.domain.text import N_

_BLANK: Final = re.compile(r"【[^【】]*】")


@dataclass(frozen=True)
class Reply:
    """One wording.

    :param code: as the address names it
    :param text: with ``%(body)s`` (who answers) and ``%(due)s`` (last day of what the step begins), and 【】 to fill in
    """

    code: str
    title: str
    text: str


_REVIEW: Final = N_(
    "如对本答复不服，可自收到之日起30日内向上一级机关请求复查。您也可以凭编号和查询码在网站上继续补充情况。"
)
_ACCEPT: Final = (
    Reply(
        "accepted",
        N_("予以受理"),
        N_("您反映的事项由%(body)s受理。我们将在%(due)s前办结并书面答复；需要您补充材料的，会在此告知。"),
    ),
    Reply(
        "accepted_visit",
        N_("予以受理，将到现场核查"),
        N_(
            "您反映的事项由%(body)s受理，拟于【时间】到现场核查。我们将在%(due)s前办结并书面答复。"
            "核查时不会向被投诉单位透露您的任何信息。"
        ),
    ),
)
_DECLINE: Final = (
    Reply(
        "declined_duty",
        N_("不属于本机关职责"),
        N_("您反映的【事项】不属于%(body)s职责范围，依照【依据】不予受理。请向【有权机关】提出。"),
    ),
    Reply(
        "declined_court",
        N_("应当通过诉讼、仲裁、行政复议解决"),
        N_("您反映的【事项】依法应当通过【诉讼、仲裁或者行政复议】解决，本机关不予受理。请依法向【机关】提出。"),
    ),
    Reply(
        "declined_same",
        N_("已在办理或者已有处理意见"),
        N_("您反映的事项已由【机关】【正在办理或者于某日作出处理意见】，不再重复受理。"),
    ),
)
_ASK: Final = (
    Reply(
        "ask_place",
        N_("请补充具体位置和时间"),
        N_("为便于核查，请补充：具体位置（附近的道路、标志物）、发生的时间段。不便说明的可以不答，办理期限不受影响。"),
    ),
    Reply(
        "ask_evidence",
        N_("请补充照片或者其他材料"),
        N_("为便于核查，请补充能够说明情况的照片、录像或者其他材料。没有的可以不交，办理期限不受影响。"),
    ),
)
_HAND_OVER: Final = (
    Reply(
        "passed_on",
        N_("已转交有权机关"),
        N_("您反映的事项由更适合办理的机关办理，我们已将此件转交。原定期限不变，由接收机关继续办理并答复。"),
    ),
)
_EXTEND: Final = (
    Reply(
        "extended",
        N_("情况复杂，延长期限"),
        N_("因【检测、鉴定等具体理由】，经批准，您反映事项的办理期限延长至%(due)s。给您带来不便，请谅解。"),
    ),
)
_ANSWER: Final = (
    Reply(
        "confirmed",
        N_("情况属实，已责令整改"),
        N_(
            "经核查，您反映的【问题】属实。\n核查情况：【时间、方式、查明的事实】。\n"
            "处理结果：依据【规定】，已责令【单位】于【日期】前【整改内容】，我们将跟踪复查。\n"
        )
        + _REVIEW,
    ),
    Reply(
        "partly",
        N_("部分属实"),
        N_(
            "经核查，您反映的【问题】属实，【问题】未查证属实。\n核查情况：【时间、方式、查明的事实】。\n"
            "处理结果：依据【规定】，【处理内容】。\n"
        )
        + _REVIEW,
    ),
    Reply(
        "unfounded",
        N_("未查证属实"),
        N_("经核查，未发现您反映的【问题】。\n核查情况：【时间、方式、查明的事实】。\n如有新的线索或者材料，请补充。\n")
        + _REVIEW,
    ),
)
_OBJECTION: Final = (
    Reply("upheld", N_("异议成立"), N_("经核查，您对公示提出的异议成立。\n理由：【事实和依据】。\n处理：【内容】。")),
    Reply("not_upheld", N_("异议不成立"), N_("经核查，您对公示提出的异议不成立。\n理由：【事实和依据】。")),
)
_REPORT: Final = (
    Reply("corrected", N_("已更正"), N_("您指出的错误属实，我们已经更正，更正内容可在该页面查看。谢谢您的指正。")),
    Reply("no_error", N_("经核实无误"), N_("经核实，该页面的内容与【依据文件】一致，未作更改。理由：【说明】。")),
)

_OF_STEP: Final[Mapping[Step, tuple[Reply, ...]]] = {
    Step.ACCEPT: _ACCEPT,
    Step.DECLINE: _DECLINE,
    Step.ASK: _ASK,
    Step.HAND_OVER: _HAND_OVER,
    Step.EXTEND: _EXTEND,
}
_OF_KIND: Final[Mapping[CaseKind, tuple[Reply, ...]]] = {
    CaseKind.COMPLAINT: _ANSWER,
    CaseKind.OBJECTION: _OBJECTION,
    CaseKind.REPORT: _REPORT,
}


def replies(kind: CaseKind, step: Step) -> tuple[Reply, ...]:
    """The wordings for a step of a case of this kind, empty where there are none."""
    return _OF_KIND[kind] if step is Step.ANSWER else _OF_STEP.get(step, ())


def require_filled(text: str, *, field: str = "text") -> None:
    """Raise BadInput when a blank of a wording still waits to be filled in."""
    if found := _BLANK.search(text):
        raise BadInput(
            "case.blank_left",
            N_("“%(blank)s”还没有填写，请改为具体内容，或者删去。"),
            field=field,
            blank=found.group()[:40],
        )
