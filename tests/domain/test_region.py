"""The tree of regions and the ways real lists write their names."""

import pytest
from tests.reference_data import shipped_regions

from greenmine.domain.errors import BadInput, NotFound
from greenmine.domain.region import COUNTRY, REGION_LEVEL_LABELS, Region, RegionLevel, Regions, stem

GUIZHOU, LIAONING, ZHEJIANG, SICHUAN = "520000", "210000", "330000", "510000"


def test_counts_per_level() -> None:
    """2,846 county-level divisions of the ministry's list and 4 statistical districts of 大兴安岭."""
    regions = shipped_regions()
    counts = {level: len(regions.within(COUNTRY, level=level)) for level in RegionLevel}

    assert counts == {
        RegionLevel.COUNTRY: 1,
        RegionLevel.PROVINCE: 34,
        RegionLevel.PREFECTURE: 333 + 1,  # 贵安新区
        RegionLevel.COUNTY: 2846 + 4,
    }
    assert len(regions) == sum(counts.values())


def test_every_region_stands_below_the_country_and_has_an_assessed_unit() -> None:
    regions = shipped_regions()

    for region in regions:
        assert regions.contains(COUNTRY, region.code)
        assert regions.find(region.assessed_unit) is not None
        if region.parent is not None:
            assert region in regions.children(region.parent)


def test_guizhou_has_ten_assessed_units_guian_last() -> None:
    """GA-03, GO-03."""
    units = shipped_regions().assessed_units(GUIZHOU)

    assert [unit.short for unit in units] == [
        "贵阳",
        "六盘水",
        "遵义",
        "安顺",
        "毕节",
        "铜仁",
        "黔西南州",
        "黔东南州",
        "黔南州",
        "贵安新区",
    ]
    assert units[-1].special


@pytest.mark.parametrize(("province", "number"), [(ZHEJIANG, 11), (LIAONING, 14), (SICHUAN, 21)])
def test_assessed_units_of_the_other_provinces_are_their_prefectures(province: str, number: int) -> None:
    regions = shipped_regions()

    assert len(regions.assessed_units(province)) == number
    assert regions.assessed_units(province) == regions.children(province)


@pytest.mark.parametrize(
    ("county", "old_city"),
    [
        ("仁怀市", "遵义"),
        ("威宁县", "毕节"),
        ("福泉市", "黔南州"),
        ("镇远县", "黔东南州"),
        ("黎平县", "黔东南州"),
    ],
)
def test_county_under_the_province_is_assessed_in_its_old_city(county: str, old_city: str) -> None:
    """GA-11."""
    regions = shipped_regions()

    found = regions.by_name(county, within=GUIZHOU)

    assert found is not None
    assert regions.get(found.assessed_unit).short == old_city
    assert "GA-11" in found.note


def test_liaodong_group_has_nine_counties_of_liaoning_marked_unverified() -> None:
    """LN-07."""
    regions = shipped_regions()

    nine = regions.in_group("liaodong")

    assert len(nine) == 9
    assert all(regions.contains(LIAONING, county.code) and not county.special for county in nine)
    assert all("待核实" in county.note for county in nine)


@pytest.mark.parametrize("name", ["济源市", "仙桃市", "神农架林区", "琼中县", "石河子市"])
def test_county_directly_under_its_province_is_assessed_on_its_own(name: str) -> None:
    found = shipped_regions().by_name(name)

    assert found is not None
    assert found.level is RegionLevel.COUNTY
    assert found.parent is not None
    assert found.parent.endswith("0000")
    assert found.assessed_unit == found.code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("博州", "652700"),
        ("博尔塔拉州", "652700"),
        ("博尔塔拉蒙古自治州", "652700"),
        ("昌吉州", "652300"),
        ("阿克苏地区", "652900"),
        ("黔南州", "522700"),
        ("黔西南", "522300"),
        ("毕节", "520500"),
        ("毕节市", "520500"),
        ("贵州", GUIZHOU),
        ("贵安", "520090"),
        ("吉林", "220000"),
        ("吉林市", "220200"),
        ("河南县", "632324"),
        ("单县", "371722"),
        ("全国", COUNTRY),
        ("北京朝阳区", "110105"),
        ("九江市彭泽县", "360430"),
        ("江西省 九江市 彭泽县", "360430"),
        ("贵州省毕节市威宁县", "520526"),
        ("辽宁朝阳建平", "211322"),
        ("乐平市", "360281"),
        ("惠州市", "441300"),
        ("香港", "810000"),
    ],
)
def test_names_as_real_lists_write_them(text: str, code: str) -> None:
    found = shipped_regions().by_name(text)

    assert found is not None
    assert found.code == code


