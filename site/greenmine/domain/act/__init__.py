"""Acts: what happened in public, said once. A file per noun states its kinds of act with all their traits.

What readers of the log need of a kind (schemas, threads of feeds, documents it names or takes away) is computed from
these statements; nothing about a kind is kept in a list elsewhere.
"""

from greenmine.domain.act.envelope import Act, Basis, subjects
from greenmine.domain.act.kind import Field, Kind, Thread
from greenmine.domain.act.kinds import KINDS, kinds_where

__all__ = ["KINDS", "Act", "Basis", "Field", "Kind", "Thread", "kinds_where", "subjects"]
