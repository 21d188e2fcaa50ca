"""Two files of strangers are worked on at once on a machine, whoever asks, and nobody's place is lost (trust.md 8)."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tests.hostile_files import jpeg, png

from greenmine.content.evidence import Evidence, accept_evidence
from greenmine.content.slots import Slots
from greenmine.domain.errors import BadInput, TooMany, Unready


@pytest.fixture
def slots(tmp_path: Path) -> Slots:
    return Slots(tmp_path / "slots", patience=0)


def test_two_files_are_worked_on_at_once_and_the_third_is_asked_to_wait(slots: Slots) -> None:
    with slots.taken(), slots.taken():
        with pytest.raises(TooMany, match="请稍候重试") as refused:
            accept_evidence(jpeg(), "a.jpg", slots=slots)
        assert (refused.value.field, refused.value.params["retry_after"]) == ("file", 15)
    assert accept_evidence(jpeg(), "a.jpg", slots=slots).content


def test_who_waits_for_a_place_gets_it(tmp_path: Path) -> None:
    slots = Slots(tmp_path / "slots", count=1, patience=20)
    done: list[Evidence] = []
    with slots.taken():
        waiting = threading.Thread(target=lambda: done.append(accept_evidence(jpeg(), "a.jpg", slots=slots)))
        waiting.start()
        waiting.join(0.2)
        assert not done
    waiting.join(20)
    assert len(done) == 1


def test_a_refused_file_gives_its_place_back(slots: Slots) -> None:
    for _ in range(3):
        with pytest.raises(BadInput):
            accept_evidence(png()[:60], "a.png", slots=slots)


@pytest.mark.usefixtures("processes")
def test_a_process_that_dies_gives_its_place_back(slots: Slots, checkout: Path) -> None:
    """The kernel does: no count of a killed process stays behind."""
    code = (
        "import sys; sys.path.insert(0, 'site')\nfrom pathlib import Path\nfrom greenmine.content.slots import Slots\n"
        f"slots = Slots(Path({str(slots.folder)!r}), patience=0)\n"
        "with slots.taken(), slots.taken():\n    print('held', flush=True); sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=checkout) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(TooMany):
            accept_evidence(jpeg(), "a.jpg", slots=slots)
        holder.kill()
    assert accept_evidence(jpeg(), "a.jpg", slots=slots).content


def test_places_that_cannot_be_made_are_told(tmp_path: Path) -> None:
    (tmp_path / "slots").write_text("a file where the folder should be")
    with pytest.raises(Unready, match="暂时无法处理"):
        accept_evidence(jpeg(), "a.jpg", slots=Slots(tmp_path / "slots"))
