"""Names of mines as nine authorities printed them: what folds together, what never does, where the firm ends."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reference_data import shipped_regions

from greenmine.domain.mine_likeness import Alike, cut_places, likely_same, likeness, ready_name
from greenmine.domain.mine_name import name_key, split_name
from greenmine.domain.region import COUNTRY, Region

LISTS = Path(__file__).parent.parent / "data" / "lists"
NAMES = st.text(alphabet="安宁磷矿一二三十号12ⅠⅡIi()（） ·、-#南北区有限责任公司集团金Ａａ云省县㈠①", max_size=20)


def printed_names() -> list[str]:
    names = []
    for path in sorted(LISTS.glob("20*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.DictReader(file)
            column = next(h for h in rows.fieldnames or () if h.startswith(("矿山名称", "单位")))
            names.extend(row[column] for row in rows)
    return names


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("平阴县黑山矿区Ⅰ矿建筑石料用灰岩矿", "平阴县黑山矿区I矿建筑石料用灰岩矿"),
        ("云南天宁矿业有限公司三号矿山", "云南天宁矿业有限公司3号矿山"),
        ("云南天宁矿业有限公司三号矿山", "云南天宁矿业有限公司 3# 矿山"),
        ("十二号矿", "12号矿"),
        ("第二矿", "第2矿"),
        ("云龙山磷矿二采区", "云龙山磷矿Ⅱ采区"),
        ("云南华新水泥(富民)有限公司", "云南华新水泥（富民）有限责任公司"),
        ("建筑用石料(凝灰岩)矿", "建筑用石料（凝灰岩）矿"),
        ("金 矿", "金\u3000矿"),
        ("阿依·买提煤矿", "阿依•买提煤矿"),
        ("北２１１井区", "北211井区"),
        ("０１号矿", "1号矿"),
    ],
)
def test_forms_of_one_name_fold_alike(one: str, two: str) -> None:
    assert name_key(one) == name_key(two)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("黑山矿区Ⅰ矿", "黑山矿区Ⅱ矿"),
        ("安宁磷矿一号矿山", "安宁磷矿二号矿山"),
        ("1、2号矿", "12号矿"),
        ("一、二号矿", "十二号矿"),
        ("Ⅰ、Ⅱ矿", "Ⅲ矿"),
        ("1-2号矿", "12号矿"),
        ("二十号矿", "二号矿"),
        ("白岭村南矿区", "白岭村北矿区"),
        ("某某股份有限公司", "某某有限公司"),
        ("三门峡铝土矿", "3门峡铝土矿"),
    ],
)
def test_different_names_do_not_fold_together(one: str, two: str) -> None:
    assert name_key(one) != name_key(two)


@given(NAMES)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.text(max_size=12))
def test_folding_any_text_twice_changes_nothing(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.integers(min_value=1, max_value=39), st.integers(min_value=1, max_value=39))
def test_numbers_fold_together_only_when_equal(one: int, two: int) -> None:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(two, 10)
    chinese = ("" if not tens else ("十" if tens == 1 else f"{digits[tens]}十")) + (digits[ones] if ones else "")
    assert (name_key(f"安宁{one}号矿") == name_key(f"安宁{chinese}号矿")) == (one == two)


@pytest.mark.parametrize(
    ("text", "holder", "mine", "bracket"),
    [
        ("云南黄金有限责任公司镇沅分公司金矿", "云南黄金有限责任公司镇沅分公司", "金矿", ""),
        (
            "浙江交投矿业有限公司定海区岑港街道桃夭门社区大皇山建筑用石料(凝灰岩)矿",
            "浙江交投矿业有限公司",
            "定海区岑港街道桃夭门社区大皇山建筑用石料(凝灰岩)矿",
            "",
        ),
        ("惠东县红光石料厂有限公司稔山镇中径水磨科山石场", "惠东县红光石料厂有限公司", "稔山镇中径水磨科山石场", ""),
        (
            "云南华新水泥(富民)有限公司富民县砂锅村山石灰岩矿",
            "云南华新水泥(富民)有限公司",
            "富民县砂锅村山石灰岩矿",
            "",
        ),
        ("惠州市腾兴实业有限公司", "惠州市腾兴实业有限公司", "惠州市腾兴实业有限公司", ""),
        ("徐州新河矿泉水有限责任公司(矿泉水)", "徐州新河矿泉水有限责任公司", "徐州新河矿泉水有限责任公司", "矿泉水"),
        ("东海县桃林镇白岭村南矿区（建筑用花岗岩）", "", "东海县桃林镇白岭村南矿区", "建筑用花岗岩"),
        ("新疆博乐市阿克塔什北3号(水泥用)石灰岩矿", "", "新疆博乐市阿克塔什北3号(水泥用)石灰岩矿", ""),
        ("中国黄金集团中原矿业有限公司夜长坪钼矿", "中国黄金集团中原矿业有限公司", "夜长坪钼矿", ""),
        ("长顺县同心采石厂", "", "长顺县同心采石厂", ""),
        ("云南驰宏锌锗股份有限公司矿山厂", "云南驰宏锌锗股份有限公司", "矿山厂", ""),
        ("某矿业有限公司（集团）东山矿", "某矿业有限公司（集团）", "东山矿", ""),
    ],
)
def test_holder_and_mine_in_one_string_are_split(text: str, holder: str, mine: str, bracket: str) -> None:
    parts = split_name(text)
    assert (parts.holder, parts.mine, parts.bracket, parts.certain) == (holder, mine, bracket, True)


def test_a_firm_known_by_its_trade_word_is_split_without_certainty() -> None:
    parts = split_name("金鼎钨钼矿业阳储山钨钼矿")
    assert (parts.holder, parts.mine, parts.certain) == ("金鼎钨钼矿业", "阳储山钨钼矿", False)


@pytest.mark.parametrize("text", printed_names())
def test_split_loses_no_character_of_a_printed_name(text: str) -> None:
    parts = split_name(text)
    bracket = f"({parts.bracket})" if parts.bracket else ""
    together = parts.holder + (parts.mine if parts.names_mine else "") + bracket
    assert together == text


def alike(one: str, two: str, *, same_region: bool | None = True) -> Alike | None:
    return likely_same(ready_name(one), ready_name(two), same_region=same_region)


@pytest.mark.parametrize(
    ("one", "two", "why"),
    [
        ("水泥（富民）有限公司", "水泥(富民)有限公司", Alike.SAME_KEY),
        ("黑山矿区Ⅰ矿建筑石料用灰岩矿", "黑山矿区1矿建筑石料用灰岩矿", Alike.NUMERAL_FORM),
        ("东海县桃林镇白岭村南矿区(建筑用花岗岩)", "东海县桃林镇白岭村南矿区", Alike.BRACKETS),
        ("徐州新河矿泉水有限责任公司(矿泉水)", "徐州新河矿泉水有限公司", Alike.BRACKETS),
        ("博州乌兰达坂石灰岩矿", "博尔塔拉蒙古自治州乌兰达坂石灰岩矿", Alike.SHORT_REGION),
        ("昌吉州硫磺沟煤矿", "昌吉回族自治州硫磺沟煤矿", Alike.SHORT_REGION),
        ("江西省全南县大吉山钨矿", "大吉山钨矿", Alike.SHORT_REGION),
        ("江西漂塘钨业有限公司漂塘钨矿", "漂塘钨矿", Alike.HOLDER_AND_MINE),
        ("云南天宁矿业有限公司三号矿山", "云南天宁矿业有限公司安宁磷矿三号矿山", Alike.HOLDER_AND_MINE),
        ("惠州市腾兴实业有限公司", "惠州市腾兴实业有限公司石场", Alike.HOLDER_AND_MINE),
        ("龙威钨业牛岭钨矿", "江西龙威钨业有限公司牛岭钨矿", Alike.SHORT_REGION),
        ("长龙坑铜锌矿", "长龙坑铜锌矿山", Alike.ENDING),
        (
            "唐县雄盛建材加工有限公司候各庄建筑石料用灰岩矿",
            "唐县雄盛建材加工有限公司侯各庄建筑石料用灰岩矿",
            Alike.NEAR,
        ),
    ],
)
def test_likely_the_same_mine_with_its_reason(one: str, two: str, why: Alike) -> None:
    assert alike(one, two) is why


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("平阴县黑山矿区Ⅰ矿建筑石料用灰岩矿", "平阴县黑山矿区Ⅱ矿建筑石料用灰岩矿"),
        ("云南天宁矿业有限公司安宁磷矿一号矿山", "云南天宁矿业有限公司安宁磷矿二号矿山"),
        ("云南天宁矿业有限公司安宁磷矿二号矿山", "云南天宁矿业有限公司三号矿山"),
        ("东海县桃林镇白岭村南矿区", "东海县桃林镇白岭村北矿区"),
        ("东海县桃林镇白岭村南矿区(建筑用花岗岩)", "东海县桃林镇白岭村南矿区(矿泉水)"),
        ("云南磷化集团有限公司尖山磷矿汤家山矿段", "云南磷化集团有限公司尖山磷矿松山矿段"),
        ("金坛盘固采石有限公司大石包山水泥用灰岩矿", "金坛盘固采石有限公司朝阳洞水泥用石灰岩矿"),
        ("新疆准噶尔盆地北三台油田北211井区石油开采", "新疆准噶尔盆地北三台油田阜东5井区石油开采"),
        ("某县大王山建筑石料用灰岩矿", "某县小王山建筑石料用灰岩矿"),
        ("某县青石岭蔡家营铅矿", "某县青石岭蔡家营锌矿"),
        ("玛纳斯县天欣煤业有限公司煤矿", "玛纳斯县云欣煤业有限公司煤矿"),
        ("南京汤山地热开发有限公司地热井", "连云港晶泉开发建设有限公司地热井"),
        ("宜良县高桥石灰岩矿", "景谷县高桥石灰岩矿"),
    ],
)
def test_never_the_same_mine(one: str, two: str) -> None:
    assert alike(one, two) is None


def test_no_two_printed_mines_of_the_lists_are_taken_for_one() -> None:
    names = printed_names()
    pairs = [(a, b) for i, a in enumerate(names) for b in names[:i] if alike(a, b) is not None]
    assert pairs == []


def test_mines_of_different_regions_are_never_one() -> None:
    assert alike("高桥石灰岩矿", "高桥石灰岩矿", same_region=False) is None


def test_nearness_alone_does_not_count_where_the_regions_are_not_known() -> None:
    near = ("候各庄建筑石料用灰岩矿", "侯各庄建筑石料用灰岩矿")
    assert alike(*near, same_region=None) is None
    assert alike(*near, same_region=True) is Alike.NEAR


@given(NAMES, NAMES)
def test_likeness_is_symmetric_and_within_bounds(one: str, two: str) -> None:
    assert likeness(one, two) == likeness(two, one)
    assert 0.0 <= likeness(one, two) <= 1.0
    assert likeness(one, one) == 1.0
    assert alike(one, two) == alike(two, one)


@given(
    st.sampled_from(printed_names()),
    st.integers(1, 20),
    st.integers(1, 20),
    st.sampled_from(["号矿", "号矿山", "采区"]),
)
def test_mines_that_differ_in_a_number_are_never_the_same(name: str, one: int, two: int, word: str) -> None:
    found = alike(f"{name}{one}{word}", f"{name}{two}{word}")
    assert (found is Alike.SAME_KEY) == (one == two)
    assert found is None or one == two


@pytest.mark.parametrize("region", shipped_regions().children(COUNTRY), ids=lambda region: region.short)
def test_every_province_of_the_regions_file_is_cut_from_the_head_of_a_name(region: Region) -> None:
    for form in (region.name, region.short, f"中国{region.short}"):
        assert cut_places(name_key(f"{form}示例煤矿")) == ((region.short,), "示例煤矿")


def test_every_autonomous_prefecture_is_cut_from_the_head_of_a_name_however_short() -> None:
    """海南州 of 青海 is not the province 海南."""
    autonomous = [each for each in shipped_regions() if each.name.endswith("自治州")]
    assert len(autonomous) == 30
    for form in {form for each in autonomous for form in (each.short, *each.aliases) if form.endswith("州")}:
        assert cut_places(name_key(f"{form}示例煤矿")) == ((form.removesuffix("州"),), "示例煤矿")
