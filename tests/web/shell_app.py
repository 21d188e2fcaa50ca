"""Applications for the tests of the frame: the real factory with the real templates, and a few extra pages."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response
from tests.one_app import app_for
from wtforms import (
    BooleanField,
    DateField,
    FileField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from greenmine.config import Settings
from greenmine.domain import errors
from greenmine.domain.mine import MineStatus
from greenmine.domain.text import N_
from greenmine.services import Clock
from greenmine.store.database import Database, open_database
from greenmine.web.context import OfficerFinder
from greenmine.web.factory import nobody
from greenmine.web.formats import Tone
from greenmine.web.forms.sheet import CheckboxesField, Sheet
from greenmine.web.page import Article, Column, Crumb, Page, render
from greenmine.web.paging import paging, read_page_number
from greenmine.web.parts import Change, Entry, Facet, FacetOption, Figure, FileShown, Step, Way
from greenmine.web.public.article_text import Remark, remark_title
from greenmine.web.routes import SITE
from greenmine.web.routing import EVERY_ROLE, GET_POST, Limit, Route
from greenmine.web.shell import FOOTER, SECTIONS

TEMPLATES = Path(__file__).parent / "templates"
IDENTITY = {
    "GREENMINE_SITE_NAME": "绿色矿山公开与监督平台",
    "GREENMINE_SPONSOR": "某省自然资源厅",
    "GREENMINE_SITE_ID_CODE": "0000000000",
    "GREENMINE_ICP": "某ICP备00000000号",
    "GREENMINE_POLICE_RECORD": "某公网安备 00000000000000号",
    "GREENMINE_CONTACT": "0000-00000000",
}


@dataclass(frozen=True)
class Shell:
    """Of the services only a clock and a database without tables: clients are counted under this process's own salt."""

    settings: Settings
    database: Database = field(default_factory=lambda: open_database("sqlite://"))
    clock: Clock = lambda: datetime.now(UTC)


class GallerySheet(Sheet):
    """One field of every kind."""

    name = StringField(
        "矿山名称",
        description="与采矿许可证上的名称一致。",
        validators=[InputRequired("请填写矿山名称")],
    )
    text = TextAreaField("说明", validators=[Length(min=10, message="请填写说明（至少10个字）")])
    kind = SelectField("公示类型", choices=[SelectChoice("entry", "拟入库公示"), SelectChoice("removal", "移出公告")])
    level = RadioField(
        "级别",
        choices=[SelectChoice("national", "国家级"), SelectChoice("provincial", "省级")],
        validators=[InputRequired("请选择级别")],
    )
    topics = CheckboxesField(
        "涉及事项",
        choices=[SelectChoice("dust", "扬尘"), SelectChoice("water", "废水")],
        description="可多选。",
    )
    truth = BooleanField("我确认以上内容属实", validators=[InputRequired("请确认内容属实")])
    day = DateField("起始日期", validators=[InputRequired("请填写起始日期")])
    paper = FileField("附件", description="PDF，不超过10 MB。")
    word = PasswordField("口令", validators=[InputRequired("请填写口令")])


def gallery() -> str:
    """Every macro on one page."""
    facet_options = (
        FacetOption(label="贵州省", count=1204, href="/mines?region=520000", chosen=True),
        FacetOption(label="毕节市", count=185, href="/mines?region=520500", depth=1),
        FacetOption(label="织金县", count=12, href="/mines?region=520524", depth=2),
    )
    minerals = (FacetOption(label="磷矿", count=37, href="/mines?mineral=p"),)
    return render(
        "gallery.html",
        Page(
            title="织金某磷业有限公司大坪磷矿",
            section="/mines",
            crumbs=(Crumb("名录查询", "/mines"),),
            column=Column(name="名录查询", description="绿色矿山名录", keywords="绿色矿山,名录", kind="信息查询"),
            article=Article(
                title="织金某磷业有限公司大坪磷矿",
                published=datetime(2026, 11, 4, 8, 0, tzinfo=UTC),
                source="某省自然资源厅",
                description="示例",
            ),
            canonical="/gallery",
        ),
        statuses=list(MineStatus),
        tones=list(Tone),
        steps=_steps(),
        files=(
            FileShown(
                name="拟入库矿山名单.xlsx",
                kind="XLSX 表格",
                href="/documents/" + "ab" * 32,
                size=1_456_000,
                sha256="ab" * 32,
            ),
        ),
        entries=_entries(),
        figures=_figures(),
        facets=(Facet(label="所在地", options=facet_options), Facet(label="矿种", options=minerals)),
        pager=paging("/mines", total=1204, number=7, kept=(("region", "520000"),)),
        downloads=(Way(label="CSV", href="/mines.csv"), Way(label="XLSX", href="/mines.xlsx")),
        day=date(2026, 11, 4),
        hot=(Way(label="磷矿", href="/mines?q=%E7%A3%B7%E7%9F%BF"), Way(label="正在公示", href="/notices")),
        desk=(Way(label="待办", href="/desk"), Way(label="公示公告", href="/notices")),
        remarks=_remarks(),
        differences=(Change(label="矿种", before="磷", after="磷矿"), Change(label="规模", before="", after="大型")),
    )


