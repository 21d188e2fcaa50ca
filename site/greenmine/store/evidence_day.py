"""How many bytes of files strangers have brought today: above the cap of a day text is still taken, files are not.

One fact, ``evidence_bytes`` = ``2026-11-21 1048576``: written in the transaction that keeps the file, so that no kill
and no second process makes it forget. Files of drafts count too, whether they are sent or not. Source: trust.md 4
("disk growth ≤ cap"); ASVS 5.2.4.
"""

from datetime import date
from typing import Final

from greenmine.domain.errors import TooMany
from greenmine.domain.text import N_
from greenmine.store.database import Tx
from greenmine.store.site_fact import get_fact, put_fact

_FACT: Final = "evidence_bytes"
DAY_IS_FULL: Final = N_(
    "今天网站收到的附件已达上限，这份文件没有收下。文字内容仍可照常提交，附件可在明天凭受理编号和查询码补充。"
)


def bytes_of_day(tx: Tx, day: date) -> int:
    """Bytes taken on this legal day."""
    told, _, size = (get_fact(tx, _FACT) or "").partition(" ")
    return int(size) if told == day.isoformat() else 0


def require_day_room(tx: Tx, size: int, *, day: date, most: int) -> None:
    """Raise TooMany (field ``file``) when so many bytes more would be above the day's cap."""
    if bytes_of_day(tx, day) + size > most:
        raise TooMany("evidence.day_full", DAY_IS_FULL, field="file")


def take_day_room(tx: Tx, size: int, *, day: date, most: int) -> None:
    """Count the bytes of a file that is kept in this write transaction. Raises TooMany as above."""
    require_day_room(tx, size, day=day, most=most)
    put_fact(tx, _FACT, f"{day.isoformat()} {bytes_of_day(tx, day) + size}")
