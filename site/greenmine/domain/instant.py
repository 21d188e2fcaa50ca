"""Instants and legal days. Instants are aware UTC; the legal day is that of Asia/Shanghai (UTC+8, no summer time)."""

from datetime import UTC, date, datetime, time, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has one legal time without summer time since 1992, so a fixed offset needs no time-zone database."""


def legal_day(instant: datetime) -> date:
    """The day in Asia/Shanghai on which ``instant`` (aware) falls."""
    return instant.astimezone(SHANGHAI).date()


def at_legal_time(day: date, clock_time: time) -> datetime:
    """The UTC instant of ``clock_time`` on the legal day ``day``."""
    return datetime.combine(day, clock_time, tzinfo=SHANGHAI).astimezone(UTC)


def day_starts(day: date) -> datetime:
    """The UTC instant at which the legal day begins (00:00:00+08:00)."""
    return at_legal_time(day, time(0, 0))


def day_ends(day: date) -> datetime:
    """The last whole second of the legal day (23:59:59+08:00) as UTC."""
    return at_legal_time(day, time(23, 59, 59))


def whole_second(instant: datetime) -> datetime:
    """``instant`` in UTC without its fraction, as acts record it (log-spec.md 1)."""
    return instant.astimezone(UTC).replace(microsecond=0)


def utc_text(instant: datetime) -> str:
    """``2026-11-21T04:00:00Z``: the form of every instant in an act."""
    return f"{whole_second(instant).replace(tzinfo=None).isoformat()}Z"


def from_utc_text(text: str) -> datetime:
    """Inverse of :func:`utc_text`; raises ValueError on anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or utc_text(moment) != text:
        raise ValueError(f"{text!r} is no instant as acts write it")
    return moment.astimezone(UTC)
