"""``greenmine mirror``: a copy of the whole log and its documents that proves itself, in a folder any server can serve.

::

    log/checkpoint               the newest head that was believed          written last of log/
    log/tile/entries/…           the entries as they were served
    log/tile/<L>/…               the hashes, computed here from the entries
    log/policy                   whom this mirror believes: fixed by the first run, moved on by the log's own rotations
    documents/<sha256>           published documents
    removed.json                 what is not public any more, with the ground and the entry that says so
    fork-<size>-<root>.txt       a second story, kept as evidence

A run that was broken off is taken up by the next: what is there is not fetched again, and nothing counts before the
head that covers it was written.
"""

import hashlib
import json
import shutil
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from greenmine.cli.log_copy import (
    Documents,
    Signed,
    Tree,
    believed_head,
    bundles_at,
    documents_named,
    read_head_at,
    trust,
    with_rotated,
)
from greenmine.cli.log_source import LONGEST_DOCUMENT, Folder, Missing, Source, source_at, text_at
from greenmine.domain.errors import BadInput, Conflict, GreenmineError, NotFound
from greenmine.domain.instant import legal_day
from greenmine.domain.text import N_
from greenmine.store.files import sync_folder, write_durably
from greenmine.tlog.note import Malformed
from greenmine.tlog.policy import Policy, parse_policy
from greenmine.tlog.tile import WIDTH, Tile, bundle, tiles_of

console: Final = Console()


