"""How many files of strangers are held in memory and decoded at once on this machine: places taken by locking a file.

The kernel gives a place back when its holder dies, and all processes of the site share them: no counter can go wrong.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from greenmine.domain.errors import TooMany, Unready
from greenmine.domain.text import N_

RETRY_AFTER: Final = 15
_PAUSE: Final = 0.05


@dataclass(frozen=True)
class Slots:
    """Places in a folder.

    :param count: how many there are; two decoders hold the machine's memory within bounds
    :param patience: seconds to wait for a place before the person is asked to try again
    """

    folder: Path
    count: int = 2
    patience: float = 8.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place. Raises TooMany when none comes free in time, Unready when the folder cannot be written."""
        held = self._take()
        try:
            yield
        finally:
            os.close(held)  # and with it the lock

    def _take(self) -> int:
        until = time.monotonic() + self.patience
        while True:
            for number in range(self.count):
                if (held := self._try(number)) is not None:
                    return held
            if time.monotonic() >= until:
                raise TooMany(
                    "evidence.busy",
                    N_("正在处理的文件较多，请稍候重试，您填写的内容没有丢失。"),
                    field="file",
                    retry_after=RETRY_AFTER,
                )
            time.sleep(_PAUSE)

    def _try(self, number: int) -> int | None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.folder / f"slot-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unready("evidence.unready", N_("文件暂时无法处理，请稍后再试。"), field="file") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return handle
