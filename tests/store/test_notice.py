"""What the queries on notices find and count, on both databases."""

from collections.abc import Iterator
from datetime import date

import pytest
from tests.announced import publish_notice
from tests.both_databases import BOTH, opened
from tests.reference_data import reference
from tests.web.register import NOW, build

from greenmine.domain.mine import Level
from greenmine.domain.notice import NoticeDraft, NoticeState
from greenmine.domain.period import PeriodRule, PeriodUnit
from greenmine.domain.region import COUNTRY
from greenmine.store.database import Database
from greenmine.store.notice import NoticeFilter, count_by_state, list_notices

NATIONAL = NoticeDraft(
    kind="national_list", level=Level.NATIONAL, region=COUNTRY, issuer="自然资源部", title="示例名单公示",
    text="现予公示。", columns=("序号", "矿山名称"), items=(), first_day=date(2026, 11, 18),
    period=PeriodRule(PeriodUnit.WORKDAY, 5, first_day_counted=True, rolls_over=False),
)  # fmt: skip


@pytest.fixture(scope="module", params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The small register and a national notice in one of each kind, for all tests here: they read only."""
    for made in opened(request, tmp_path_factory.mktemp("notice"), kind=request.param):
        build(made)
        with made.write() as tx:
            publish_notice(tx, NATIONAL, reference=reference(), officer=None, at=NOW)
        yield made


@pytest.mark.parametrize(
    ("wanted", "counts"),
    [
        (NoticeFilter(), {"running": 2, "closed": 1, "withdrawn": 1}),
        (NoticeFilter(region_prefix="52"), {"closed": 1}),
        (NoticeFilter(region_prefix=COUNTRY), {"running": 1}),
        (NoticeFilter(region_prefix="33", year=2026), {"running": 1, "withdrawn": 1}),
        (NoticeFilter(kind="removal"), {}),
        (NoticeFilter(words=("2024年度",)), {"closed": 1}),
        (NoticeFilter(region_prefix="33", states=(NoticeState.WITHDRAWN,)), {"running": 1, "withdrawn": 1}),
        (NoticeFilter(region_prefix="33", state=NoticeState.WITHDRAWN), {"running": 1, "withdrawn": 1}),
    ],
    ids=["all", "region", "the country's own", "region, year", "kind", "words", "states left open", "state left open"],
)
def test_states_are_counted_under_all_other_filters(
    database: Database, wanted: NoticeFilter, counts: dict[str, int]
) -> None:
    with database.read() as tx:
        found = count_by_state(tx, wanted, now=NOW)
    assert found == {state: counts.get(state, 0) for state in NoticeState}


def test_what_a_state_counts_is_what_its_list_holds(database: Database) -> None:
    for prefix in ("33", "52", "21", COUNTRY):
        with database.read() as tx:
            counts = count_by_state(tx, NoticeFilter(region_prefix=prefix), now=NOW)
            listed = {
                state: list_notices(tx, NoticeFilter(region_prefix=prefix, states=(state,)), now=NOW, limit=1)[1]
                for state in NoticeState
            }
        assert counts == listed
