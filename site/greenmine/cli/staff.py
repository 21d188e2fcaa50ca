"""``greenmine staff``: the people of the desk. The only way to the first account; prints links, never passwords."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

import click
from rich.console import Console

from greenmine.cli.ready import ready_services
from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.officer import DEEDS, Deed
from greenmine.domain.region import Regions
from greenmine.domain.seat import ROLE_LABELS, ScopeKind, Seat, read_seat, scope_kind
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.services import Services
from greenmine.store.staff import StaffRow, staff_by_login
from greenmine.usecases.demo_sign_in import demo_links
from greenmine.usecases.sign_in import normal_login
from greenmine.usecases.staff import assign, disable, enable, enter_staff, managed_staff, new_link

console: Final = Console(soft_wrap=True)

DEPARTMENT: Final = click.Choice([str(department) for department in CASE_DEPARTMENTS])
_DEPARTMENT_HELP: Final = "经办席位只办理这个部门的来件，可多次给出。"
_SEAT_HELP: Final = "席位：岗位@辖区代码，如 county@520524；会同部门为 department@520524/ecology。可多次给出。"
_HOURS: Final = int(LINK_LIVES.total_seconds()) // 3600


@click.group()
def staff() -> None:
    """工作台人员。"""


@staff.command()
@click.option("--login", required=True, help="登录名：小写字母、数字和 . _ -。")
@click.option("--name", required=True, help="姓名。")
@click.option("--seat", "seats", required=True, multiple=True, metavar="ROLE@SCOPE", help=_SEAT_HELP)
@click.option("--department", "departments", multiple=True, type=DEPARTMENT, help=_DEPARTMENT_HELP)
@click.pass_obj
def add(
    open_services: Callable[[], Services],
    *,
    login: str,
    name: str,
    seats: tuple[str, ...],
    departments: tuple[str, ...],
) -> None:
    """登记一名工作人员，打印开通账号的一次性链接。"""
    services = ready_services(open_services)
    handled = frozenset(map(Department, departments))
    with services.database.write() as tx:
        _, token = enter_staff(
            tx,
            login=login,
            name=name,
            seats=_seats(seats, handled),
            regions=services.reference.regions,
            by=None,
            at=services.clock(),
        )
    _print_link(services, token)


@staff.command("link")
@click.argument("login")
@click.pass_obj
def link(open_services: Callable[[], Services], *, login: str) -> None:
    """重新开通 LOGIN 的账号（手机遗失等）：原密码、动态码和恢复码在使用链接时作废。"""
    _issue(ready_services(open_services), login, Purpose.ENROL)


@staff.command("reset-password")
@click.argument("login")
@click.pass_obj
def reset_password(open_services: Callable[[], Services], *, login: str) -> None:
    """打印 LOGIN 重设密码的一次性链接；动态码照旧。"""
    _issue(ready_services(open_services), login, Purpose.PASSWORD)


@staff.command("list")
@click.pass_obj
def list_people(open_services: Callable[[], Services]) -> None:
    """列出全部工作人员，每人一行，其下每个席位一行。"""
    services = ready_services(open_services)
    with services.database.read() as tx:
        people = managed_staff(tx, regions=services.reference.regions, by=None)
    for person in people:
        standing = "停用" if not person.active else "已开通" if person.has_totp else "待开通"
        console.print(f"{person.login}  {person.name}  {standing}", highlight=False, markup=False)
        for held in person.seats:
            named = "、".join(DEPARTMENT_LABELS[each] for each in CASE_DEPARTMENTS if each in held.seat.departments)
            where = seat_text(held.seat, services.reference.regions)
            told = "  ".join(filter(None, (held.seat.signature, where, named)))
            console.print(f"  {told}", highlight=False, markup=False)


@staff.command("disable")
@click.argument("login")
@click.pass_obj
def disable_person(open_services: Callable[[], Services], *, login: str) -> None:
    """停用 LOGIN：立即退出全部登录，链接作废。"""
    services = ready_services(open_services)
    with services.database.write() as tx:
        person = staff_by_login(tx, normal_login(login))
        disable(tx, person.id, regions=services.reference.regions, by=None, at=services.clock())
    console.print(f"{person.login} 已停用。", highlight=False, markup=False)


@staff.command("enable")
@click.argument("login")
@click.pass_obj
def enable_person(open_services: Callable[[], Services], *, login: str) -> None:
    """恢复已停用的 LOGIN。"""
    services = ready_services(open_services)
    with services.database.write() as tx:
        person = staff_by_login(tx, normal_login(login))
        enable(tx, person.id, regions=services.reference.regions, by=None, at=services.clock())
    console.print(f"{person.login} 已恢复。", highlight=False, markup=False)


@staff.command()
@click.argument("login")
@click.option("--seat", "seats", required=True, multiple=True, metavar="ROLE@SCOPE", help=f"{_SEAT_HELP}给出全部席位。")
@click.option("--department", "departments", multiple=True, type=DEPARTMENT, help=f"{_DEPARTMENT_HELP}不给出则不变。")
@click.option("--all-departments", is_flag=True, help="改为办理所有部门的来件。")
@click.pass_obj
def move(
    open_services: Callable[[], Services],
    *,
    login: str,
    seats: tuple[str, ...],
    departments: tuple[str, ...],
    all_departments: bool,
) -> None:
    """调整 LOGIN 的席位：没有再给出的席位即行撤销，以该席位登录的立即退出；其余下一次访问即按新的办理。"""
    if departments and all_departments:
        raise click.UsageError("--department 和 --all-departments 只能给出一种。")
    named = frozenset(map(Department, departments)) if departments or all_departments else None
    services = ready_services(open_services)
    with services.database.write() as tx:
        person = staff_by_login(tx, normal_login(login))
        assign(
            tx,
            person.id,
            seats=_moved(seats, person) if named is None else _seats(seats, named),
            regions=services.reference.regions,
            by=None,
            at=services.clock(),
        )
    console.print(f"{person.login} 已调整。", highlight=False, markup=False)


def _seats(texts: Iterable[str], named: frozenset[Department]) -> list[Seat]:
    """The seats of a command; the departments it names are for those of them that may be narrowed to some.

    Raises UsageError when there is none such: what was typed would mean nothing.
    """
    seats = [read_seat(text) for text in texts]
    if named and not any(map(_is_narrowed, seats)):
        raise click.UsageError("--department 只用于县、市、省级经办席位；会同部门的部门写在席位里。")
    return [replace(seat, departments=named) if _is_narrowed(seat) else seat for seat in seats]


def _moved(texts: Iterable[str], person: StaffRow) -> list[Seat]:
    """The seats of a command that names no departments: each keeps what it handles, a new one handles what all do.

    Raises UsageError when they differ: a seat must not come to handle more by silence.
    """
    known = {held.seat.signature: held.seat.departments for held in person.seats}
    kinds = {held.seat.handled for held in person.seats if _handles_cases(held.seat)}
    seats = [read_seat(text) for text in texts]
    if len(kinds) > 1 and any(_is_narrowed(seat) and seat.signature not in known for seat in seats):
        raise click.UsageError("各席位办理的部门不同，请用 --department 或 --all-departments 写明。")
    usual = next(iter(kinds), frozenset())
    return [
        replace(seat, departments=known.get(seat.signature, usual)) if _is_narrowed(seat) else seat for seat in seats
    ]


def _handles_cases(seat: Seat) -> bool:
    return Deed.HANDLE_CASE in DEEDS.get(seat.role, ())


def _is_narrowed(seat: Seat) -> bool:
    """Whether the seat can be narrowed to some departments: one that handles cases, not that of one department."""
    return _handles_cases(seat) and scope_kind(seat.scope) is ScopeKind.REGION


@staff.command("demo-links")
@click.pass_obj
def print_demo_links(open_services: Callable[[], Services]) -> None:
    """演示模式：为每个岗位打印一条一次性登录链接；此前打印的作废。"""
    for line in demo_link_lines(ready_services(open_services)):
        console.print(line, highlight=False, markup=False)


def demo_link_lines(services: Services) -> tuple[str, ...]:
    """A fresh link per role, one line each: also printed at start. Raises NotAllowed outside demo mode."""
    with services.database.write() as tx:
        links = demo_links(tx, is_demo=services.settings.is_demo, at=services.clock())
    regions = services.reference.regions
    return tuple(f"{seat_text(each.seat, regions)}：{link_address(services, each.token)}" for each in links)


def seat_text(seat: Seat, regions: Regions) -> str:
    """``县级经办（贵州省毕节市织金县）``."""
    department = seat.scope.partition("/")[2]
    place = regions.path_name(seat.region) + (DEPARTMENT_LABELS[Department(department)] if department else "")
    return f"{ROLE_LABELS[seat.role]}（{place}）"


def link_address(services: Services, token: str) -> str:
    """The whole address of a one-time link."""
    return f"{services.settings.site_url}/desk/link/{token}"


def _issue(services: Services, login: str, purpose: Purpose) -> None:
    with services.database.write() as tx:
        person = staff_by_login(tx, normal_login(login))
        token = new_link(
            tx, person.id, purpose=purpose, regions=services.reference.regions, by=None, at=services.clock()
        )
    _print_link(services, token)


def _print_link(services: Services, token: str) -> None:
    console.print(f"一次性链接（{_HOURS}小时内有效，只能使用一次，请当面或经可靠渠道交给本人）：")
    console.print(link_address(services, token), highlight=False, markup=False)
