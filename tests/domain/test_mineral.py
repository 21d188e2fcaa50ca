"""The catalogue of minerals, and recognising one in names that stand in published lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import shipped_minerals

from greenmine.domain.errors import BadInput
from greenmine.domain.mineral import MINERAL_CLASS_LABELS, Mineral, MineralAlias, MineralClass, Minerals


def test_catalogue_has_168_minerals_in_four_classes() -> None:
    minerals = shipped_minerals()

    assert len(minerals) == 168
    assert {each: len(minerals.of_class(each)) for each in MineralClass} == {
        MineralClass.ENERGY: 11,
        MineralClass.METAL: 59,
        MineralClass.NONMETAL: 92,
        MineralClass.WATER_GAS: 6,
    }


def test_exact_name_and_use_find_their_mineral() -> None:
    minerals = shipped_minerals()
    limestone = minerals.exact("石灰岩")

    assert limestone is not None
    assert limestone.mineral_class is MineralClass.NONMETAL
    assert minerals.by_use("建筑石料用灰岩") is limestone
    assert minerals.by_use("石灰岩") is None  # a mineral, not a use
    assert minerals.by_use("水泥用石灰岩") is None  # another word for a use
    assert minerals.exact("灰岩") is None


@pytest.mark.parametrize(
    ("text", "name", "use"),
    [
        ("煤", "煤", None),
        ("煤矿", "煤", None),
        ("磷矿", "磷", None),
        ("铝土矿", "铝土矿", None),
        ("水泥用石灰石", "石灰岩", "水泥用灰岩"),
        ("叶蜡石", "叶腊石", None),
        ("井 盐", "矿盐", None),
        ("建筑用石料（凝灰岩）", "凝灰岩", "建筑用凝灰岩"),
    ],
)
def test_column_of_minerals_is_read_with_its_other_words(text: str, name: str, use: str | None) -> None:
    found = shipped_minerals().find(text)

    assert found is not None
    assert (found.mineral.name, found.use) == (name, use)


@pytest.mark.parametrize("text", ["", "矿", "页岩气", "煤矸石", "建筑石料", "玄武玢岩"])
def test_word_outside_the_catalogue_finds_nothing(text: str) -> None:
    assert shipped_minerals().find(text) is None


@pytest.mark.parametrize(
    ("mine", "mineral", "use"),
    [
        ("彭泽县丰岭矿区建筑石料用灰岩矿", "石灰岩", "建筑石料用灰岩"),
        ("霍邱县火石山普通建筑石料用石灰岩矿", "石灰岩", "建筑石料用灰岩"),
        ("本溪市明山区馨利石灰石矿", "石灰岩", None),
        ("定海区岑港街道桃夭门社区大皇山建筑用石料(凝灰岩)矿", "凝灰岩", "建筑用凝灰岩"),
        ("定海区双桥镇紫微社区向岗山建筑用石料（凝灰岩）矿", "凝灰岩", "建筑用凝灰岩"),
        ("源山建筑石料用砂岩矿、灰岩矿", "砂岩", None),
        ("云南省安宁市县街磷矿区云龙山磷矿二采区", "磷", None),
        ("安宁磷矿一号矿山", "磷", None),
        ("新疆天池能源有限责任公司将军戈壁一号露天煤矿", "煤", None),
        ("兖矿新疆矿业有限公司硫磺沟煤矿", "煤", None),
        ("崇义章源钨业股份有限公司淘锡坑钨矿", "钨", None),
        ("崇义章源钨业股份有限公司新安子钨锡矿", "钨", None),
        ("金鼎钨钼矿业阳储山钨钼矿", "钨", None),
        ("哈密市鑫源矿业有限责任公司白鑫滩铜镍矿", "铜", None),
        ("云南黄金有限责任公司镇沅分公司金矿", "金", None),
        ("某某铅锌银多金属矿", "铅", None),
        ("锡矿山锑矿", "锑", None),
        ("宝石沟铁矿", "铁", None),
        ("某某硫铁矿", "硫铁矿", None),
        ("某某菱镁矿", "菱镁矿", None),
        ("某某赤铁矿", "铁", None),
        ("普洱市磨黑盐矿", "矿盐", None),
        ("北三台油田北211井区石油开采", "石油", None),
        ("南京汤山地热开发有限公司地热井", "地热", None),
        ("徐州新河矿泉水有限责任公司(矿泉水)", "矿泉水", None),
        ("东海县桃林镇皇城村红砂岩矿区", "砂岩", None),
        ("博乐市阿克塔什北3号(水泥用)石灰岩矿", "石灰岩", "水泥用灰岩"),
        ("泥灰岩沟泥灰岩矿", "泥灰岩", None),
    ],
)
def test_mine_name_tells_its_mineral(mine: str, mineral: str, use: str | None) -> None:
    minerals = shipped_minerals()

    found = minerals.match_name(mine)

    assert found is not None
    assert (found.mineral.name, found.use) == (mineral, use)
    assert minerals.guess_from_name(mine) is minerals.exact(mineral)


@pytest.mark.parametrize(
    "mine",
    [
        "",
        "浮梁县湘湖镇九英山采石场",
        "龙门县银海矿业有限公司",
        "惠州市龙门金磊石材有限公司",
        "云南驰宏锌锗股份有限公司矿山厂",
        "江西铁山垅钨业有限公司上坪矿区",
        "重庆渝胜矿业有限公司",
        "宝石镇采石场",
        "某某页岩气田",
    ],
)
def test_name_that_tells_no_mineral_is_not_guessed(mine: str) -> None:
    assert shipped_minerals().guess_from_name(mine) is None


def test_every_name_and_use_followed_by_mine_is_recognised_as_itself() -> None:
    minerals = shipped_minerals()
    words = [(each, each.name) for each in minerals] + [(each, use) for each in minerals for use in each.sub_uses]

    wrong = [word for mineral, word in words if minerals.guess_from_name(f"某县{word}矿") is not mineral]

    assert wrong == []


@given(st.text(max_size=60))
def test_any_text_is_answered_without_a_crash(text: str) -> None:
    found = shipped_minerals().match_name(text)

    assert found is None or found.mineral in list(shipped_minerals())


def test_catalogue_that_does_not_hold_is_refused() -> None:
    coal = Mineral("煤", MineralClass.ENERGY)

    with pytest.raises(BadInput) as twice:
        Minerals([coal, coal])
    with pytest.raises(BadInput) as astray:
        Minerals([coal], aliases=[MineralAlias("煤炭", "媒")])

    assert twice.value.code == "mineral.duplicate"
    assert astray.value.code == "mineral.alias_unknown"


def test_empty_catalogue_answers_nothing() -> None:
    assert Minerals([]).guess_from_name("某某铁矿") is None


def test_every_class_has_a_chinese_label() -> None:
    assert set(MINERAL_CLASS_LABELS) == set(MineralClass)
