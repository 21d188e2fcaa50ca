"""Every public page, feed item and export row names its entry in the log (issue C 3; log-spec.md 5)."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook
from tests.desk import article
from tests.log_site import LogSite, log_site
from tests.reference_data import reference
from tests.seats import seated
from tests.web.register import TODAY

from greenmine.domain.seat import Role
from greenmine.store.act import acts_of
from greenmine.store.tables import removal
from greenmine.usecases.article import publish_article, withdraw_article

EDITOR = seated(9, Role.EDITOR, "000000")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogSite]:
    """The register, a news item, a policy and a withdrawn news item."""
    with log_site(tmp_path_factory.mktemp("site"), filled=True) as made:
        with made.services.database.write() as tx:
            for slug, section in (("first", "news"), ("rule", "policies"), ("gone", "news")):
                wanted = article(slug, section=section, type="activity" if section == "news" else None, published=TODAY)
                publish_article(tx, wanted, reference=reference(), officer=EDITOR, at=made.clock.now)
            withdraw_article(
                tx, "news", "gone", reason="有误。", reference=reference(), officer=EDITOR, at=made.clock.now
            )
        yield made


def records(site: LogSite) -> dict[str, str]:
    """Address → the object it is the page of."""
    it = site.register
    assert it is not None
    return {
        **{f"/mines/{number}": f"mine/{number}" for number in it.mines.values()},
        **{f"/notices/{n}": f"notice/{n}" for n in (it.closed_notice, it.running_notice, it.withdrawn_notice)},
        **{f"/removals/{n}": f"removal/{n}" for n in (it.adverse, it.neutral, it.proposed)},
        f"/blacklist/{it.credit}": f"credit/{it.credit}",
        "/news/first": "content/news/first",
        "/news/gone": "content/news/gone",
        "/policies/rule": "content/policies/rule",
    }


def entries_in(text: str) -> set[int]:
    return {int(n) for n in re.findall(r"/log/entry/(\d+)(?![\d.])", text)}


def test_every_page_of_a_record_leads_to_the_newest_entry_about_it(site: LogSite) -> None:
    for path, name in records(site).items():
        with site.services.database.read() as tx:
            newest = acts_of(tx, name)[0].n
        found = entries_in(" ".join(site.client.get(path).links()))
        assert newest in found, f"{path} names {sorted(found)}, not {newest}"
        site.client.get(f"/log/entry/{newest}")


def test_no_page_names_an_entry_without_leading_to_it(site: LogSite) -> None:
    for path in records(site):
        text = site.client.get(path).text
        named = {int(n) for n in re.findall(r"第 (\d+) 号", re.sub(r"<[^>]+>", "", text))}
        assert named <= entries_in(text), path


def test_an_entry_leads_back_to_the_page_of_its_object(site: LogSite) -> None:
    for path, name in records(site).items():
        with site.services.database.read() as tx:
            own = [act.n for act in acts_of(tx, name) if act.object == name]
        assert path in site.client.get(f"/log/entry/{own[0]}").links()


def test_every_item_of_every_feed_names_its_entries(site: LogSite) -> None:
    atom = "{http://www.w3.org/2005/Atom}"
    for feed in ("all", "notices", "removals", "credit", "news", "policies", "mines"):
        root = ElementTree.fromstring(site.fetch(f"/feeds/{feed}.atom"))
        for item in root.iter(f"{atom}entry"):
            found = entries_in(item.findtext(f"{atom}content") or "")
            assert found, f"{feed}: {item.findtext(f'{atom}title')}"
            assert f"{site.client.site_url}/log/entry/" in (item.findtext(f"{atom}content") or ""), (
                "an absolute address"
            )
    with site.services.database.read() as tx:
        (name,) = tx.execute(removal.select().with_only_columns(removal.c.id).limit(1)).scalars()
        numbers = {act.n for act in acts_of(tx, f"removal/{name}") if act.object == f"removal/{name}"}
    whole = json.loads(site.fetch("/feeds/removals.json"))
    told = [entries_in(item["content_html"]) for item in whole["items"]]
    assert numbers in told, "an item names each entry it tells"


def test_every_row_of_every_export_names_its_entry(site: LogSite) -> None:
    it = site.register
    assert it is not None
    lists = ("/mines.csv", "/notices.csv", "/removals.csv", "/blacklist.csv", f"/notices/{it.closed_notice}/list.csv")
    for path in lists:
        for row in csv.DictReader(io.StringIO(site.fetch(path).decode("utf-8-sig"))):
            site.fetch(f"/log/entry/{int(row['记录号'])}.json")
    mines = json.loads(site.fetch("/mines.json"))
    by_number = {row["id"]: int(row["last_act"]) for row in mines["items"]}
    assert {field["name"]: field["title"] for field in mines["fields"]}["last_act"] == "记录号"
    for number, n in by_number.items():
        with site.services.database.read() as tx:
            assert n in [act.n for act in acts_of(tx, f"mine/{number}")]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(site.fetch("/mines.xlsx"))).get_sheet_by_index(0).to_python()
    place = sheet[0].index("记录号")
    assert {str(row[place]) for row in sheet[1:]} == {str(n) for n in by_number.values()}


def test_an_ended_credit_entry_still_names_its_entries_and_nobody(tmp_path: Path) -> None:
    with log_site(tmp_path / "data", filled=True) as site:
        assert site.register is not None
        site.clock.now = site.clock.now.replace(year=2029)
        answer = site.client.get(f"/blacklist/{site.register.credit}")
        found = entries_in(answer.text)
        assert found and date(2029, 1, 1) > TODAY
        for n in found:
            page = site.client.get(f"/log/entry/{n}")
            assert "示例辽东镁业有限公司" not in page.text + site.fetch(f"/log/entry/{n}.json").decode()
