"""Drafts of public forms: only the cookie opens them, nothing typed is lost, gone after 72 hours (design.md)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from tests.desk import NOON
from tests.store.conftest import count

from greenmine.domain.case import CaseKind
from greenmine.domain.errors import BadInput, Gone, NotFound, Unready
from greenmine.store.case_attachment import files_in_use
from greenmine.store.database import Database
from greenmine.store.form_draft import (
    LIFETIME,
    MOST_BYTES,
    Draft,
    DraftKey,
    DraftMoved,
    add_file,
    clear,
    expire,
    has_expired,
    load,
    parse_token,
    remove_file,
    save,
    start,
)
from greenmine.store.sealed_files import SealedFile
from greenmine.store.tables_case import form_draft, form_draft_file

TYPED = {"text": "演示：井下排水把水弄黑了", "phone": "13800000000", "risk": ["health"], "no_end": "\ud800\0"}
PHOTO = SealedFile("ab" * 16, bytes(range(32)), 1234)
SECOND = timedelta(seconds=1)


def begun(database: Database, kind: CaseKind = CaseKind.COMPLAINT) -> DraftKey:
    with database.write() as tx:
        return start(tx, kind=kind, at=NOON)


def loaded(database: Database, key: DraftKey, *, after: timedelta = SECOND) -> Draft | None:
    with database.read() as tx:
        return load(tx, key, at=NOON + after)


def saved(database: Database, key: DraftKey, *, version: int = 1, after: timedelta = SECOND, **data: str) -> Draft:
    with database.write() as tx:
        return save(tx, key, data or TYPED, version=version, at=NOON + after)


def test_what_was_typed_is_read_back_as_it_was(database: Database) -> None:
    key = begun(database)
    assert saved(database, key).version == 2
    draft = loaded(database, key)
    assert draft is not None
    assert (draft.data, draft.version, draft.files) == (TYPED, 2, ())


def test_the_database_holds_neither_words_nor_keys(database: Database) -> None:
    """Whoever has the database and its backups cannot open a draft: the key is in the cookie only."""
    key = begun(database)
    saved(database, key)
    with database.read() as tx:
        row = tx.execute(select(form_draft)).one()
    held = repr(tuple(row)).encode() + bytes(row.sealed)
    for secret in (key.id, key.key, key.id.hex().encode(), key.key.hex().encode(), b"13800000000", b"health"):
        assert secret not in held


def test_keys_and_words_are_shown_in_no_trace(database: Database) -> None:
    key = begun(database)
    shown = repr(key) + repr(saved(database, key))
    assert key.id.hex() not in shown
    assert repr(key.key) not in shown
    assert "演示" not in shown


def test_a_cookie_holds_the_key_and_nothing_else_is_one(database: Database) -> None:
    key = begun(database)
    assert len(key.token) == 86
    assert parse_token(key.token, kind=CaseKind.COMPLAINT) == key
    for other in ("", "x", key.token[:-1] + "*", key.token[:-4], key.token + "AAAA", "口" * 86, "=" * 86):
        assert parse_token(other, kind=CaseKind.COMPLAINT) is None


def test_another_key_or_another_kind_of_form_opens_nothing(database: Database) -> None:
    key = begun(database)
    assert loaded(database, DraftKey(CaseKind.OBJECTION, key.id, key.key)) is None
    assert loaded(database, DraftKey(CaseKind.COMPLAINT, bytes(32), key.key)) is None
    with pytest.raises(Unready):
        loaded(database, DraftKey(CaseKind.COMPLAINT, key.id, bytes(32)))


def test_rows_swapped_by_hand_do_not_open(database: Database) -> None:
    key, other = begun(database), begun(database)
    saved(database, other)
    with database.write() as tx:
        sealed = tx.execute(select(form_draft.c.sealed).where(form_draft.c.id_hash == other.id_hash)).scalar_one()
        tx.execute(update(form_draft).where(form_draft.c.id_hash == key.id_hash).values(sealed=sealed))
    with pytest.raises(Unready):
        loaded(database, key)


def test_trust_20_a_second_window_hides_nothing(database: Database) -> None:
    """Both are handed back: what the other window saved, and what was typed in this one."""
    key = begun(database)
    saved(database, key, text="first window")
    with pytest.raises(DraftMoved) as moved:
        saved(database, key, text="second window")
    assert moved.value.stored.data == {"text": "first window"}
    assert moved.value.typed == {"text": "second window"}
    assert "window" not in str(moved.value)
    held = loaded(database, key)
    assert held is not None
    assert held.data == {"text": "first window"}
    assert saved(database, key, version=moved.value.stored.version, text="second window").version == 3


def test_a_double_click_is_no_conflict(database: Database) -> None:
    key = begun(database)
    assert saved(database, key).version == saved(database, key).version == 2


def test_drafts_live_72_hours_from_the_last_save(database: Database) -> None:
    key = begun(database)
    assert timedelta(hours=72) == LIFETIME
    assert loaded(database, key, after=LIFETIME) is None
    saved(database, key, after=timedelta(hours=71))
    assert loaded(database, key, after=LIFETIME) is not None
    assert loaded(database, key, after=timedelta(hours=71) + LIFETIME) is None
    with pytest.raises(Gone, match="72小时"):
        saved(database, key, version=2, after=timedelta(hours=71) + LIFETIME, text="late")


def test_expired_drafts_are_forgotten_with_their_files(database: Database) -> None:
    old = begun(database)
    with database.write() as tx:
        add_file(tx, old, PHOTO, name="a.jpg", media_type="image/jpeg", at=NOON)
    with database.write() as tx:
        young = start(tx, kind=CaseKind.COMPLAINT, at=NOON + SECOND)
    with database.write() as tx:
        assert not has_expired(tx, at=NOON + LIFETIME - SECOND)
        assert has_expired(tx, at=NOON + LIFETIME)
        assert expire(tx, at=NOON + LIFETIME) == 1
        assert not has_expired(tx, at=NOON + LIFETIME)
        assert files_in_use(tx) == frozenset()
    assert loaded(database, old) is None
    assert loaded(database, young) is not None
    assert count(database, "form_draft") == 1


def test_a_draft_is_not_longer_than_64_kilobytes(database: Database) -> None:
    key = begun(database)
    saved(database, key, text="x" * (MOST_BYTES - 100))
    with pytest.raises(BadInput, match="太长"):
        saved(database, key, version=2, text="x" * MOST_BYTES)
    held = loaded(database, key)
    assert held is not None
    assert len(held.data["text"]) == MOST_BYTES - 100


def test_the_longest_form_fits_in_its_rarest_characters(database: Database) -> None:
    key, longest = begun(database), {"text": "𠮷" * 5000, **{f"line{n}": "矿" * 200 for n in range(10)}}
    saved(database, key, **longest)
    held = loaded(database, key)
    assert held is not None and held.data == longest


def test_files_are_added_without_growing_old_any_page(database: Database) -> None:
    """Photos go up in one window while a question is answered in another."""
    key = begun(database)
    with database.write() as tx:
        draft = add_file(tx, key, PHOTO, name="井口.jpg", media_type="image/jpeg", at=NOON)
    assert (draft.version, draft.size) == (1, 1234)
    (file,) = saved(database, key).files
    assert (file.sealed, file.name, file.media_type) == (PHOTO, "井口.jpg", "image/jpeg")
    with database.read() as tx:
        assert files_in_use(tx) == {PHOTO.file}
        row = tx.execute(select(form_draft_file)).one()
    assert "井口" not in repr(tuple(row))


def test_a_removed_file_is_forgotten_and_a_strangers_is_not_found(database: Database) -> None:
    key, other = begun(database), begun(database)
    with database.write() as tx:
        add_file(tx, key, PHOTO, name="a.jpg", media_type="image/jpeg", at=NOON)
    with database.write() as tx, pytest.raises(NotFound):
        remove_file(tx, other, PHOTO.file, at=NOON)
    with database.write() as tx:
        assert remove_file(tx, key, PHOTO.file, at=NOON).files == ()
        assert files_in_use(tx) == frozenset()
        with pytest.raises(NotFound):
            remove_file(tx, key, PHOTO.file, at=NOON)


def test_clear_forgets_everything_and_names_the_files_to_remove(database: Database) -> None:
    key = begun(database)
    with database.write() as tx:
        add_file(tx, key, PHOTO, name="a.jpg", media_type="image/jpeg", at=NOON)
    with database.write() as tx:
        assert clear(tx, DraftKey(CaseKind.OBJECTION, key.id, key.key)) == ()
        assert clear(tx, key) == (PHOTO.file,)
        assert clear(tx, key) == ()
    assert loaded(database, key) is None
    assert (count(database, "form_draft"), count(database, "form_draft_file")) == (0, 0)
    with pytest.raises(Gone):
        saved(database, key)


def test_several_forms_go_side_by_side(database: Database) -> None:
    keys = {kind: begun(database, kind) for kind in CaseKind}
    for kind, key in keys.items():
        saved(database, key, text=kind)
    for kind, key in keys.items():
        held = loaded(database, key)
        assert held is not None
        assert held.data == {"text": kind}
