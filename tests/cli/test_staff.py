"""``greenmine staff``: the first account, links, and who sits where."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from tests.migrated import bring_up
from tests.one_app import services_for
from tests.seats import DESK_ROLES

from greenmine.cli.root import greenmine
from greenmine.config import Mode, Settings
from greenmine.domain.department import Department
from greenmine.domain.errors import BadInput, Gone, GreenmineError, NotAllowed, NotFound, RuleBroken, Unready
from greenmine.domain.seat import Role
from greenmine.domain.sign_in import Purpose, Stage
from greenmine.services import Services
from greenmine.store.database import Tx
from greenmine.store.site_fact import settle_fact
from greenmine.store.staff import get_staff
from greenmine.usecases.enrol import follow_link, look_at_link
from greenmine.usecases.sign_in import officer_signed_in

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LINK = re.compile(r"(https?://\S+)/desk/link/([A-Za-z0-9_-]{43})(?!\S)")
COUNTY = ("add", "--login", "zhijin-01", "--name", "张三", "--seat", "county@520524")


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """An empty prepared site in demo mode."""
    built = services_for(settings, clock=lambda: NOW)
    prepared(built)
    yield built
    built.database.close()


def prepared(services: Services) -> None:
    bring_up(services.database)
    with services.database.write() as tx:
        settle_fact(tx, "mode", str(services.settings.mode))


def run(services: Services, *arguments: str) -> str:
    """What the command printed; its refusal is raised."""
    result = CliRunner().invoke(greenmine, ["staff", *arguments], obj=lambda: services, env={"COLUMNS": "200"})
    if isinstance(result.exception, GreenmineError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def token_in(printed: str) -> str:
    found = LINK.findall(printed)
    assert len(found) == 1, printed
    return str(found[0][1])


def test_the_first_administrator_is_made_on_the_console_by_a_link(services: Services) -> None:
    """ASVS 6.3.2: no default account; no password is ever printed or typed here."""
    printed = run(services, "add", "--login", "chief", "--name", "李四", "--seat", "administrator@000000")
    assert "24小时" in printed and "一次" in printed
    assert printed.count(services.settings.site_url) == 1
    with services.database.write() as tx:
        link = look_at_link(tx, token=token_in(printed), is_demo=False, at=NOW)
        assert link.purpose is Purpose.ENROL
        assert [held.seat.role for held in get_staff(tx, link.staff).seats] == [Role.ADMINISTRATOR]
        assert follow_link(tx, token=token_in(printed), is_demo=False, at=NOW)[1] is Stage.ENROL_PASSWORD


@pytest.mark.parametrize(("command", "purpose"), [("link", Purpose.ENROL), ("reset-password", Purpose.PASSWORD)])
def test_a_new_link_replaces_the_one_before(services: Services, command: str, purpose: Purpose) -> None:
    first = token_in(run(services, *COUNTY))
    second = token_in(run(services, command, "zhijin-01"))
    with services.database.read() as tx:
        assert look_at_link(tx, token=second, is_demo=False, at=NOW).purpose is purpose
        with pytest.raises(Gone):
            look_at_link(tx, token=first, is_demo=False, at=NOW)


def test_list_shows_people_places_and_standing_and_no_link(services: Services) -> None:
    run(services, *COUNTY)
    run(services, "add", "--login", "bijie-01", "--name", "王五", "--seat", "city@520500")
    run(services, "disable", "bijie-01")
    printed = run(services, "list")
    assert not LINK.search(printed)
    assert printed.splitlines() == [
        "bijie-01  王五  停用",
        "  city@520500  市级经办（贵州省毕节市）",
        "zhijin-01  张三  待开通",
        "  county@520524  县级经办（贵州省毕节市织金县）",
    ], "whole lines, however narrow the terminal"


def test_move_changes_region_and_role_and_enable_undoes_disable(services: Services) -> None:
    run(services, *COUNTY)
    run(services, "move", "zhijin-01", "--seat", "county@520523", "--seat", "county@520521")
    with services.database.read() as tx:
        assert signatures(tx) == ["county@520523", "county@520521"]
    run(services, "move", "ZHIJIN-01", "--seat", "city@520500")
    run(services, "disable", "zhijin-01")
    run(services, "enable", "zhijin-01")
    with services.database.read() as tx:
        person = get_staff(tx, 1)
    assert person.active and person.officers[0].seat.signature == "city@520500"


def signatures(tx: Tx) -> list[str]:
    return [held.seat.signature for held in get_staff(tx, 1).seats]


def test_a_seat_that_names_no_desk_is_refused_in_a_sentence(services: Services) -> None:
    for text_, sentence in (
        ("county", "没有“county”这样的席位"),
        ("mayor@520524", "没有“mayor@520524”这样的席位"),
        ("county@520524/ecology", "没有“county@520524/ecology”这样的席位"),
        ("expert@520000", "“专家”还没有工作台席位。目前可以设的岗位：编辑、"),
        ("enterprise@firm-000123", "“矿山企业”还没有工作台席位"),
    ):
        with pytest.raises(BadInput) as refused:
            run(services, "add", "--login", "zhijin-01", "--name", "张三", "--seat", text_)
        assert sentence in refused.value.message % refused.value.params
    with services.database.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM staff")).scalar_one() == 0


def test_a_new_seat_does_not_handle_more_by_silence(services: Services) -> None:
    run(services, *COUNTY, "--department", "ecology")
    run(services, "move", "zhijin-01", "--seat", "county@520523")
    assert departments(services) == {Department.ECOLOGY}
    run(services, "move", "zhijin-01", "--seat", "county@520523", "--seat", "department@520524/health")
    with services.database.read() as tx:
        assert signatures(tx) == ["county@520523", "department@520524/health"]
    assert departments(services) == {Department.ECOLOGY}
    assert "会同部门（贵州省毕节市织金县卫生健康主管部门）" in run(services, "list")


def test_who_spoke_for_one_department_does_not_come_to_handle_them_all(services: Services) -> None:
    run(services, "add", "--login", "zhijin-01", "--name", "张三", "--seat", "department@520524/ecology")
    run(services, "move", "zhijin-01", "--seat", "county@520524")
    assert departments(services) == {Department.ECOLOGY}
    run(services, "move", "zhijin-01", "--seat", "editor@520000")
    run(services, "move", "zhijin-01", "--seat", "county@520524", "--seat", "editor@520000", "--department", "health")
    with services.database.read() as tx:
        held = {each.seat.signature: each.seat.departments for each in get_staff(tx, 1).seats}
    assert held == {"county@520524": {Department.HEALTH}, "editor@520000": frozenset()}


@pytest.mark.parametrize("seat", ["department@520524/ecology", "editor@520524"])
def test_a_department_named_for_no_seat_that_takes_it_is_refused(services: Services, seat: str) -> None:
    """A department's seat says which one it is; nothing else may stand beside it, in the list or in the journal."""
    add = ("add", "--login", "zhijin-01", "--name", "张三", "--seat", seat, "--department", "health")
    result = CliRunner().invoke(greenmine, ["staff", *add], obj=lambda: services)
    assert result.exit_code == 2 and "会同部门的部门写在席位里" in result.output
    run(services, *add[:-4], "--seat", seat, "--seat", "county@520524", "--department", "health")
    with services.database.read() as tx:
        assert [each.seat.departments for each in get_staff(tx, 1).seats] == [frozenset(), {Department.HEALTH}]


