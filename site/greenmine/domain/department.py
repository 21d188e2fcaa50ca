"""Departments of a government: of the bodies that answer cases, of seats, and of what rule books say of others."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from greenmine.domain.text import N_


class Department(StrEnum):
    """Department of a body; names of earlier laws in brackets."""

    NATURAL_RESOURCES = "natural_resources"  # 自然资源(国土资源)
    ECOLOGY = "ecology"  # 生态环境(环境保护)
    HEALTH = "health"  # 卫生健康
    EMERGENCY = "emergency"  # 应急管理(安监)
    FINANCE = "finance"  # 财政
    TAX = "tax"  # 税务
    WATER = "water"  # 水利
    INDUSTRY = "industry"  # 工业和信息化(经济和信息化)
    DEVELOPMENT = "development"  # 发展改革
    MARKET = "market"  # 市场监管(质监)
    BANKING = "banking"  # 银行监管(银监)
    SECURITIES = "securities"  # 证券监管(证监)
    OTHER = "other"  # 其他有关部门


DEPARTMENT_LABELS: Final[Mapping[Department, str]] = {
    Department.NATURAL_RESOURCES: N_("自然资源主管部门"),
    Department.ECOLOGY: N_("生态环境主管部门"),
    Department.HEALTH: N_("卫生健康主管部门"),
    Department.EMERGENCY: N_("应急管理部门"),
    Department.FINANCE: N_("财政部门"),
    Department.TAX: N_("税务部门"),
    Department.WATER: N_("水利部门"),
    Department.INDUSTRY: N_("工业和信息化部门"),
    Department.DEVELOPMENT: N_("发展改革部门"),
    Department.MARKET: N_("市场监管部门"),
    Department.BANKING: N_("银行业监管机构"),
    Department.SECURITIES: N_("证券监管机构"),
    Department.OTHER: N_("其他有关部门"),
}
