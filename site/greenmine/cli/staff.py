"""``greenmine staff``: the people of the desk. The only way to the first account; prints links, never passwords."""

from collections.abc import Callable
from typing import Final

import click
from rich.console import Console
from rich.table import Table

from greenmine.cli.prepare import ready_services
from greenmine.domain.body import CASE_DEPARTMENTS
from greenmine.domain.department import DEPARTMENT_LABELS, Department
from greenmine.domain.officer import ROLE_LABELS, Role
from greenmine.domain.sign_in import LINK_LIVES, Purpose
from greenmine.services import Services
from greenmine.store.staff import staff_by_login
from greenmine.usecases.demo_sign_in import demo_links
from greenmine.usecases.sign_in import normal_login
from greenmine.usecases.staff import assign, disable, enable, enter_staff, managed_staff, new_link

console: Final = Console(soft_wrap=True)

ROLE: Final = click.Choice([str(role) for role in Role])
DEPARTMENT: Final = click.Choice([str(department) for department in CASE_DEPARTMENTS])
_DEPARTMENT_HELP: Final = "办理哪个部门的来件，可多次给出。"
_HOURS: Final = int(LINK_LIVES.total_seconds()) // 3600


@click.group()
def staff() -> None:
    """工作台人员。"""


@staff.command()
@click.option("--login", required=True, help="登录名：小写字母、数字和 . _ -。")
@click.option("--name", required=True, help="姓名。")
@click.option("--role", required=True, type=ROLE, help="岗位。")
@click.option("--region", "codes", required=True, multiple=True, help="辖区代码，可多次给出。")
@click.option("--department", "departments", multiple=True, type=DEPARTMENT, help=_DEPARTMENT_HELP)
@click.pass_obj
def add(
    open_services: Callable[[], Services],
    *,
    login: str,
    name: str,
    role: str,
    codes: tuple[str, ...],
    departments: tuple[str, ...],
) -> None:
    """登记一名工作人员，打印开通账号的一次性链接。"""
    services = ready_services(open_services)
    regions = services.reference.regions
    with services.database.write() as tx:
        _, token = enter_staff(
            tx,
            login=login,
            name=name,
            role=Role(role),
            region_codes=codes,
            regions=regions,
            by=None,
            at=services.clock(),
            departments=[Department(each) for each in departments],
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
    """列出全部工作人员。"""
    services = ready_services(open_services)
    with services.database.read() as tx:
        people = managed_staff(tx, regions=services.reference.regions, by=None)
    table = Table("登录名", "姓名", "岗位", "辖区", "部门", "状态")
    for person in people:
        places = "、".join(services.reference.regions.path_name(code) for code in sorted(person.regions))
        standing = "停用" if not person.active else "已开通" if person.has_totp else "待开通"
        named = "、".join(DEPARTMENT_LABELS[each] for each in CASE_DEPARTMENTS if each in person.departments)
        table.add_row(person.login, person.name, ROLE_LABELS[person.role], places, named, standing)
    console.print(table)


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
@click.option("--region", "codes", required=True, multiple=True, help="新的辖区代码，可多次给出。")
@click.option("--role", type=ROLE, help="新的岗位；不给出则不变。")
@click.option("--department", "departments", multiple=True, type=DEPARTMENT, help=f"{_DEPARTMENT_HELP}不给出则不变。")
@click.option("--all-departments", is_flag=True, help="改为办理所有部门的来件。")
@click.pass_obj
def move(
    open_services: Callable[[], Services],
    *,
    login: str,
    codes: tuple[str, ...],
    role: str | None,
    departments: tuple[str, ...],
    all_departments: bool,
) -> None:
    """调整 LOGIN 的辖区、岗位或部门：下一次访问即按新的办理，换岗位须重新登录。"""
    if departments and all_departments:
        raise click.UsageError("--department 和 --all-departments 只能给出一种。")
    services = ready_services(open_services)
    with services.database.write() as tx:
        person = staff_by_login(tx, normal_login(login))
        assign(
            tx,
            person.id,
            role=Role(role) if role else person.role,
            region_codes=codes,
            regions=services.reference.regions,
            by=None,
            at=services.clock(),
            departments=[Department(each) for each in departments] if departments or all_departments else None,
        )
    console.print(f"{person.login} 已调整。", highlight=False, markup=False)


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
    return tuple(
        f"{ROLE_LABELS[each.role]}（{regions.path_name(each.region)}）：{link_address(services, each.token)}"
        for each in links
    )


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