@pytest.mark.parametrize("name", ["[red]张三[/red]", "张三[/]"])
def test_a_name_is_printed_as_it_was_entered(services: Services, name: str) -> None:
    """Whatever it means to the library that prints it."""
    run(services, "add", "--login", "zhijin-01", "--name", name, "--seat", "county@520524")
    assert name in run(services, "list")


def test_departments_are_set_on_the_console_kept_and_taken_back(services: Services) -> None:
    run(services, *COUNTY, "--department", "ecology")
    assert "生态环境主管部门" in run(services, "list")
    run(services, "move", "zhijin-01", "--seat", "county@520524")
    assert departments(services) == {Department.ECOLOGY}
    run(services, "move", "zhijin-01", "--seat", "county@520524", "--department", "health", "--department", "emergency")
    assert departments(services) == {Department.HEALTH, Department.EMERGENCY}
    run(services, "move", "zhijin-01", "--seat", "county@520524", "--all-departments")
    assert departments(services) == frozenset()
    both = ("move", "zhijin-01", "--seat", "county@520524", "--department", "health", "--all-departments")
    result = CliRunner().invoke(greenmine, ["staff", *both], obj=lambda: services)
    assert result.exit_code == 2 and "只能给出一种" in result.output


def departments(services: Services) -> frozenset[Department]:
    with services.database.read() as tx:
        return get_staff(tx, 1).seats[0].seat.departments