def test_ambiguous_name_is_never_guessed_but_all_candidates_are_shown() -> None:
    regions = shipped_regions()

    assert regions.by_name("朝阳区") is None
    assert [regions.path_name(each.code) for each in regions.named("朝阳区")] == [
        "北京市朝阳区",
        "吉林省长春市朝阳区",
    ]
    assert regions.by_name("伊宁") is None


def test_context_settles_an_ambiguous_name() -> None:
    regions = shipped_regions()

    changchun = regions.by_name("朝阳区", within="220000")
    county = regions.by_name("朝阳县", within=LIAONING)

    assert changchun is not None and changchun.code == "220104"
    assert county is not None and county.code == "211321"
    assert regions.by_name("毕节", within=ZHEJIANG) is None


@pytest.mark.parametrize(
    "text", ["", "市", "不存在的县", "九江市不存在的县", "x" * 200, "贵州" * 29 + "市", "贵州" * 9000]
)
def test_unknown_name_finds_nothing(text: str) -> None:
    assert shipped_regions().named(text) == ()


def test_every_full_path_finds_its_own_region() -> None:
    regions = shipped_regions()

    wrong = [region.code for region in regions if regions.by_name(regions.path_name(region.code)) is not region]

    assert wrong == []


def test_path_and_ancestors_go_from_the_top_down() -> None:
    regions = shipped_regions()

    assert regions.path_name("520526") == "贵州省毕节市威宁彝族回族苗族自治县"
    assert [above.code for above in regions.ancestors("520526")] == [COUNTRY, GUIZHOU, "520500"]
    province = regions.province_of("520526")
    assert province is not None and province.code == GUIZHOU
    assert regions.province_of(COUNTRY) is None


def test_contains_is_inclusive_and_false_for_unknown_codes() -> None:
    regions = shipped_regions()

    assert regions.contains("520500", "520526")
    assert regions.contains("520526", "520526")
    assert not regions.contains("520526", "520500")
    assert not regions.contains("520300", "520526")
    assert not regions.contains("999999", "520526")
    assert not regions.contains(COUNTRY, "999999")


def test_unknown_code_is_not_found() -> None:
    regions = shipped_regions()

    assert regions.find("999999") is None
    assert regions.within("999999") == ()
    with pytest.raises(NotFound) as refusal:
        regions.get("999999")
    assert refusal.value.code == "region.unknown"


def region(code: str, level: RegionLevel, parent: str | None) -> Region:
    return Region(code, code, code, level, parent, special=False, assessed_unit=code)


@pytest.mark.parametrize(
    ("code", "extra"),
    [
        ("region.duplicate", region(COUNTRY, RegionLevel.COUNTRY, None)),
        ("region.parent_unknown", region("520500", RegionLevel.PREFECTURE, "520000")),
        ("region.parent_unknown", region("520000", RegionLevel.PROVINCE, None)),
        ("region.parent_level", region("000001", RegionLevel.COUNTRY, COUNTRY)),
    ],
)
def test_tree_that_does_not_hold_is_refused(code: str, extra: Region) -> None:
    with pytest.raises(BadInput) as refusal:
        Regions([region(COUNTRY, RegionLevel.COUNTRY, None), extra])

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("name", "bare"),
    [("毕节市", "毕节"), ("单县", "单县"), ("内蒙古自治区", "内蒙古"), ("贵安新区", "贵安新")],
)
def test_stem_drops_the_kind_but_never_leaves_one_character(name: str, bare: str) -> None:
    assert stem(name) == bare


def test_every_level_has_a_chinese_label() -> None:
    assert set(REGION_LEVEL_LABELS) == set(RegionLevel)
