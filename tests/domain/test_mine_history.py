"""Two times of a mine (design.md "Versions and time"): what held on a day, as known after an act."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from greenmine.domain.mine import DIRECTORIES, Level, Library, MineStatus, lost_with
from greenmine.domain.mine_history import (
    Enlisted,
    Event,
    MineState,
    NoticeOpened,
    NoticeShut,
    Struck,
    Told,
    Version,
    state_on,
    versions,
)

FIRST = date(2024, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


REGISTERED = Told(0, day(0), {"name": "甲矿", "scale": None})


def on(events: list[Event], number: int) -> MineState:
    state = state_on(events, day(number))
    assert state is not None
    return state


def test_a_mine_is_nothing_before_it_was_registered() -> None:
    assert state_on([REGISTERED], day(-1)) is None
    assert state_on([], day(0)) is None
    assert on([REGISTERED], 0).status is MineStatus.REGISTERED


def test_facts_are_those_told_by_then_and_a_cleared_one_is_unknown() -> None:
    events = [REGISTERED, Told(1, day(5), {"name": "乙矿", "scale": "large"}), Told(2, day(9), {"scale": None})]
    told = [dict(on(events, number).values) for number in (4, 5, 9)]
    assert told == [
        {"name": "甲矿", "scale": None},
        {"name": "乙矿", "scale": "large"},
        {"name": "乙矿", "scale": None},
    ]


def test_a_list_older_than_the_facts_shows_the_mine_with_those_told_first() -> None:
    """The newer list was recorded first, and the mine registered by it."""
    events = [
        Told(0, day(8), {"name": "甲矿"}),
        Enlisted(1, day(8), Library.PROVINCIAL, "新"),
        Enlisted(2, day(3), Library.CITY, "旧"),
        Told(3, day(9), {"name": "乙矿"}),
    ]
    assert state_on(events, day(2)) is None
    assert (on(events, 3).values["name"], on(events, 3).level) == ("甲矿", Level.CITY)
    assert on(events, 9).values["name"] == "乙矿"


def test_a_listing_ends_the_stage_and_a_removal_the_title_and_what_stands_above() -> None:
    """LN-01; national mines are chosen from provincial lists."""
    events = [
        REGISTERED,
        Enlisted(1, day(1), Library.PROJECT, ""),
        Enlisted(2, day(4), Library.PROVINCIAL, "一"),
        Enlisted(3, day(6), Library.NATIONAL, "二"),
        Struck(4, day(8), lost_with(Level.PROVINCIAL)),
    ]
    seen = {number: (on(events, number).status, on(events, number).level) for number in (0, 1, 4, 6, 8)}
    assert seen == {
        0: (MineStatus.REGISTERED, None),
        1: (MineStatus.IN_LIBRARY, None),
        4: (MineStatus.LISTED, Level.PROVINCIAL),
        6: (MineStatus.LISTED, Level.NATIONAL),
        8: (MineStatus.REMOVED, None),
    }
    assert on(events, 7).listed_on == day(4) and on(events, 8).listed_on is None
    assert [stay.library for stay in on(events, 7).current] == [Library.PROVINCIAL, Library.NATIONAL]


def test_a_notice_holds_until_it_is_shut() -> None:
    events = [REGISTERED, NoticeOpened(1, day(2), "a"), NoticeOpened(2, day(3), "b"), NoticeShut(3, day(5), "a")]
    assert [on(events, number).status for number in (1, 2, 5)] == [MineStatus.REGISTERED, *[MineStatus.NOTICED] * 2]
    assert on([*events, NoticeShut(4, day(5), "b")], 5).status is MineStatus.REGISTERED


def test_an_old_list_recorded_late_is_known_late() -> None:
    """Valid from the day of the list, known from the day it was recorded."""
    events = [REGISTERED, Told(1, day(30), {"name": "乙矿"}), Enlisted(2, day(10), Library.CITY, "旧")]
    ended, made = versions(events)
    told = [(one.since, one.until, one.act_in, one.act_out, one.state.status) for one in made]
    assert ended == {}
    assert sorted(told, key=str) == sorted(
        [
            (day(0), None, 0, 1, MineStatus.REGISTERED),
            (day(0), day(30), 1, 2, MineStatus.REGISTERED),
            (day(30), None, 1, 2, MineStatus.REGISTERED),
            (day(0), day(10), 2, None, MineStatus.REGISTERED),
            (day(10), day(30), 2, None, MineStatus.LISTED),
            (day(30), None, 2, None, MineStatus.LISTED),
        ],
        key=str,
    )


@pytest.mark.parametrize(
    ("level", "lost"),
    [
        (Level.NATIONAL, {Library.NATIONAL}),
        (Level.PROVINCIAL, {Library.NATIONAL, Library.PROVINCIAL}),
        (Level.CITY, set(DIRECTORIES)),
        (Level.COUNTY, set(DIRECTORIES)),
    ],
)
def test_what_falls_takes_what_stands_above_with_it(level: Level, lost: set[Library]) -> None:
    assert lost_with(level) == lost | {Library.EXEMPLAR}


DAYS = st.integers(0, 6).map(day)
HAPPENINGS = st.one_of(
    st.tuples(st.just(Told), st.fixed_dictionaries({"name": st.sampled_from("甲乙")})),
    st.tuples(st.just(Enlisted), st.sampled_from(Library)),
    st.tuples(st.just(Struck), st.sampled_from(Level)),
    st.tuples(st.just(NoticeOpened), st.sampled_from("ab")),
    st.tuples(st.just(NoticeShut), st.sampled_from("ab")),
    st.tuples(st.just(Event), st.none()),
)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Acts of one mine in the order of their numbers, with gaps between; days in any order."""
    events: list[Event] = [Told(draw(st.integers(0, 3)), draw(DAYS), {"name": "甲"})]
    for kind, told in draw(st.lists(HAPPENINGS, max_size=8)):
        n, since = events[-1].n + draw(st.integers(1, 3)), draw(DAYS)
        if kind is Enlisted:
            events.append(Enlisted(n, since, told, ""))
        elif kind is Struck:
            events.append(Struck(n, since, lost_with(told)))
        else:
            events.append(kind(n, since, *(() if told is None else (told,))))
    return events


@given(events=histories())
def test_one_version_holds_at_each_point_of_both_times(events: list[Event]) -> None:
    made = versions(events)[1]
    for acts in range(events[-1].n + 2):
        for number in range(-1, 8):
            there = [
                one.state
                for one in made
                if one.since <= day(number) and (one.until is None or one.until > day(number))
                if one.act_in < acts and (one.act_out is None or one.act_out >= acts)
            ]
            expected = state_on([event for event in events if event.n < acts], day(number))
            assert there == ([] if expected is None else [expected]), (acts, number)


@given(events=histories(), first=st.integers(0, 30))
def test_versions_taken_in_two_parts_are_those_taken_at_once(events: list[Event], first: int) -> None:
    before = versions([event for event in events if event.n < first])[1]
    ended, made = versions(events, first=first)
    both = [*_closed(before, ended), *made]
    assert sorted(map(repr, both)) == sorted(map(repr, versions(events)[1]))


def _closed(known: list[Version], ended: Mapping[date, int]) -> list[Version]:
    return [
        Version(one.since, one.until, one.act_in, ended[one.since], one.state)
        if one.act_out is None and one.since in ended
        else one
        for one in known
    ]
