"""Processes of their own for tests of several writers: forked from one that has imported what they need, and no more.

A fork of the test process itself would carry its threads' locks and its connections along.
"""

import multiprocessing
from typing import Final

FORKS: Final = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["greenmine.store.apply", "greenmine.store.migrate", "greenmine.usecases.removal"])
