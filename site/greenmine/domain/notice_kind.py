"""Kinds of notice, as real issuers publish them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_


class NoticeKind(StrEnum):
    """What a notice is for. 公示 invites objections before a decision; 公告 makes a decision known."""

    COUNTY_CHECK = "county_check"  # 县级核查意见公示 (ZJ-11)
    CITY_LIST = "city_list"  # 市级名单公示
    PROVINCE_LIST = "province_list"  # 省级名单公示 (ZJ-13)
    NATIONAL_LIST = "national_list"  # 国家级名单公示
    NATIONAL_RECOMMENDATION = "national_recommendation"  # 推荐公示
    PILOT = "pilot"  # 试点公示
    LIBRARY_ENTRY = "library_entry"  # 入库公告
    LISTING = "listing"  # 名录公告
    REMOVAL = "removal"  # 移出公告
    SPOT_CHECK = "spot_check"  # 抽查公告
    EXPOSURE = "exposure"  # 公开曝光
    ZONE = "zone"  # 示范区公告
    CLOSURE = "closure"  # 关闭通告
    RESERVE = "reserve"  # 储备公告


NOTICE_KIND_LABELS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.COUNTY_CHECK: N_("县级核查意见公示"),
    NoticeKind.CITY_LIST: N_("市级名单公示"),
    NoticeKind.PROVINCE_LIST: N_("省级名单公示"),
    NoticeKind.NATIONAL_LIST: N_("国家级名单公示"),
    NoticeKind.NATIONAL_RECOMMENDATION: N_("推荐公示"),
    NoticeKind.PILOT: N_("试点公示"),
    NoticeKind.LIBRARY_ENTRY: N_("入库公告"),
    NoticeKind.LISTING: N_("名录公告"),
    NoticeKind.REMOVAL: N_("移出公告"),
    NoticeKind.SPOT_CHECK: N_("抽查公告"),
    NoticeKind.EXPOSURE: N_("公开曝光"),
    NoticeKind.ZONE: N_("示范区公告"),
    NoticeKind.CLOSURE: N_("关闭通告"),
    NoticeKind.RESERVE: N_("储备公告"),
}

OPEN_TO_OBJECTION: Final = frozenset(
    {
        NoticeKind.COUNTY_CHECK,
        NoticeKind.CITY_LIST,
        NoticeKind.PROVINCE_LIST,
        NoticeKind.NATIONAL_LIST,
        NoticeKind.NATIONAL_RECOMMENDATION,
        NoticeKind.PILOT,
    }
)
"""The 公示: they must carry a period, and what they announce waits for its end."""
