"""People, sessions, links and counts of failures, on both databases."""

from concurrent.futures import ThreadPoolExecutor

from tests.desk_people import StaffDesk

from greenmine.domain.errors import BadInput, Gone, TooMany
from greenmine.store.database import Database
from greenmine.store.staff import all_staff, recovery_codes_left
from greenmine.usecases.sign_in import officer_signed_in


def test_a_person_enrols_and_signs_in(database: Database) -> None:
    desk = StaffDesk(database)
    person = desk.person()
    officer = officer_signed_in(database, token=person.sign_in().session, at=desk.now)
    assert officer is not None and officer.seat.signature == "county@520524"
    with database.read() as tx:
        assert recovery_codes_left(tx, person.id) == 8
        assert [(row.login, row.officers, row.active) for row in all_staff(tx)] == [("zhijin-01", (officer,), True)]


def test_eight_at_once_use_a_link_once(database: Database) -> None:
    """ASVS 2.3.4, 6.5.1."""
    desk = StaffDesk(database)
    _, link = desk.add()

    def follow(_number: int) -> bool:
        try:
            desk.follow(link)
        except Gone:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(follow, range(8))).count(True) == 1


def test_sixteen_wrong_passwords_at_once_count_each(database: Database) -> None:
    """ASVS 6.3.1."""
    desk = StaffDesk(database)
    person = desk.person()

    def attempt(_number: int) -> str:
        try:
            person.enter_password("wrong one, a long one")
        except (BadInput, TooMany) as refused:
            return refused.code
        return ""

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(attempt, range(16)))
    assert answers.count("sign_in.wrong") == 5 and answers.count("sign_in.wait") == 11
