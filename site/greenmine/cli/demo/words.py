"""The words of the demonstration: notices, reasons and articles, all invented and short."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from greenmine.domain.notice_kind import NoticeKind

DEMO: Final = "（演示数据）"

NOTICE_TEXTS: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.COUNTY_CHECK: (
        "经组织现场核查，以下矿山的绿色矿山建设情况与自评报告相符，现将核查意见予以公示。\n\n"
        "公示期内，单位和个人对核查意见有异议的，请按本公示载明的方式书面反映，并说明事实依据。"
    ),
    NoticeKind.PROVINCE_LIST: (
        "经县级核查、市级汇总和省级审核，拟将以下矿山纳入省级绿色矿山名录，现予公示。\n\n"
        "公示期满无异议的，按程序纳入名录并向社会公布。"
    ),
    NoticeKind.NATIONAL_RECOMMENDATION: (
        "经遴选，拟推荐以下矿山参加国家级绿色矿山评价，现予公示。\n\n对推荐名单有异议的，请在公示期内反映。"
    ),
    NoticeKind.CITY_LIST: "拟将以下矿山列入市级绿色矿山培育名单，现公开征求意见并予公示。",
    NoticeKind.LIBRARY_ENTRY: "以下矿山已提交绿色矿山建设规划和承诺书，自即日起列入绿色矿山创建库。",
    NoticeKind.REMOVAL: (
        "经核实，以下矿山不再符合绿色矿山名录管理要求，决定移出名录。移出后不得继续使用绿色矿山称号和标牌。"
    ),
}

NOTICE_TITLES: Final[Mapping[NoticeKind, str]] = {
    NoticeKind.COUNTY_CHECK: "{place}{year}年绿色矿山现场核查意见公示",
    NoticeKind.PROVINCE_LIST: "{place}{year}年{half}拟纳入省级绿色矿山名录名单公示",
    NoticeKind.NATIONAL_RECOMMENDATION: "{place}{year}年推荐国家级绿色矿山名单公示",
    NoticeKind.CITY_LIST: "{place}{year}年市级绿色矿山培育名单公示",
    NoticeKind.LIBRARY_ENTRY: "{place}{year}年绿色矿山创建库入库公告",
    NoticeKind.REMOVAL: "关于将部分矿山移出绿色矿山名录的公告",
}

DROPPED: Final = (
    "公示期内收到反映，经核查边坡治理尚未完成，暂不纳入。",
    "安全生产许可证正在办理延续，取得后再行公布。",
    "自评材料与现场情况不一致，退回县级重新核查。",
)

REMOVAL_REASONS: Final[Mapping[str, str]] = {
    "standard_not_met": "抽查发现废水处理设施停用，绿化面积减少，已达不到建设标准。",
    "long_term_stop": "矿山连续停产超过两年，名录条件不再具备。",
    "report_proven": "群众举报夜间扬尘扰民，经现场核查属实。",
    "fraud": "自评报告中的综合利用数据与台账不符，经核实为虚报。",
    "serious_violation": "存在越界开采行为，主管部门已依法作出处理决定。",
    "larger_accident": "发生较大生产安全事故，事故调查报告已经批复。",
    "rectification_failed": "限期整改期满，复核仍不合格。",
    "mine_closed": "矿山已完成闭坑，采矿许可证已注销。",
    "reserves_exhausted": "可采储量已经采完，矿山转入生态修复。",
    "voluntary_exit": "企业因经营调整，书面申请退出名录。",
}

CORRECTIONS: Final = (
    "许可证延续后更新有效期。",
    "企业名称登记有误，依据营业执照更正。",
    "原登记的生产规模与许可证不一致，予以更正。",
)


@dataclass(frozen=True)
class Story:
    """A news item of the desk."""

    slug: str
    type: str
    title: str
    summary: str
    markdown: str


STORIES: Final = (
    Story(
        "demo-spring-check",
        "activity",
        "春季绿色矿山巡查启动" + DEMO,
        "各县对在册矿山开展春季巡查，重点查看排水和边坡。",
        "春季巡查自本周开始，历时一个月。\n\n## 巡查重点\n\n- 排水沟和沉淀池是否畅通\n"
        "- 边坡监测记录是否完整\n- 运输道路是否按时洒水\n\n巡查结果将按季度公布。",
    ),
    Story(
        "demo-water-reuse",
        "case",
        "一座磷矿的循环用水做法" + DEMO,
        "选矿用水全部回用，每年少取新水约三十万立方米。",
        (
            "矿山把尾矿澄清水引回选厂，**用水实现闭路循环**。\n\n"
            "| 项目 | 改造前 | 改造后 |\n|---|---|---|\n"
            "| 新水取用 | 42 万立方米/年 | 11 万立方米/年 |\n| 外排 | 有 | 无 |"
        ),
    ),
    Story(
        "demo-dust-exposed",
        "exposure",
        "曝光：运输车辆未覆盖、道路扬尘" + DEMO,
        "巡查发现一处矿山运输道路扬尘明显，已责令限期整改。",
        "巡查人员在县道旁看到，出矿车辆未加覆盖，路面积尘。\n\n县主管部门已要求三十日内完成道路硬化和喷淋，并将复查结果公开。",
    ),
    Story(
        "demo-open-day",
        "activity",
        "矿山开放日：请周边居民进矿看一看" + DEMO,
        "五座在册矿山设立开放日，欢迎周边居民参观和提问。",
        "开放日当天，矿山负责人现场回答居民关于爆破时间、用水和复绿的问题。\n\n参观须提前一天登记。",
    ),
    Story(
        "demo-terrace",
        "case",
        "采场台阶复绿：先覆土还是先排水" + DEMO,
        "先做排水再覆土，成活率明显提高。",
        "两处台阶采用不同次序，次年成活率分别为九成一和六成八。\n\n做法要点：\n\n"
        "1. 先开截水沟\n2. 再覆土五十厘米\n3. 选用当地草种",
    ),
    Story(
        "demo-withdrawn",
        "activity",
        "绿色矿山培训班报名通知" + DEMO,
        "培训班报名通知。",
        "培训班定于下月举行，各县于月底前报名。",
    ),
)
