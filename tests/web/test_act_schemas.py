"""``/log/schema/<kind>/<version>.json``: by what an entry can be read, and what an entry's page says decided it."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from jsonschema import Draft202012Validator
from tests.announced import announce_books, propose_removal
from tests.desk import COUNTY_OFFICER, ZHIJIN
from tests.log_site import LogSite, log_site

from greenmine.domain.act import KINDS, Act, Basis
from greenmine.domain.mine import Level, Library
from greenmine.services import Services
from greenmine.store.act import acts_after, entries, get_document, latest_of, removed_documents, size
from greenmine.store.apply import apply, replay
from greenmine.store.mine import next_mine_number
from greenmine.tlog.entry import canonical
from greenmine.usecases.mine import Listing, enlist_mine
from greenmine.usecases.reference import announce_book
from greenmine.usecases.removal import RemovalProposal

EVERY = [(name, version) for name, kind in KINDS.items() for version in kind.versions]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LogSite]:
    """A log of a few mines and rule books, and a removal proposed on a ground that the province inherits."""
    with log_site(tmp_path_factory.mktemp("schemas") / "data") as made:
        made.record(1, 2)
        reference = made.services.reference
        with made.services.database.write() as tx:
            announce_books(tx, reference, at=made.clock.now)
            assert next_mine_number(tx, ZHIJIN).endswith("0003")
            mine = f"GM-{ZHIJIN}-0001"
            enlist_mine(tx, mine, Listing(Library.PROVINCIAL, date(2025, 1, 2)), officer=None, at=made.clock.now)
            wanted = RemovalProposal(mine, Level.PROVINCIAL, "mine_closed", reason="演示", basis="演示")
            propose_removal(tx, wanted, reference=reference, officer=COUNTY_OFFICER, at=made.clock.now)
        yield made


@pytest.mark.parametrize(("kind", "version"), EVERY)
def test_every_version_of_every_kind_is_served_as_a_json_schema(site: LogSite, kind: str, version: int) -> None:
    answer = site.client.get(f"/log/schema/{kind}/{version}.json")
    assert answer.headers["Content-Type"] == "application/schema+json"
    assert "immutable" in answer.headers["Cache-Control"]
    schema = json.loads(answer.text)
    Draft202012Validator.check_schema(schema)
    assert schema["properties"]["kind"] == {"const": kind} and schema["properties"]["v"] == {"const": version}
    assert ("body" in schema.get("$defs", {})) is (KINDS[kind].body is not None)


@pytest.mark.parametrize(
    "path", ["mine.registered/0", "mine.registered/2", "mine.registered/01", "mine.invented/1", "mine.registered/x"]
)
def test_what_never_was_has_no_schema(site: LogSite, path: str) -> None:
    assert site.client.get(f"/log/schema/{path}.json", status=404).h1 == "没有找到页面"


def test_entries_and_bodies_of_the_demonstration_fit_the_schemas_they_name(demo_services: Services) -> None:
    """As a stranger reads the log: entry, its ``kind`` and ``v``, the schema, nothing else."""
    seen = set()
    with demo_services.database.read() as tx:
        for entry, body, _matters in entries(tx):
            envelope = json.loads(entry)
            kind = KINDS[envelope["kind"]]
            schema = kind.published_schema(envelope["v"])
            if kind.name not in seen:
                Draft202012Validator(schema).validate(envelope)
            if kind.name not in seen and body is not None:
                Draft202012Validator(schema["$defs"]["body"]).validate(json.loads(body))
            seen.add(kind.name)
    assert len(seen) >= 15


def test_the_page_of_an_entry_names_the_book_that_holds_the_ground_and_leads_to_its_file(site: LogSite) -> None:
    """The ground 闭坑 is inherited: the national book decided, not the province's own."""
    national = site.services.reference.books.all()[0]
    with site.services.database.read() as tx:
        proposed = next(act for act in acts_after(tx, 0, limit=100) if act.kind == "removal.proposed")
        told = latest_of(tx, f"book/{national.key}")
        assert told is not None and get_document(tx, told.fact("digest"), today=date(2027, 1, 1))
        assert not removed_documents(tx, [told.fact("digest")])
    page = site.client.get(f"/log/entry/{proposed.n}")
    name = national.named("ground/mine_closed")
    assert name and f"{national.name}</a>：{name} <code>ground/mine_closed</code>" in page.text
    assert f"/documents/{national.digest}" in page.links()
    assert "/log/schema/removal.proposed/1.json" in page.links()
    assert "ground/" not in site.client.get("/log/entry/0").text, "no book decided a registration"


def test_a_version_of_before_is_named_by_its_stamp_and_leads_to_its_own_file(site: LogSite) -> None:
    """The site holds the newer file only; the log still says what decided then."""
    before = replace(site.services.reference.books.all()[0], digest="ab" * 32)
    decided = Act(
        "removal.proposed", "removal/2026-0777", "province@520000", date(2026, 11, 2),
        {"mine": f"GM-{ZHIJIN}-0002", "ground": "fraud", "adverse": True, "level": "provincial"},
        {"basis": "演示", "reason": "演示"}, (Basis(before.stamp, "ground/fraud"),),
    )  # fmt: skip
    with site.services.database.write() as tx:
        announce_book(tx, before, size=1, at=site.clock.now)
        recorded = apply(tx, decided, at=site.clock.now)
    page = site.client.get(f"/log/entry/{recorded.n}")
    assert before.stamp in page.text and f"/documents/{before.digest}" in page.links()


@pytest.mark.parametrize("by", ["arbiter@330523", "arbiter@panel-0007", "department@330523/forestry_police"])
def test_an_author_that_another_version_knows_is_named_by_its_code(site: LogSite, by: str) -> None:
    """No schema names a role: a mirror that runs an older program shows what a newer one recorded."""
    with site.services.database.write() as tx:
        told = acts_after(tx, 0, limit=1)[0]
        mine = next_mine_number(tx, ZHIJIN)
        head = {"object": f"mine/{mine}", "by": by, "at": acts_after(tx, size(tx) - 1, limit=1)[0].at}
        body = canonical({"name": "演示新矿"})
        entry = canonical({**told.envelope, **head, "body": hashlib.sha256(body).hexdigest()})
        n = replay(tx, entry, body).n
    role, _at, scope = by.partition("@")
    text = site.client.get(f"/log/entry/{n}").text
    assert scope.rpartition("/")[2] in text and (role in text or "会同部门" in text)
    site.client.get(f"/mines/{mine}")
