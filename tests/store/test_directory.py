"""The directory's queries: what a filter finds, what facets count, in what order, with how many statements."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.both_databases import BOTH, opened
from tests.reference_data import reference
from tests.statements import statements
from tests.web.register import FACTS, HOLDER, Register, build

from greenmine.domain.mine import Activity, Level, Library, Method, MineStatus, Ownership, Scale
from greenmine.domain.mine_history import Moment
from greenmine.domain.mine_name import name_key
from greenmine.domain.mineral import MineralClass
from greenmine.store.database import Database
from greenmine.store.directory import (
    DirectoryFilter,
    FacetName,
    Sort,
    Word,
    count_by,
    count_facets,
    count_mines,
    export_mines,
    list_mines,
    siblings_of,
    standing_by_region,
    without,
)


@pytest.fixture(scope="module", params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One of each kind for all tests here: they read only."""
    yield from opened(request, tmp_path_factory.mktemp("directory"), kind=request.param)


@pytest.fixture(scope="module")
def register(database: Database) -> Register:
    return build(database)


def words(text: str) -> DirectoryFilter:
    return DirectoryFilter(words=tuple(Word(word, name_key(word)) for word in text.split()))


def found(database: Database, wanted: DirectoryFilter, *, sort: Sort = Sort.REGION) -> list[str]:
    with database.read() as tx:
        return [row.name for row in list_mines(tx, wanted, sort=sort, limit=100)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("云岭", "zhijin"),  # part of the name
        ("黔西能源 煤矿", "zhijin"),  # two words, both must match
        ("云岭矿", "zhijin"),  # another name
        ("青坪磷矿2号", "wengan"),  # Ⅱ号 = 2号
        ("建材(长兴)", "changxing"),  # half-width brackets
        ("c5200002010011120000001", "zhijin"),  # permit number
        ("91999999MA0000002", "zhijin"),  # credit code
        ("gm-330522-0001", "changxing"),  # public number
        ("示例磷业有限公司", "wengan"),  # 有限责任公司 = 有限公司
        ("有限责任", "wengan"),  # a part that folding shortens
        ("萤石", "fuyang"),  # mineral
        ("100%", "wildcard"),
    ],
)
def test_a_mine_is_found_by_any_of_its_names_and_numbers(
    database: Database, register: Register, text: str, name: str
) -> None:
    assert found(database, words(text)) == [FACTS[name].name]


@pytest.mark.parametrize("text", ["%", "_", "%%%", "云%矿", "\\", "云岭 磷矿", "'; DROP TABLE mine; --", "x" * 128])
def test_wildcards_and_quotes_are_letters(database: Database, register: Register, text: str) -> None:
    """trust.md 5, 10; ASVS 1.2.4."""
    assert found(database, words(text)) == []
    assert len(found(database, DirectoryFilter())) == len(FACTS)


def test_a_word_that_names_a_region_finds_the_mines_in_it(database: Database, register: Register) -> None:
    wanted = DirectoryFilter(words=(Word("湖州", "湖州", ("330500",)), Word("石灰岩", "石灰岩")))
    assert found(database, wanted) == [FACTS["changxing"].name]


def test_filters_narrow_together(database: Database, register: Register) -> None:
    assert found(database, DirectoryFilter(region="330000", status=MineStatus.LISTED)) == [FACTS["fuyang"].name]
    assert found(database, DirectoryFilter(region="330500", method=Method.OPEN_PIT)) == [FACTS["changxing"].name]
    assert found(database, DirectoryFilter(library=Library.PROJECT)) == [FACTS["miyi"].name]
    assert found(database, DirectoryFilter(ownership=Ownership.STATE, level=Level.NATIONAL, year=2024)) == [
        FACTS["zhijin"].name
    ]
    assert found(database, DirectoryFilter(year=2023)) == []


def test_a_new_area_is_counted_in_its_province_and_alone(database: Database, register: Register) -> None:
    """GA-03: 贵安新区 stands beside the prefectures."""
    assert found(database, DirectoryFilter(region="520090")) == [FACTS["guian"].name]
    assert FACTS["guian"].name in found(database, DirectoryFilter(region="520000"))


def test_a_special_area_is_any_of_its_counties(database: Database, register: Register) -> None:
    """LN-07: 辽东绿色经济区."""
    codes = tuple(region.code for region in reference().regions.in_group("liaodong"))
    assert found(database, DirectoryFilter(areas=codes)) == [FACTS["xiuyan_two"].name, FACTS["xiuyan"].name]
    with database.read() as tx:
        assert sum(count_by(tx, FacetName.REGION, DirectoryFilter(areas=codes)).values()) == len(FACTS)


def test_each_order_is_total_and_pages_join_without_gap(database: Database, register: Register) -> None:
    with database.read() as tx:
        for sort in Sort:
            whole = [row.id for row in list_mines(tx, DirectoryFilter(), sort=sort, limit=100)]
            parts = [
                row.id
                for start in range(0, len(FACTS), 5)
                for row in list_mines(tx, DirectoryFilter(), sort=sort, limit=5, offset=start)
            ]
            assert parts == whole and len(set(whole)) == len(FACTS)


def test_orders_say_what_they_are(database: Database, register: Register) -> None:
    with database.read() as tx:

        def first(sort: Sort) -> str:
            return list_mines(tx, DirectoryFilter(), sort=sort, limit=1)[0].id

        assert first(Sort.NEWEST) == register.mines["fuyang"]
        assert first(Sort.OLDEST) == register.mines["zhijin"]
        assert first(Sort.REGION).startswith("GM-210323")
        assert first(Sort.CHANGED) == register.mines["changxing"] or first(Sort.CHANGED) == register.mines["deqing"]
        names = [row.name for row in list_mines(tx, DirectoryFilter(), sort=Sort.NAME, limit=100)]
    assert names == sorted(names, key=name_key)


