"""The draft of a public form in a browser: one cookie a kind, and files that are sealed before they are named."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

import pytest
from flask import Flask, Response
from tests.hostile_files import CANARY, PDF, jpeg, zip_file
from tests.hostile_photos import telling_heic
from tests.migrated import lay
from tests.one_app import app_for, services_for
from werkzeug.datastructures import FileStorage

from greenmine.config import Settings
from greenmine.content.evidence import MOST_FILES
from greenmine.domain.case import CaseKind
from greenmine.domain.errors import BadInput, Gone, NotFound, TooMany, Unready
from greenmine.services import Services
from greenmine.store.case_attachment import files_in_use
from greenmine.store.form_draft import LIFETIME, DraftKey, save, start
from greenmine.web.forms.evidence import add_evidence, drop_evidence, require_disk, throw_away
from greenmine.web.forms.public_draft import HeldDraft, current_draft, current_key, draft_cookie, forget, keep

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)


@dataclass
class Site:
    """A site, its clock, and the cookies of one browser."""

    settings: Settings
    services: Services
    app: Flask
    now: datetime = NOW
    cookies: dict[str, str] = field(default_factory=dict)

    def in_browser(self) -> object:
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.app.test_request_context("/", base_url=self.settings.site_url, headers={"Cookie": sent})

    def begin(self, kind: CaseKind = CaseKind.COMPLAINT, **typed: str) -> DraftKey:
        with self.services.database.write() as tx:
            key = start(tx, kind=kind, at=self.now, data=typed)
        self.cookies[draft_cookie(self.settings, kind)] = key.token
        return key

    def held(self, kind: CaseKind = CaseKind.COMPLAINT) -> HeldDraft:
        held = current_draft(kind)
        assert held is not None
        return held

    def in_use(self) -> frozenset[str]:
        with self.services.database.read() as tx:
            return files_in_use(tx)

    def lying(self) -> set[str]:
        return {path.name for path in self.services.sealed_files.root.glob("??/*")}


def opened(settings: Settings) -> Site:
    holder: list[Site] = []
    lay(settings)
    services = services_for(settings, clock=lambda: holder[0].now)
    holder.append(Site(settings, services, app_for(services)))
    return holder[0]


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    made = opened(settings)
    yield made
    made.services.database.close()


@pytest.fixture
def secure_site(settings: Settings) -> Iterator[Site]:
    made = opened(replace(settings, site_url="https://green-mine.example"))
    yield made
    made.services.database.close()


def sent(data: bytes = PDF, name: str = "材料.pdf") -> FileStorage:
    return FileStorage(io.BytesIO(data), filename=name)


def set_cookie(response: Response) -> str:
    (line,) = response.headers.getlist("Set-Cookie")
    return line


def test_asvs_3_3_the_cookie_is_for_this_host_and_for_no_script(secure_site: Site) -> None:
    key = secure_site.begin()
    with secure_site.in_browser():
        line = set_cookie(keep(Response(), key))
    assert line.startswith(f"__Host-gm-draft-complaint={key.token};")
    for wanted in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax", f"Max-Age={72 * 3600}"):
        assert wanted in line.split("; ")
    assert "Domain" not in line


def test_without_https_the_cookie_still_reaches_no_script(site: Site) -> None:
    with site.in_browser():
        line = set_cookie(keep(Response(), site.begin()))
    assert line.startswith("gm-draft-complaint=")
    assert "HttpOnly" in line
    assert "Secure" not in line


def test_forgetting_names_the_same_cookie(secure_site: Site) -> None:
    with secure_site.in_browser():
        cookie = SimpleCookie(set_cookie(forget(Response(), CaseKind.COMPLAINT)))
    (name,) = cookie
    assert name == "__Host-gm-draft-complaint"
    assert cookie[name].value == ""
    assert (cookie[name]["max-age"], cookie[name]["path"], cookie[name]["secure"]) == ("0", "/", True)


def test_the_cookie_brings_the_draft_back(site: Site) -> None:
    key = site.begin(text="typed")
    with site.in_browser():
        assert current_key(CaseKind.COMPLAINT) == key
        assert site.held().draft.data == {"text": "typed"}
    site.now += LIFETIME
    with site.in_browser():
        assert current_draft(CaseKind.COMPLAINT) is None


@pytest.mark.parametrize("value", ["", "x", "A" * 86, "%00" * 40, "é" * 86])
def test_a_cookie_of_no_draft_is_no_draft(site: Site, value: str) -> None:
    site.cookies[draft_cookie(site.settings, CaseKind.COMPLAINT)] = value
    with site.in_browser():
        assert current_draft(CaseKind.COMPLAINT) is None


def test_several_forms_go_side_by_side_in_one_browser(site: Site) -> None:
    for kind in CaseKind:
        site.begin(kind, text=kind)
    with site.in_browser():
        assert [site.held(kind).draft.data["text"] for kind in CaseKind] == list(CaseKind)


def test_the_key_of_one_form_opens_no_other(site: Site) -> None:
    key = site.begin(text="typed")
    site.cookies[draft_cookie(site.settings, CaseKind.OBJECTION)] = key.token
    with site.in_browser():
        assert current_draft(CaseKind.OBJECTION) is None


def test_files_are_sealed_and_named_in_the_draft_only(site: Site) -> None:
    site.begin()
    with site.in_browser():
        held = add_evidence(site.held(), [sent(), sent(b"", ""), sent(telling_heic(), f"{CANARY}.HEIC")])
        again = site.held()
    assert again == held
    assert [file.name for file in held.draft.files] == ["材料.pdf", f"{CANARY}.jpg"]
    pdf, photo = (site.services.sealed_files.get(file.file, file.key) for file in held.draft.files)
    assert pdf == PDF
    assert CANARY.encode() not in photo
    assert site.lying() == site.in_use() == {file.file for file in held.draft.files}
    on_disk = b"".join(path.read_bytes() for path in site.settings.data_dir.rglob("*") if path.is_file())
    assert CANARY.encode() not in on_disk
    assert PDF[:12] not in on_disk


def test_a_refused_file_leaves_what_came_before_it(site: Site) -> None:
    site.begin()
    with site.in_browser():
        with pytest.raises(BadInput, match="压缩包"):
            add_evidence(site.held(), [sent(), sent(zip_file(), "a.zip"), sent()])
        assert len(site.held().draft.files) == 1
        with pytest.raises(BadInput, match="请选择文件"):
            add_evidence(site.held(), [sent(b"", "")])
    assert len(site.lying()) == 1


def test_a_draft_holds_so_many_files_also_from_two_windows(site: Site) -> None:
    site.begin()
    with site.in_browser():
        stale = site.held()
        with pytest.raises(BadInput, match="最多提交6个"):
            add_evidence(stale, [sent() for _ in range(MOST_FILES + 1)])
        add_evidence(stale, [sent() for _ in range(MOST_FILES)])
        with pytest.raises(BadInput, match="最多提交6个"):
            add_evidence(stale, [sent()])
        assert len(site.held().draft.files) == MOST_FILES
    assert site.lying() == site.in_use()


def test_a_file_for_a_draft_that_is_over_is_not_kept(site: Site) -> None:
    site.begin()
    with site.in_browser():
        held = site.held()
        throw_away(held)
        with pytest.raises(Gone):
            add_evidence(held, [sent()])
    assert site.lying() == set()


def test_dropped_files_and_thrown_away_drafts_leave_the_disk_at_once(site: Site) -> None:
    key = site.begin()
    with site.in_browser():
        held = add_evidence(site.held(), [sent(), sent(jpeg(), "a.jpg")])
        first = held.draft.files[0].file
        held = drop_evidence(held, first)
        assert site.lying() == site.in_use() == {held.draft.files[0].file}
        with pytest.raises(NotFound):
            drop_evidence(held, first)
        throw_away(held)
        assert current_draft(CaseKind.COMPLAINT) is None
    assert site.lying() == set()
    with site.services.database.write() as tx, pytest.raises(Gone):
        save(tx, key, {}, version=1, at=site.now + timedelta(seconds=1))


def test_a_nearly_full_disk_refuses_before_anything_is_taken(settings: Settings) -> None:
    site = opened(replace(settings, low_water_bytes=2**60))
    site.begin()
    with site.in_browser():
        with pytest.raises(Unready, match="存储空间不足"):
            require_disk()
        with pytest.raises(Unready, match="存储空间不足"):
            add_evidence(site.held(), [sent()])
        assert site.held().draft.files == ()
    assert site.lying() == set()
    site.services.database.close()


def test_a_store_that_is_away_keeps_the_draft_and_says_so(site: Site) -> None:
    site.begin(text="typed")
    site.services.sealed_files.root.write_text("a file where the folder should be")
    with site.in_browser():
        with pytest.raises(Unready, match="没有收下"):
            add_evidence(site.held(), [sent()])
        assert (site.held().draft.data, site.held().draft.files) == ({"text": "typed"}, ())


def test_an_upload_is_read_only_when_there_is_a_place_for_it(site: Site) -> None:
    """Six people who send films at once hold two of them in memory, whatever the number of threads."""
    site.begin()
    site.services = replace(site.services, slots=replace(site.services.slots, patience=0))
    site.app = app_for(site.services)
    waiting = sent()
    with site.in_browser(), site.services.slots.taken(), site.services.slots.taken():
        with pytest.raises(TooMany, match="请稍候重试"):
            add_evidence(site.held(), [waiting])
        assert waiting.stream.tell() == 0
    with site.in_browser():
        assert len(add_evidence(site.held(), [waiting]).draft.files) == 1