def test_refusals_are_sentences_and_change_nothing(services: Services) -> None:
    run(services, *COUNTY)
    with pytest.raises(BadInput, match="层级与岗位不符"):
        run(services, "move", "zhijin-01", "--seat", "county@520000")
    with pytest.raises(NotFound, match="没有登录名为 nobody"):
        run(services, "disable", "nobody")
    run(services, "disable", "zhijin-01")
    with pytest.raises(RuleBroken, match="已停用"):
        run(services, "link", "zhijin-01")
    with services.database.read() as tx:
        assert signatures(tx) == ["county@520524"]


def test_demo_links_are_one_per_role_and_made_anew_each_time(services: Services) -> None:
    first = [token for _, token in LINK.findall(run(services, "demo-links"))]
    second = [token for _, token in LINK.findall(run(services, "demo-links"))]
    assert len(first) == len(second) == len(DESK_ROLES) and not set(first) & set(second)
    with services.database.write() as tx:
        signed_in = [follow_link(tx, token=token, is_demo=True, at=NOW)[0] for token in second]
        with pytest.raises(Gone):
            follow_link(tx, token=first[0], is_demo=True, at=NOW)
    officers = [officer_signed_in(services.database, token=token, at=NOW) for token in signed_in]
    assert {officer.seat.role for officer in officers if officer} == set(DESK_ROLES)


def test_demo_links_are_refused_in_production(settings: Settings) -> None:
    real = Settings.from_environment(
        {
            "GREENMINE_MODE": "production",
            "GREENMINE_SITE_URL": "https://green-mine.example",
            "GREENMINE_SPONSOR": "示例厅",
            "GREENMINE_CONTACT": "0000-00000000",
            "GREENMINE_DATA_DIR": str(settings.data_dir),
            "GREENMINE_CONTENT_DIR": str(settings.content_dir),
        }
    )
    services = services_for(real, clock=lambda: NOW)
    prepared(services)
    assert services.settings.mode is Mode.PRODUCTION
    with pytest.raises(NotAllowed, match="演示模式"):
        run(services, "demo-links")
    with services.database.read() as tx:
        assert tx.execute(text("SELECT count(*) FROM staff")).scalar_one() == 0
    services.database.close()


def test_commands_wait_for_a_prepared_site(settings: Settings) -> None:
    services = services_for(settings, clock=lambda: NOW)
    with pytest.raises(Unready, match="greenmine init"):
        run(services, "list")
    services.database.close()


def test_the_journal_knows_the_console_and_no_names(services: Services) -> None:
    """ASVS 16.2.5, 16.3.1."""
    run(services, *COUNTY)
    run(services, "move", "zhijin-01", "--seat", "county@520523")
    with services.database.read() as tx:
        rows = tx.execute(text("SELECT event, staff, detail FROM journal ORDER BY n")).all()
    assert [row.event for row in rows] == ["staff.added", "staff.link_issued", "staff.assigned"]
    assert all(row.staff is None for row in rows)
    assert rows[2].detail == "subject=1 seats=county@520523"
    assert "张三" not in repr(rows) and "zhijin" not in repr(rows)