FILTERS = st.builds(
    DirectoryFilter,
    words=st.sampled_from(["", "矿", "示例", "磷矿", "岭 镁", "％"]).map(lambda text: words(text).words),
    region=st.sampled_from([None, "000000", "520000", "330500", "210323", "520090"]),
    mineral=st.sampled_from([None, "煤", "菱镁矿"]),
    mineral_class=st.none() | st.sampled_from(MineralClass),
    scale=st.none() | st.sampled_from(Scale),
    method=st.none() | st.sampled_from(Method),
    level=st.none() | st.sampled_from(Level),
    status=st.none() | st.sampled_from(MineStatus),
    library=st.none() | st.sampled_from(Library),
    year=st.sampled_from([None, 2024, 1999]),
    ownership=st.none() | st.sampled_from(Ownership),
    activity=st.none() | st.sampled_from(Activity),
)
SHAPED = {
    FacetName.YEAR: int,
    FacetName.MINERAL_CLASS: MineralClass,
    FacetName.LIBRARY: Library,
    FacetName.STATUS: MineStatus,
}


@pytest.mark.usefixtures("register")
@settings(max_examples=60)
@given(wanted=FILTERS)
def test_a_facet_counts_what_choosing_it_leaves(database: Database, wanted: DirectoryFilter) -> None:
    with database.read() as tx:
        assert count_mines(tx, wanted) == len(list_mines(tx, wanted, limit=100))
        for facet, counts in count_facets(tx, wanted).items():
            for value, number in counts.items():
                shaped: Any = SHAPED.get(facet, str)(value)
                chosen = replace(without(wanted, facet), **{facet.value: shaped})
                assert number == count_mines(tx, chosen) > 0, (facet, value)


@pytest.mark.usefixtures("register")
@settings(max_examples=15)
@given(wanted=FILTERS)
def test_the_register_of_the_last_moment_says_what_that_of_now_says(
    database: Database, wanted: DirectoryFilter
) -> None:
    past = replace(wanted, moment=Moment(date.max))
    with database.read() as tx:
        assert list_mines(tx, past, limit=100) == list_mines(tx, wanted, limit=100)
        assert (count_mines(tx, past), count_facets(tx, past)) == (count_mines(tx, wanted), count_facets(tx, wanted))


@pytest.mark.parametrize("sort", list(Sort))
def test_the_export_is_all_pages_in_the_same_order(database: Database, register: Register, sort: Sort) -> None:
    with database.read() as tx:
        exported = [row.values["id"] for row in export_mines(tx, DirectoryFilter(), sort=sort, limit=1000)]
        listed = [row.id for row in list_mines(tx, DirectoryFilter(), sort=sort, limit=100)]
    assert exported == listed


def test_the_export_joins_its_chunks(database: Database, register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("greenmine.store.directory.EXPORT_CHUNK", 5)
    with database.read() as tx:
        rows = list(export_mines(tx, DirectoryFilter(), limit=1000))
        assert [row.values["id"] for row in rows] == [r.id for r in list_mines(tx, DirectoryFilter(), limit=100)]
        assert len(list(export_mines(tx, DirectoryFilter(), limit=7))) == 7


def test_the_export_tells_names_and_libraries(database: Database, register: Register) -> None:
    with database.read() as tx:
        rows = {row.values["id"]: row for row in export_mines(tx, DirectoryFilter(), limit=1000)}
    mine = rows[register.mines["zhijin"]]
    assert mine.aliases == ("云岭矿",)
    assert [(library, batch) for library, batch, _ in mine.libraries] == [
        (Library.PROVINCIAL, "2024年度"),
        (Library.NATIONAL, "2025年度"),
    ]
    assert rows[register.mines["xiuyan"]].libraries == ()


def test_a_page_of_the_list_takes_one_statement_and_each_facet_one(database: Database, register: Register) -> None:
    """speed.md 3: no N+1."""
    wanted = replace(words("矿"), region="520000")
    with database.read() as tx:
        with statements(database.engine) as sent:
            list_mines(tx, wanted, limit=25)
            count_mines(tx, wanted)
        assert len(sent) == 2
        with statements(database.engine) as sent:
            count_facets(tx, wanted)
        assert len(sent) == len(FacetName)
        with statements(database.engine) as sent:
            list(export_mines(tx, DirectoryFilter(), limit=1000))
        assert len(sent) == 3


def test_the_numbers_of_a_region_take_one_statement(database: Database, register: Register) -> None:
    with database.read() as tx:
        with statements(database.engine) as sent:
            rows = standing_by_region(tx, "520000")
        assert len(sent) == 1
        assert sum(number for *_, number in rows) == count_mines(tx, DirectoryFilter(region="520000")) == 5
        assert ("520090", MineStatus.LISTED, Level.CITY, 1) in rows


def test_other_mines_of_the_same_holder(database: Database, register: Register) -> None:
    with database.read() as tx:
        rows, total = siblings_of(tx, register.mines["xiuyan"], name_key(HOLDER), limit=5)
        assert [row.id for row in rows] == [register.mines["xiuyan_two"]] and total == 1
        assert siblings_of(tx, register.mines["deqing"], "", limit=5) == ([], 0)
