"""Every command through ``main()``, as an operator types it: what it prints, what it returns, what it leaves alone."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import func, select, text
from tests.site_process import free_port, open_listener

from greenmine.__main__ import main
from greenmine.cli.upkeep import LEASE
from greenmine.cli.worker import TERM
from greenmine.domain.instant import from_utc_text, legal_day
from greenmine.store.act import acts_after, size
from greenmine.store.article import get_article
from greenmine.store.database import Database, open_database
from greenmine.store.lease import take_lease
from greenmine.store.migrate import head, revision, upgrade
from greenmine.store.site_fact import get_fact
from greenmine.store.tables import mine
from greenmine.store.tables_private import figure

NEWS = """---
title: {title}
type: activity
published: 2026-03-05 09:00
author: 演示作者
source: 演示自然资源局
region: "520524"
summary: 演示摘要。
{more}---

{body}
"""


@dataclass
class Site:
    """A data folder and a content folder of the test's own, and the command line on them."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    @property
    def content(self) -> Path:
        return self.folder / "content"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def run(self, *arguments: str, ends: int = 0) -> str:
        """Run ``greenmine <arguments>``; what it printed on both streams."""
        self.capture.readouterr()
        code = _exit_code(arguments)
        printed = "".join(self.capture.readouterr())
        assert code == ends, printed
        assert "Traceback" not in printed
        return printed

    def write(self, name: str, *, title: str = "开放日", body: str = "正文。", more: str = "") -> Path:
        path = self.content / "news" / f"{name}.md"
        path.write_text(NEWS.format(title=title, body=body, more=more), encoding="utf-8")
        return path

    def database(self) -> Database:
        return open_database(f"sqlite:///{self.data / 'greenmine.sqlite'}")

    def read(self, query: Callable[..., object]) -> object:
        database = self.database()
        with database.read() as tx:
            answer = query(tx)
        database.close()
        return answer

    def acts(self) -> int:
        return int(str(self.read(size)))

    def last_act(self) -> tuple[str, str]:
        (act,) = self.read(lambda tx: acts_after(tx, size(tx) - 1, limit=1))  # type: ignore[misc]
        return act.kind, act.object