def _remarks() -> list[tuple[Remark, str]]:
    told = [Remark(day=date(2026, 11, 5), note="数字有误", act=5121, withdrawn=False),
            Remark(day=date(2026, 11, 6), note="", act=5122, withdrawn=True)]  # fmt: skip
    return [(remark, remark_title(remark)) for remark in told]


def _steps() -> tuple[Step, ...]:
    return (
        Step(day=date(2026, 12, 1), title="公示期满", due=True),
        Step(
            day=date(2026, 11, 2),
            title="抽查：不合格",
            text="第四季度双随机抽查，要求6个月内整改。",
            act=5120,
            tone=Tone.BAD,
        ),
        Step(day=date(2024, 5, 1), title="纳入省级名录", href="/notices/2024-0012", act=1204),
        Step(day=date(2024, 4, 8), title="公示开始", text="公示期5个工作日，无异议。", act=1187),
    )


def _entries() -> tuple[Entry, ...]:
    return (
        Entry(
            title="关于拟纳入2026年度省级绿色矿山名录矿山的公示",
            href="/notices/2026-0031",
            day=date(2026, 11, 20),
            tag="还剩3天",
            tone=Tone.OPEN,
        ),
        Entry(title="关于将3家矿山移出绿色矿山名录的公告", href="/notices/2026-0030", day=date(2026, 11, 18)),
    )


def _figures() -> tuple[Figure, ...]:
    return (
        Figure(value="1,204", label="在册绿色矿山", href="/mines?status=listed"),
        Figure(value="37", label="正在公示", href="/notices"),
        Figure(value="12", label="本月移出", href="/removals"),
        Figure(value="800", label="贵州2020年目标", href="/targets", note="10个市（州）和贵安新区"),
    )


def sheet_page() -> Any:
    """A form of every kind of field, sent back with its faults."""
    form = GallerySheet()
    if form.validate_on_submit():
        return render("gallery_form.html", Page(title="已收到", section="/mines"), form=None)
    status = 400 if form.errors else 200
    return render("gallery_form.html", Page(title="发布公示", section="/notices"), form=form), status


def broken() -> str:
    raise RuntimeError("身份证号 520000199001011234 出现在错误里")


def refused(kind: str) -> str:
    raise getattr(errors, kind)("test.refused", N_("还剩%(days)s天，不能办理。"), days=3)


def plain() -> Response:
    return Response("ok", mimetype="text/plain")


def listing(number: str) -> str:
    return render("gallery_form.html", Page(title=f"第{read_page_number(number)}页"), form=None)


GALLERY = (
    Route("/gallery", "test.gallery", gallery),
    Route("/sheet", "test.sheet", sheet_page, methods=GET_POST, personal=True),
    Route("/broken", "test.broken", broken),
    Route("/refused/<kind>", "test.refused", refused),
    Route("/list/<number>", "test.list", listing),
    Route("/signed", "test.signed", plain, methods=GET_POST, limit=Limit.SIGN_IN, personal=True),
    Route("/export", "test.export", plain, limit=Limit.EXPORTS),
    Route("/desk/thing", "test.desk", plain, access=EVERY_ROLE),
)


def stand_in() -> str:
    return render("gallery_form.html", Page(title="尚在建设"), form=None)


def stand_ins() -> tuple[Route, ...]:
    """A plain page for every entry of the navigation, so that the frame is whole."""
    return tuple(Route(each.path, f"test.{each.path}", stand_in) for each in dict.fromkeys(SECTIONS + FOOTER))


def shell_settings(folder: Path, **environment: str) -> Settings:
    return Settings.from_environment({"GREENMINE_DATA_DIR": str(folder), **IDENTITY, **environment}, base=folder)


def shell_app(
    folder: Path,
    *,
    routes: Iterable[Route] = (),
    find_officer: OfficerFinder = nobody,
    shared: bool = True,
    **environment: str,
) -> Flask:
    """The site's frame with the gallery's pages. Pages here ask the services for nothing but the time."""
    settings = shell_settings(folder, **environment)
    return app_for(
        cast(Any, Shell(settings)),
        settings,
        routes=(*SITE, *GALLERY, *stand_ins(), *routes),
        find_officer=find_officer,
        templates=TEMPLATES,
        shared=shared,
    )
