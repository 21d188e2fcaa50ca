"""The bodies that answer cases: a region's department, found by the class of risk and the place.

Source: GO-18 (贵州实施意见 三(六), four classes of risk); 信访工作条例 18, 22 (an accusation is not passed to the
accused; what is misdirected is passed on).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput
from greenmine.domain.region import COUNTRY, Regions
from greenmine.domain.text import N_


class RiskClass(StrEnum):
    """The four classes of risk that the appeal-response mechanism names (GO-18)."""

    ENVIRONMENT = "environment"  # 环境
    HEALTH = "health"  # 健康
    SAFETY = "safety"  # 安全
    SOCIAL = "social"  # 社会


class HandOverReason(StrEnum):
    """Why a case goes to another body."""

    OTHER_PLACE = "other_place"  # 不属本辖区
    OTHER_DUTY = "other_duty"  # 不属本部门职责
    CONFLICT = "conflict"  # 涉及本机关，应当回避
    HIGHER_LEVEL = "higher_level"  # 需由上级机关办理


RISK_LABELS: Final[Mapping[RiskClass, str]] = {
    RiskClass.ENVIRONMENT: N_("环境"),
    RiskClass.HEALTH: N_("健康"),
    RiskClass.SAFETY: N_("安全"),
    RiskClass.SOCIAL: N_("社会"),
}
HAND_OVER_LABELS: Final[Mapping[HandOverReason, str]] = {
    HandOverReason.OTHER_PLACE: N_("不属本辖区"),
    HandOverReason.OTHER_DUTY: N_("不属本部门职责"),
    HandOverReason.CONFLICT: N_("涉及本机关，应当回避"),
    HandOverReason.HIGHER_LEVEL: N_("需由上级机关办理"),
}

COMPETENT: Final[Mapping[RiskClass, Department]] = {
    RiskClass.ENVIRONMENT: Department.ECOLOGY,
    RiskClass.HEALTH: Department.HEALTH,
    RiskClass.SAFETY: Department.EMERGENCY,
    RiskClass.SOCIAL: Department.NATURAL_RESOURCES,
}
"""Who is competent for a class of risk; social risk belongs to whoever leads the green-mine work (GO-18)."""

CASE_DEPARTMENTS: Final = tuple(each for each in Department if each in COMPETENT.values())
"""Departments that answer cases: those competent for a class of risk, in their order."""


@dataclass(frozen=True)
class Body:
    """A region's department.

    :param region: six-digit code
    """

    region: str
    department: Department

    @property
    def code(self) -> str:
        """``<region>/<department>``, as the journal writes it."""
        return f"{self.region}/{self.department}"


def competent_body(risk: RiskClass, *, region: str, conflict: bool, regions: Regions) -> Body:
    """The body that must answer: the county's department, or the one a level up when the county is complained of.

    :param region: code of the county (or the special area) where it happened
    Raises BadInput ``case.region_unknown`` for a code that is no county of ours.
    """
    found = regions.find(region)
    if found is None or regions.children(region) or region == COUNTRY:
        raise BadInput("case.region_unknown", N_("请选择事情发生的县（市、区）。"), field="region")
    return level_up(Body(region, COMPETENT[risk]), regions=regions) if conflict else Body(region, COMPETENT[risk])


def level_up(body: Body, *, regions: Regions) -> Body:
    """The same department a level higher; a province's own stays with the province."""
    found = regions.find(body.region)
    above = found.parent if found is not None else None
    return body if above in (None, COUNTRY) else Body(str(above), body.department)


def require_hand_over(sender: Body, receiver: Body, *, regions: Regions, accused: str | None = None) -> None:
    """Raise BadInput unless the case may go there: a body of the same province that answers cases, another than the
    sender, not the accused one.

    :param accused: code of the county whose own bodies are complained of, None for none
    Source: 信访工作条例 22, 23 (passed on to the body that is competent), 18, 30 (never to the accused).
    """
    known = regions.find(receiver.region)
    if known is None or receiver.region == COUNTRY or receiver.region[:2] != sender.region[:2]:
        raise BadInput("case.receiver_unknown", N_("请选择本省的承办机关。"), field="body_region")
    if receiver.department not in CASE_DEPARTMENTS:
        raise BadInput("case.receiver_department", N_("这个部门不办理来件，请另选部门。"), field="department")
    if sender == receiver:
        raise BadInput("case.receiver_same", N_("案件已在这个机关，请选择另一个机关。"), field="body_region")
    if receiver.region == accused:
        raise BadInput("case.receiver_accused", N_("此件涉及该地机关，不得转给被投诉的机关办理。"), field="body_region")
