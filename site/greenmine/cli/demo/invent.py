"""Inventing: names, holders, codes and facts of mines that do not exist."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from greenmine.domain.credit_code import check_character
from greenmine.domain.mine import Activity, Method, Ownership, Scale
from greenmine.domain.mine_facts import MineFacts
from greenmine.domain.reference import Reference
from greenmine.domain.region import Region, RegionLevel

NOWHERE: Final = "999999"
"""A region code that no register uses: the credit codes of invented firms carry it."""

_FIRST: Final = "云青白石龙松竹清凤鹤金银玉丹碧翠苍紫黛霞溪月星晨晓秋春寒"
_SECOND: Final = "岭坪沟湾坡岩坝峰谷垭冲塘洞岗梁泉台川峡岔"


@dataclass(frozen=True)
class Trade:
    """What is mined in a province: mineral, how the mine is called, how it is won, usual scales."""

    mineral: str
    ending: str
    method: Method
    unit: str
    capacities: tuple[tuple[Scale, int], ...]
    standard: str = ""


_QUARRY: Final = ((Scale.LARGE, 300), (Scale.LARGE, 150), (Scale.MEDIUM, 80), (Scale.SMALL, 30))
_ORE: Final = ((Scale.LARGE, 150), (Scale.MEDIUM, 60), (Scale.MEDIUM, 45), (Scale.SMALL, 15))
_COAL: Final = ((Scale.LARGE, 180), (Scale.MEDIUM, 90), (Scale.MEDIUM, 60), (Scale.SMALL, 30))

TRADES: Final = {
    "520000": (
        Trade("煤", "煤矿", Method.UNDERGROUND, "万吨/年", _COAL, "DZ/T 0315-2018"),
        Trade("磷", "磷矿", Method.OPEN_PIT, "万吨/年", _ORE),
        Trade("铝土矿", "铝土矿", Method.BOTH, "万吨/年", _ORE),
        Trade("重晶石", "重晶石矿", Method.OPEN_PIT, "万吨/年", _ORE),
        Trade("石灰岩", "建筑石料用灰岩矿", Method.OPEN_PIT, "万吨/年", _QUARRY, "DZ/T 0316-2018"),
    ),
    "210000": (
        Trade("菱镁矿", "菱镁矿", Method.OPEN_PIT, "万吨/年", _ORE),
        Trade("铁", "铁矿", Method.UNDERGROUND, "万吨/年", _ORE),
        Trade("滑石", "滑石矿", Method.UNDERGROUND, "万吨/年", _ORE),
        Trade("金", "金矿", Method.UNDERGROUND, "万吨/年", _ORE),
        Trade("石灰岩", "水泥用石灰岩矿", Method.OPEN_PIT, "万吨/年", _QUARRY),
    ),
    "330000": (
        Trade("凝灰岩", "建筑用石料（凝灰岩）矿", Method.OPEN_PIT, "万吨/年", _QUARRY, "DZ/T 0316-2018"),
        Trade("石灰岩", "水泥用石灰岩矿", Method.OPEN_PIT, "万吨/年", _QUARRY),
        Trade("萤石", "萤石矿", Method.UNDERGROUND, "万吨/年", _ORE),
        Trade("叶腊石", "叶腊石矿", Method.OPEN_PIT, "万吨/年", _ORE),
    ),
    "510000": (
        Trade("铁", "钒钛磁铁矿", Method.OPEN_PIT, "万吨/年", _ORE),
        Trade("石灰岩", "水泥用石灰岩矿", Method.OPEN_PIT, "万吨/年", _QUARRY),
        Trade("砂岩", "建筑用砂岩矿", Method.OPEN_PIT, "万吨/年", _QUARRY, "DZ/T 0316-2018"),
        Trade("矿盐", "岩盐矿", Method.WELL, "万吨/年", _ORE),
        Trade("石墨", "石墨矿", Method.OPEN_PIT, "万吨/年", _ORE),
    ),
}

PLACES: Final = 14
"""Counties of each province in which the register invents mines."""


SEATS: Final = frozenset({"520524"})
"""Counties where an officer of the demonstration sits (usecases/demo_sign_in.py): they must find work there."""


class Inventor:
    """Invents facts in a fixed order from one seed; never the same name twice in a county."""

    def __init__(self, rng: Random, reference: Reference) -> None:
        self._rng = rng
        self._reference = reference
        self._taken: set[tuple[str, str]] = set()

    def counties(self, province: str) -> list[Region]:
        """Counties of a province, spread over its prefectures."""
        regions = self._reference.regions
        counties = [
            region
            for region in regions.within(province, level=RegionLevel.COUNTY)
            if not region.special and region.parent != province and not region.name.endswith("区")
        ]
        chosen = sorted(self._rng.sample(counties, PLACES), key=lambda region: region.code)
        seats = [county for county in counties if county.code in SEATS]
        return seats + [county for county in chosen if county.code not in SEATS][: PLACES - len(seats)]

    def facts(self, county: Region, province: str, *, year: int) -> MineFacts:
        """A mine in a county, first permitted in a year."""
        rng = self._rng
        trade = rng.choice(TRADES[province])
        place = self._place(county.code)
        scale, amount = rng.choice(trade.capacities)
        holder = f"{county.name}示例{place[:2]}矿业有限公司"
        begin = date(year, rng.randint(1, 12), rng.randint(1, 28))
        years = {Scale.LARGE: 20, Scale.MEDIUM: 10, Scale.SMALL: 5}[scale]
        mineral = self._reference.minerals.exact(trade.mineral)
        return MineFacts(
            name=f"{holder}{place}{trade.ending}",
            region=county.code,
            aliases=(f"{place}{trade.ending}",),
            holder=holder,
            credit_code=self.credit_code(),
            mineral=trade.mineral,
            mineral_class=str(mineral.mineral_class) if mineral else "",
            capacity=f"{amount} {trade.unit}",
            standard=trade.standard,
            permit_no="C" + "999999" + "".join(rng.choice("0123456789") for _ in range(16)),
            place=f"{place}村",
            source="演示数据",
            scale=scale,
            method=trade.method,
            ownership=rng.choice((Ownership.STATE, Ownership.PRIVATE, Ownership.PRIVATE)),
            activity=Activity.PRODUCING,
            production_date=begin + timedelta(days=rng.randint(30, 200)),
            permit_from=begin,
            permit_until=date(begin.year + years, begin.month, begin.day),
        )

    def credit_code(self) -> str:
        """A code with a right check character and a region that exists nowhere (GB 32100)."""
        body = "91" + NOWHERE + "".join(self._rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
        return body + (check_character(body) or "")

    def _place(self, county: str) -> str:
        while True:
            place = self._rng.choice(_FIRST) + self._rng.choice(_FIRST) + self._rng.choice(_SECOND)
            if place[0] != place[1] and (county, place) not in self._taken:
                self._taken.add((county, place))
                return place
