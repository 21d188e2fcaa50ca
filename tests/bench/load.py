"""A client that costs little: keep-alive sockets, one request at a time on each."""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

from tests.bench.rounds import Round


def press(
    port: int, paths: Sequence[str], *, seconds: float, connections: int, header: str = "", status: int = 200
) -> Round:
    """Ask for the paths in turn on several connections until the time is over; every answer must be of the status.

    :param header: one more header of each request, ``Name: value``
    """
    sent = _Request(port, f"{header}\r\n" if header else "", f" {status} ".encode())
    latencies: list[list[float]] = [[] for _ in range(connections)]
    faults: list[str] = []
    until = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_ask, args=(sent, paths[index:] + paths[:index], until, latencies[index], faults))
        for index in range(connections)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    taken = [latency for each in latencies for latency in each]
    return Round(len(taken) / (time.perf_counter() - start), taken)


@dataclass(frozen=True)
class _Request:
    """What every request of a round has in common."""

    port: int
    header: str
    status: bytes


def _ask(sent: _Request, paths: Sequence[str], until: float, latencies: list[float], faults: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", sent.port)) as connection:
        file = connection.makefile("rb")
        for path in cycle(paths):
            start = time.perf_counter()
            if start >= until:
                return
            request = (
                f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{sent.port}\r\nAccept-Encoding: identity\r\n{sent.header}\r\n"
            )
            connection.sendall(request.encode())
            status = file.readline()
            length = 0
            while (line := file.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            file.read(length)
            latencies.append((time.perf_counter() - start) * 1000)
            if sent.status not in status:
                faults.append(f"{path}: {status!r}")
                return
