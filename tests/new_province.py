"""A content folder with a province that the site has never heard of: everything it brings is a file of its own."""

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.reference_data import CONTENT, shipped_regions

CODE: Final = "360000"
NAME: Final = "江西省"
BOOK: Final = f"rules/{CODE}/2026-01-01.toml"
CLAUSES: Final = f"rules/{CODE}/clauses.toml"
TILES: Final = f"regions/tiles/{CODE}.csv"
POLICY: Final = "policies/invented-province.md"
NEWS: Final = "news/2026-09-01-invented-province.md"

CLAUSES_TOML: Final = """
[[document]]
code = "ZZ"
title = "示例省绿色矿山建设办法"
issuer = "示例省自然资源厅"
issued = "2026年"
seen = "full"

[[clause]]
code = "ZZ-01"
document = "ZZ"
place = "第一条"
summary = "到2030年建成示例数量的绿色矿山。"
contents = "data"
"""

BOOK_TOML: Final = """
[book]
region = "360000"
name = "示例省绿色矿山规则（虚构）"
from = 2026-01-01
period_verified = false
period_note = "虚构。"
documents = ["ZZ"]

[[notice]]
kind = "province_list"
publisher = "province"
unit = "workday"
days = 7
first_day_counted = false
rolls_over = true
objection = "real_name"
source = ["ZZ-01"]

[[notice_preset]]
code = "invented_practice"
name = "示例省自然资源厅的做法（虚构）"
region = "360000"
issuer = "示例省自然资源厅"
level = "provincial"
kind = "province_list"
unit = "workday"
days = 7
first_day_counted = false
rolls_over = true
objection = "real_name"
source = ["ZZ-01"]

[[target_table]]
code = "invented_tasks"
name = "示例省各市任务（虚构）"
columns = [
  ["producing", "2026年生产矿山数", "个", 2026, 30],
  ["listed_2030", "2030年入库矿山数", "个", 2030, 12],
  ["share_2030", "2030年入库率", "%", 2030, ""],
]
rows = [["360100", "南昌市", 10, 5, 80], ["360200", "景德镇市", 20, 7, 90]]
source = ["ZZ-01"]

[[indicator]]
code = "green_mines_2030"
name = "绿色矿山数（虚构）"
unit = "座"
due = 2030-12-31
minimum = 12
source = ["ZZ-01"]

[[statistic]]
code = "invented_mines_2025"
name = "矿山数（虚构）"
unit = "座"
as_of = 2025-12-31
total = 30
source = ["ZZ-01"]

[[list]]
code = "invented_priorities"
name = "重点（虚构）"
items = ["甲", "乙"]
source = ["ZZ-01"]
"""

POLICY_MD: Final = """---
title: 示例省绿色矿山建设办法
summary: 虚构的办法，只供测试。
number: 示例〔2026〕1号
issuers: [示例省自然资源厅]
issued: 2026-01-01
region: "360000"
status: in_force
disclosure: proactive
disclosure_basis: 虚构。
citizen: [虚构。]
source: 虚构
verified: false
to_verify: [虚构]
---
## 要点

虚构，待核实。
"""

NEWS_MD: Final = """---
title: 演示：示例省的一条消息
type: activity
published: 2026-09-01 10:00
author: 演示编辑部
source: 演示数据
region: "360000"
demo: true
---
本条为演示数据。
"""


def tiles_csv() -> str:
    """A map that names every unit of the province, four to a row."""
    names = [each.short for each in shipped_regions().children(CODE)]
    return "".join(",".join(names[start : start + 4]) + "\n" for start in range(0, len(names), 4))


def files() -> dict[str, str]:
    """Path from the content folder → text of everything the province may bring."""
    return {BOOK: BOOK_TOML, CLAUSES: CLAUSES_TOML, TILES: tiles_csv(), POLICY: POLICY_MD, NEWS: NEWS_MD}


def content_with(root: Path, names: Iterable[str], *, without: Iterable[str] = ()) -> Path:
    """A copy of the checkout's content with these files of the province, and without these folders."""
    shutil.copytree(CONTENT, root, ignore=shutil.ignore_patterns(*without))
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(files()[name], encoding="utf-8")
    return root