@dataclass
class Outcome:
    """What a run found.

    :param problems: sentences, one per fault
    """

    size: int = 0
    entries: int = 0
    documents: int = 0
    removed: dict[str, tuple[str, int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class MirrorFolder:
    """The folder of a mirror."""

    root: Path

    def has(self, path: str) -> bool:
        """Whether the file is here."""
        return (self.root / path).is_file()

    def write(self, path: str, content: bytes) -> None:
        """Write a file durably and give it its name at once."""
        target = self.root / path
        write_durably(target, [content])
        sync_folder(target.parent)

    def remove(self, path: str) -> None:
        """Take a file away."""
        (self.root / path).unlink(missing_ok=True)

    def policy(self) -> Policy | None:
        """Whom the mirror believes; None before the first run. Raises Conflict."""
        if not self.has("log/policy"):
            return None
        try:
            return parse_policy((self.root / "log/policy").read_text("utf-8"))
        except (Malformed, UnicodeDecodeError) as error:
            raise Conflict(
                "mirror.policy_damaged", N_("镜像中的 log/policy 已损坏：%(reason)s。"), reason=error
            ) from error

    def head(self, policy: Policy) -> Signed | None:
        """The head that was believed last; None before the first run."""
        if not self.has("log/checkpoint"):
            return None
        return believed_head(text_at(Folder(self.root), "log/checkpoint"), policy, place=str(self.root))


def mirror(source: Source, folder: MirrorFolder, given: Policy | None, *, today: date) -> Outcome:
    """Bring the folder up to the source's newest head. Raises Conflict when that tells another story than before.

    :param given: whom to believe; needed by the first run
    """
    policy = given or folder.policy()
    if policy is None:
        raise BadInput("mirror.whom", N_("首次镜像须用 --key 或 --policy 说明相信谁的签名。"))
    before = folder.head(policy)
    head = read_head_at(source, policy)
    if before is not None:
        _require_not_before(head, before, folder)
    entries, fetched, left = _entries(source, folder, head, before)
    tree = _tree(entries)
    if left and tree.root(head.checkpoint.size) != head.checkpoint.root:
        _forget(folder, left)  # nothing vouches for them; perhaps another server gave them
        entries, fetched, _none = _entries(source, folder, head, before)
        tree = _tree(entries)
    if tree.root(head.checkpoint.size) != head.checkpoint.root:
        _forget(folder, fetched)
        raise Conflict("mirror.root", N_("%(place)s 的记录算不出它签名的根哈希，未作改动。"), place=source.name)
    if before is not None and tree.root(before.checkpoint.size) != before.checkpoint.root:
        _forget(folder, fetched)
        raise _fork(folder, head, source)
    _write_log(folder, tree, entries, head, with_rotated(policy, entries, head.note))
    outcome = Outcome(head.checkpoint.size, head.checkpoint.size - (before.checkpoint.size if before else 0))
    _fetch_documents(source, folder, documents_named(entries), outcome, today=today)
    return outcome


def check(folder: MirrorFolder, *, today: date) -> Outcome:
    """Check everything in the folder against its head, without a network."""
    policy = folder.policy()
    head = folder.head(policy) if policy else None
    if head is None:
        raise NotFound("mirror.no_folder", N_("%(place)s 不是网址，也不是镜像文件夹。"), place=folder.root)
    outcome = Outcome(head.checkpoint.size)
    entries = [entry for _tile, found in bundles_at(Folder(folder.root), head.checkpoint.size) for entry in found]
    tree = _tree(entries)
    if tree.root(head.checkpoint.size) != head.checkpoint.root:
        outcome.problems.append("记录与签名的根哈希不符：log/tile/entries")
        return outcome
    for tile in tiles_of(tree.size):
        path = f"log/{tile.path}"
        if not folder.has(path) or (folder.root / path).read_bytes() != _tile_bytes(tree, tile):
            outcome.problems.append(f"哈希块与记录不符：{path}")
    _check_documents(folder, documents_named(entries), outcome, today=today)
    return outcome


def _require_not_before(head: Signed, before: Signed, folder: MirrorFolder) -> None:
    if head.checkpoint.size < before.checkpoint.size:
        raise Conflict(
            "mirror.behind",
            N_("对方的记录头只到%(theirs)s条，镜像已有%(ours)s条：对方回退了，或给出的是旧的记录头。未作改动。"),
            theirs=head.checkpoint.size,
            ours=before.checkpoint.size,
        )
    if head.checkpoint.size == before.checkpoint.size and head.checkpoint.root != before.checkpoint.root:
        raise _fork(folder, head, None)


def _fork(folder: MirrorFolder, head: Signed, source: Source | None) -> Conflict:
    """Keep the second story: with the head of this folder it proves that the log signed two."""
    name = f"fork-{head.checkpoint.size}-{head.checkpoint.root.hex()[:16]}.txt"
    folder.write(name, str(head.note).encode())
    return Conflict(
        "mirror.forked",
        N_("%(place)s给出的记录与镜像中已签名的记录不一致：同一个记录库签了两份。证据已存为 %(name)s。未作其他改动。"),
        place=source.name if source else N_("对方"),
        name=name,
    )


def _entries(
    source: Source, folder: MirrorFolder, head: Signed, before: Signed | None
) -> tuple[list[bytes], list[str], list[str]]:
    """All entries, those of full bundles here before from the folder.

    And the paths of bundles that no head here covers yet: of all, and of those left by a run that was broken off.
    """
    old = before.checkpoint.size if before else 0
    here = [entry for _tile, found in bundles_at(Folder(folder.root), old) for entry in found] if old else []
    entries, fetched, left = here[: len(here) // WIDTH * WIDTH], list[str](), list[str]()
    if head.checkpoint.size == old:
        return here, fetched, left
    for number in range(len(entries) // WIDTH, -(-head.checkpoint.size // WIDTH)):
        tile = Tile(None, number, min(WIDTH, head.checkpoint.size - number * WIDTH))
        path = f"log/{tile.path}"
        kept = folder.has(path)
        place = Folder(folder.root) if kept else source
        [(_tile, found)] = bundles_at(place, tile.first + tile.width, start=tile.first)
        fetched.append(path)
        if kept:
            left.append(path)
        else:
            folder.write(path, bundle(found))
        entries += found
    return entries, fetched, left


def _forget(folder: MirrorFolder, fetched: list[str]) -> None:
    for path in fetched:
        folder.remove(path)


def _tree(entries: list[bytes]) -> Tree:
    tree = Tree()
    for entry in entries:
        tree.append(entry)
    return tree


def _tile_bytes(tree: Tree, tile: Tile) -> bytes:
    return b"".join(tree.read(tile.nodes))


def _write_log(folder: MirrorFolder, tree: Tree, entries: list[bytes], head: Signed, policy: Policy) -> None:
    """Tiles, then policy and head, then what a larger bundle or tile has replaced goes."""
    tiles = list(tiles_of(tree.size))
    for tile in tiles:
        if tile.width < WIDTH or not folder.has(f"log/{tile.path}"):
            folder.write(f"log/{tile.path}", _tile_bytes(tree, tile))
    folder.write("log/policy", str(policy).encode())
    folder.write("log/checkpoint", str(head.note).encode())
    last = Tile(None, len(entries) // WIDTH, len(entries) % WIDTH)
    wanted = {folder.root / f"log/{tile.path}" for tile in (*tiles, last)}
    for partial in (folder.root / "log" / "tile").rglob("*.p"):
        for path in partial.iterdir():
            if path not in wanted:
                path.unlink()
        if not any(partial.iterdir()):
            shutil.rmtree(partial)


def _fetch_documents(
    source: Source, folder: MirrorFolder, documents: Documents, outcome: Outcome, *, today: date
) -> None:
    for sha256, n in documents.first.items():
        path = f"documents/{sha256}"
        ground = documents.ground(sha256, today=today)
        if ground is not None:
            folder.remove(path)  # law took it from the public: a mirror that keeps it would publish it again
            outcome.removed[sha256] = ground
        elif not folder.has(path):
            _fetch_document(source, folder, path, outcome, sha256=sha256, n=n)
        else:
            outcome.documents += 1
    told = {sha256: {"ground": ground, "entry": n} for sha256, (ground, n) in sorted(outcome.removed.items())}
    folder.write("removed.json", json.dumps(told, indent=1).encode())


def _fetch_document(source: Source, folder: MirrorFolder, path: str, outcome: Outcome, *, sha256: str, n: int) -> None:
    try:
        content = source.fetch(path, limit=LONGEST_DOCUMENT)
    except GreenmineError as error:
        outcome.problems.append(str(error))
        return
    if content is Missing.REMOVED:
        outcome.problems.append(f"第 {n} 号记录的文件 {sha256} 已不公开（410），但记录库中没有说明依据")
    elif isinstance(content, Missing):
        outcome.problems.append(f"第 {n} 号记录的文件 {sha256} 不在{source.name}")
    elif hashlib.sha256(content).hexdigest() != sha256:
        outcome.problems.append(f"第 {n} 号记录的文件 {sha256} 与其校验值不符，没有保存")
    else:
        folder.write(path, content)
        outcome.documents += 1


def _check_documents(folder: MirrorFolder, documents: Documents, outcome: Outcome, *, today: date) -> None:
    for sha256, n in documents.first.items():
        path = folder.root / "documents" / sha256
        ground = documents.ground(sha256, today=today)
        if ground is not None:
            outcome.removed[sha256] = ground
        if ground is not None and path.exists():
            outcome.problems.append(f"文件 {sha256} 已依规停止公开，请重新运行 greenmine mirror 将其移除")
        elif ground is None and not path.is_file():
            outcome.problems.append(f"缺少第 {n} 号记录的文件 {sha256}")
        elif ground is None:
            if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
                outcome.problems.append(f"第 {n} 号记录的文件 {sha256} 与其校验值不符")
            outcome.documents += 1


@click.command("mirror")
@click.argument("places", nargs=-1, required=True, metavar="[URL] FOLDER")
@click.option("--check", "only_check", is_flag=True, help="不联网，只核对文件夹中的全部内容。")
@click.option("--key", metavar="VKEY", help="记录库的公钥；首次镜像时须给出（或给 --policy）。")
@click.option("--policy", type=click.Path(path_type=Path, exists=True), help="核验依据文件（公钥和见证方）。")
def mirror_command(*, places: tuple[str, ...], only_check: bool, key: str | None, policy: Path | None) -> None:
    """把 URL 的公开记录库连同文件完整复制到 FOLDER，逐条核对；再次运行只取新增的。"""
    if len(places) != (1 if only_check else 2):
        raise click.UsageError("用法：greenmine mirror URL FOLDER，或 greenmine mirror --check FOLDER。")
    folder = MirrorFolder(Path(places[-1]))
    today = legal_day(datetime.fromtimestamp(time.time(), UTC))  # a machine of its own: no services, no clock of ours
    if only_check:
        outcome = check(folder, today=today)
    else:
        outcome = mirror(source_at(places[0]), folder, trust(key, policy), today=today)
    tell(outcome, checked=only_check)


def tell(outcome: Outcome, *, checked: bool) -> None:
    """Print what was found; ends the process with 1 when something is not in order."""
    console.print(
        f"记录 {outcome.size} 条" + ("" if checked else f"（新增 {outcome.entries} 条）") + "，与签名的记录头一致。"
        if not any(problem.startswith("记录与") for problem in outcome.problems)
        else f"记录 {outcome.size} 条。",
        highlight=False,
    )
    console.print(f"文件 {outcome.documents} 份，依规停止公开 {len(outcome.removed)} 份。", highlight=False)
    for problem in outcome.problems:
        console.print(f"有误：{problem}。", highlight=False, markup=False, soft_wrap=True)
    if outcome.problems:
        raise SystemExit(1)