def _exit_code(arguments: Sequence[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.fixture
def site(tmp_path: Path, checkout: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Site:
    """Content like the checkout's, with a news folder of our own; nothing prepared yet."""
    shutil.copytree(checkout / "content", tmp_path / "content", ignore=shutil.ignore_patterns("news"))
    (tmp_path / "content" / "news").mkdir()
    monkeypatch.setenv("GREENMINE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("GREENMINE_SEARCH_INDEX", str(tmp_path / "search_index"))
    monkeypatch.setenv("GREENMINE_CONTENT_DIR", str(tmp_path / "content"))
    monkeypatch.setenv("COLUMNS", "200")
    return Site(tmp_path, capsys)


@pytest.fixture
def ready(site: Site) -> Site:
    """The same, prepared and empty."""
    site.run("init", "--empty")
    return site


COMMANDS = [
    [], ["init"], ["serve"], ["worker"], ["content"], ["content", "sync"], ["rebuild"], ["clocks"],
    ["replay"], ["import"], ["verify"], ["backup"], ["restore"], ["documents"], ["documents", "remove"],
    ["import", "mines"], ["staff"], ["staff", "add"], ["staff", "demo-links"],
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("asked", ["--help", "-h"])
def test_help_touches_nothing_on_disk(site: Site, command: list[str], asked: str) -> None:
    assert "Usage: greenmine" in site.run(*command, asked)
    assert not site.data.exists()


def test_init_empty_makes_a_site_without_mines_for_good(site: Site) -> None:
    printed = site.run("init", "--empty")
    assert "已就绪" in printed
    site.run("init")
    assert site.read(lambda tx: tx.execute(select(func.count()).select_from(mine)).scalar_one()) == 0
    assert site.acts() > 10, "policies, pages, rule books and the calendar are published"


def test_init_settles_the_authority_of_feeds_by_the_day_of_the_first_act(site: Site) -> None:
    """docs/decisions/0011: a replay of the same acts under the same address finds the same one."""
    site.run("init", "--empty")
    settled = site.read(lambda tx: get_fact(tx, "feed_authority"))
    first = site.read(lambda tx: acts_after(tx, 0, limit=1))[0]
    assert settled == f"demo.greenmine.invalid,{legal_day(from_utc_text(first.at))}"
    site.run("init")
    assert site.read(lambda tx: get_fact(tx, "feed_authority")) == settled


def test_content_that_is_new_changed_and_gone_becomes_acts(ready: Site) -> None:
    path = ready.write("open-day")
    assert "content.published: 1" in ready.run("content", "sync")
    assert ready.last_act() == ("content.published", "content/news/open-day")
    ready.write("open-day", title="开放日改期")
    assert "content.changed: 1" in ready.run("content", "sync")
    assert ready.last_act() == ("content.changed", "content/news/open-day")
    path.unlink()
    ready.write("another")
    printed = ready.run("content", "sync")
    assert "content.published: 1" in printed
    assert "content.withdrawn: 1" in printed
    assert ready.last_act() == ("content.withdrawn", "content/news/open-day")


def test_content_sync_twice_records_nothing(ready: Site) -> None:
    ready.write("open-day")
    ready.run("content", "sync")
    acts = ready.acts()
    printed = ready.run("content", "sync")
    assert ready.acts() == acts
    assert {line.partition(": ")[2] for line in printed.splitlines()} == {"0"}


def test_a_malformed_file_is_told_with_place_and_reason_and_the_rest_is_served(ready: Site) -> None:
    ready.write("good")
    (ready.content / "news" / "bad.md").write_text("---\ntitle: 坏的\ntype: nonsense\n---\n正文\n", encoding="utf-8")
    printed = ready.run("content", "sync")
    assert "content.published: 1" in printed
    assert "未载入：news/bad.md:3 " in printed
    assert ready.last_act() == ("content.published", "content/news/good")


def test_a_slip_of_the_pen_withdraws_nothing(ready: Site) -> None:
    """The article stays as it was published until its file can be read again; nor do others of its section go."""
    path = ready.write("open-day")
    ready.write("second")
    ready.run("content", "sync")
    acts = ready.acts()
    path.write_text("---\ntitle: [\n", encoding="utf-8")
    (ready.content / "news" / "second.md").unlink()
    assert "未载入：news/open-day.md" in ready.run("content", "sync")
    assert ready.acts() == acts
    ready.write("open-day")
    assert "content.withdrawn: 1" in ready.run("content", "sync")
    assert ready.last_act() == ("content.withdrawn", "content/news/second")


def test_a_content_folder_without_articles_withdraws_nothing(ready: Site) -> None:
    """Not mounted, or emptied by mistake."""
    acts = ready.acts()
    for section in ("policies", "pages"):
        shutil.rmtree(ready.content / section)
    assert "没有读到任何内容文件" in ready.run("content", "sync")
    assert ready.acts() == acts


def test_another_picture_under_the_same_name_is_noticed(ready: Site) -> None:
    first, second = Image.new("RGB", (8, 6), "green"), Image.new("RGB", (8, 6), "brown")
    shown = ready.content / "news" / "media" / "show.jpg"
    shown.parent.mkdir()
    first.save(shown)
    ready.write("picture", more="pictures:\n  - file: show.jpg\n    alt: 矿区一角\n")
    assert "content.published: 1" in ready.run("content", "sync")
    second.save(shown)
    assert "content.changed: 1" in ready.run("content", "sync")
    assert "content.changed: 0" in ready.run("content", "sync")
    article = ready.read(lambda tx: get_article(tx, "news", "picture").article)
    (media,) = article.media  # type: ignore[attr-defined]
    assert media.size == shown.stat().st_size
    kept = ready.data / "documents" / media.sha256[:2] / media.sha256
    assert kept.read_bytes() == shown.read_bytes()


def test_a_rule_book_taken_away_after_start_is_no_fault(ready: Site) -> None:
    acts = ready.acts()
    shutil.rmtree(ready.content / "rules" / "510000")
    ready.run("content", "sync")
    assert ready.acts() == acts


def test_rebuild_makes_the_search_index_anew(ready: Site) -> None:
    (before,) = (ready.folder / "search_index").glob("*/current")
    shutil.rmtree(before.parent)
    ready.run("rebuild")
    assert list((ready.folder / "search_index").glob("*/current")) == [before]


def test_rebuild_derives_the_figures_anew(ready: Site) -> None:
    database = ready.database()
    with database.write() as tx:
        tx.execute(text("INSERT INTO figure (region, measure, value) VALUES ('520000', 'mines', 9)"))
    database.close()
    assert f"已由 {ready.acts()} 条记录重新生成" in ready.run("rebuild")
    assert ready.read(lambda tx: tx.execute(select(figure)).all()) == []


def test_replay_into_an_empty_database_gives_the_same_public_rows(ready: Site) -> None:
    ready.write("open-day")
    ready.run("content", "sync")
    twin = f"sqlite:///{ready.folder / 'twin.sqlite'}"
    printed = ready.run("replay", twin, "--compare")
    assert "逐行一致" in printed
    assert f"已重放 {ready.acts()} 条" in printed


def test_replay_touches_no_database_that_holds_something(ready: Site) -> None:
    target = ready.folder / "other.sqlite"
    other = open_database(f"sqlite:///{target}")
    upgrade(other)
    other.close()
    before = target.read_bytes()
    assert "只能重放到空数据库" in ready.run("replay", f"sqlite:///{target}", ends=1)
    assert target.read_bytes() == before
    own = f"sqlite:///{ready.data / 'greenmine.sqlite'}"
    assert "只能重放到空数据库" in ready.run("replay", own, ends=1)


def test_replay_says_what_a_target_is(ready: Site) -> None:
    assert "sqlite:///" in ready.run("replay", "mysql://root@127.0.0.1/x", ends=1)


@pytest.mark.parametrize("command", [["content", "sync"], ["rebuild"], ["replay", "sqlite:///x"], ["worker"],
                                     ["staff", "list"], ["verify"], ["backup", "x"]], ids=" ".join)  # fmt: skip
def test_commands_before_init_are_refused_with_what_to_do(site: Site, command: list[str]) -> None:
    assert "greenmine init" in site.run(*command, ends=1)


def test_a_lost_master_key_is_told_and_no_other_is_put_in_its_place(ready: Site, tmp_path: Path) -> None:
    key = tmp_path / "data" / "keys" / "case-master.key"
    key.rename(tmp_path / "away")
    assert "主密钥" in ready.run("cases", ends=1) and not key.exists()
    (tmp_path / "away").rename(key)
    ready.run("cases")


def test_a_demonstration_is_refused_in_production(ready: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENMINE_MODE", "production")
    monkeypatch.setenv("GREENMINE_SITE_URL", "https://mines.example.gov.cn")
    monkeypatch.setenv("GREENMINE_SPONSOR", "示例厅")
    monkeypatch.setenv("GREENMINE_CONTACT", "0000-00000000")
    for command in (["init"], ["serve"], ["worker"], ["rebuild"]):
        assert "属于演示站点" in ready.run(*command, ends=1)


def test_a_database_of_a_newer_version_is_left_alone(ready: Site) -> None:
    database = ready.database()
    with database.write() as tx:
        tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    assert "请使用新版程序" in ready.run("init", ends=1)
    database = ready.database()
    assert revision(database) == "9999" != head()
    database.close()


def test_an_address_in_use_is_refused_before_anything_is_prepared(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web server alone would share the port with the other one in silence."""
    with open_listener() as port:
        monkeypatch.setenv("GREENMINE_PORT", str(port))
        assert f"127.0.0.1:{port}" in site.run("serve", ends=1)
    assert not (site.data / "greenmine.sqlite").stat().st_size > 100_000


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("GREENMINE_PORT", "eighty", "GREENMINE_PORT"),
        ("GREENMINE_MODE", "prod", "GREENMINE_MODE"),
        ("GREENMINE_PROT", "8000", "GREENMINE_PROT"),
        ("GREENMINE_HOST", "0.0.0.0", "演示"),
        ("GREENMINE_CONTENT_DIR", "/nowhere", "GREENMINE_CONTENT_DIR"),
    ],
)
def test_wrong_settings_end_with_2_and_a_sentence(
    site: Site, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert said in site.run("init", ends=2)
    assert not site.data.exists()


def test_production_refuses_http(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENMINE_MODE", "production")
    monkeypatch.setenv("GREENMINE_SITE_URL", "http://mines.example.gov.cn")
    for command in ("init", "serve"):
        assert "https" in site.run(command, ends=2)


def test_production_without_a_contact_ends_with_2_and_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENMINE_MODE", "production")
    monkeypatch.setenv("GREENMINE_SITE_URL", "https://mines.example.gov.cn")
    monkeypatch.setenv("GREENMINE_SPONSOR", "示例厅")
    for command in ("init", "serve"):
        assert "请设 GREENMINE_SPONSOR 和 GREENMINE_CONTACT" in site.run(command, ends=2)
    assert not site.data.exists()


def test_a_key_that_others_can_read_is_refused_before_serving(ready: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENMINE_PORT", str(free_port()))
    key = ready.data / "secret.key"
    key.write_text("0123456789abcdef" * 4)
    key.chmod(0o644)
    assert "chmod 600" in ready.run("serve", ends=2)


def test_an_unknown_command_is_refused(site: Site) -> None:
    assert "nonsense" in site.run("nonsense", ends=2)
    assert not site.data.exists()


def test_the_clocks_are_shown_and_confirmed_from_the_console(ready: Site) -> None:
    """trust.md 21: what waits for an operator is told, and goes on once the time is confirmed."""
    assert "没有暂停" in ready.run("clocks")
    database = ready.database()
    with database.write() as tx:
        for now in (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)):
            assert take_lease(tx, LEASE, holder="one", now=now, term=TERM)
    assert "自上次运行（2026-01-01" in ready.run("clocks")
    assert "已记录 0 件" in ready.run("clocks", "--confirm")
    assert "没有暂停" in ready.run("clocks")
    database.close()


@pytest.mark.parametrize("command", ["init", "rebuild"])
def test_a_file_that_is_no_database_is_told_in_a_sentence(site: Site, command: str) -> None:
    site.data.mkdir()
    (site.data / "greenmine.sqlite").write_bytes(b"not a database at all" * 100)
    assert "数据库无法使用" in site.run(command, ends=1)


def test_a_database_that_does_not_answer_is_told_in_a_sentence(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GREENMINE_DATABASE_URL", "postgresql+psycopg://gm:hidden@127.0.0.1:9/gm")
    printed = site.run("init", ends=1)
    assert "数据库无法使用" in printed
    assert "hidden" not in printed


def test_a_data_folder_that_is_a_file_is_told_in_a_sentence(site: Site) -> None:
    site.data.write_text("a file", encoding="utf-8")
    assert "文件或磁盘出错" in site.run("init", ends=1)
