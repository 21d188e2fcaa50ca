"""A database that stands behind its signed head: readers are told, officers lose nothing, complaints are taken.

Source: log-spec.md 8, 10; trust.md "database restored from last night's backup", "log key missing".
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.complaints import lodge
from tests.log_site import ORIGIN, LogSite, log_site

from greenmine.domain.errors import Unready
from greenmine.store.log_health import LogHealth, log_health
from greenmine.store.log_seal import keep_head
from greenmine.store.verified import Verified, keep_verified
from greenmine.tlog.checkpoint import Checkpoint, sign_checkpoint
from greenmine.tlog.note import ED25519, SignerKey


@pytest.fixture
def site(tmp_path: Path) -> Iterator[LogSite]:
    with log_site(tmp_path) as made:
        made.record(1)
        yield made


def fall_behind(site: LogSite) -> None:
    """The head kept outside covers more than the database holds."""
    later = Checkpoint(ORIGIN, 9, b"\7" * 32)
    keep_head(site.services.settings.log_head, sign_checkpoint(later, [SignerKey(ORIGIN, ED25519, b"k" * 32)]))


def health(site: LogSite) -> LogHealth:
    with site.services.database.read() as tx:
        return log_health(tx, keys=site.services.log_keys, head_file=site.services.settings.log_head)


def status(site: LogSite) -> str:
    return site.fetch("/status").decode()


def test_all_is_well(site: LogSite) -> None:
    told = health(site)
    assert (told.origin, told.size, told.signed, told.kept, told.is_red) == (ORIGIN, 1, 1, None, False)
    page = status(site)
    assert "已签名至1条" in page and "库外尚未保存签名" in page and "逐行核验" in page and "尚未进行" in page


def test_a_database_behind_the_head_is_told_to_everyone(site: LogSite) -> None:
    fall_behind(site)
    assert str(health(site).refusal).startswith("数据库落后于已签名的记录（已签名至9条）")
    page = status(site)
    assert (
        "暂停记录新的事项" in page and "已签名至9条" in page and "投诉照常受理" in page and "有需要处理的情况" in page
    )
    assert "greenmine log replay" not in page and str(site.services.settings.data_dir) not in page
    with pytest.raises(Unready):
        site.record(2)
    assert lodge(site.services.database, master=site.services.master, at=site.clock.now).number


def test_a_missing_key_degrades_and_stops_nothing(site: LogSite) -> None:
    site.hide_keys()
    site.record(2)
    told = health(site)
    assert told.refusal is None and "没有找到记录库签名密钥" in str(told.unsigned)
    page = status(site)
    assert "等待签名" in page and "已签名至1条" in page and "有需要处理的情况" in page
    site.show_keys()
    assert not health(site).is_red


@pytest.mark.parametrize("harm", ["readable", "other"])
def test_a_key_that_is_not_to_be_trusted_stops_acts_with_a_sentence_and_no_complaint(site: LogSite, harm: str) -> None:
    (seed,) = site.services.log_keys.folder.glob("*.seed")
    if harm == "readable":
        seed.chmod(0o644)
    else:
        seed.write_bytes(b"o" * 32)
    assert "密钥" in str(health(site).refusal)
    page = status(site)
    assert "暂停记录新的事项" in page and str(seed.parent) not in page
    assert lodge(site.services.database, master=site.services.master, at=site.clock.now).number


def test_the_right_edge_is_looked_at(site: LogSite) -> None:
    with site.services.database.engine.connect() as connection, connection.begin():
        connection.exec_driver_sql("DROP TRIGGER log_checkpoint_no_update")
        connection.exec_driver_sql("UPDATE log_checkpoint SET root = x'00' WHERE size = 1")
    assert "greenmine verify" in str(health(site).refusal)


def test_the_last_audit_is_shown_and_red_when_it_found_something(site: LogSite) -> None:
    with site.services.database.write() as tx:
        keep_verified(tx, Verified(site.clock.now, 1, 0))
    assert "全部一致" in status(site)
    with site.services.database.write() as tx:
        keep_verified(tx, Verified(site.clock.now, 1, 3))
    page = status(site)
    assert "3处不符" in page and "有需要处理的情况" in page
