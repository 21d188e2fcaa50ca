"""What search must find, by looking at every public text in the database: slow, and without any index."""

from collections.abc import Collection

from tests.reference_data import reference

from greenmine.domain.search_query import Query, SearchKind
from greenmine.projections.search_document import document_of
from greenmine.projections.search_index import SearchIndex
from greenmine.projections.search_wish import wishes_of
from greenmine.store.search import all_objects, sources_of

WORDS = (
    "演示",
    "磷矿",
    "公示",
    "矿",
    "贵州",
    "织金",
    "青山",
    "一号",
    "自然资源厅 -公示",
    '"名单公示"',
    "GM-520524",
    "改",
    "旧名",
)
"""Queries that meet most of what tests/story.py makes."""


def scanned(index: SearchIndex, query: Query, *, kinds: Collection[SearchKind] = ()) -> set[str]:
    """Names of all objects that match."""
    wishes = wishes_of(query)
    with index.database.read() as tx:
        documents = [document_of(source, reference().regions) for source in sources_of(tx, all_objects(tx))]
    return {
        document.about.object
        for document in documents
        if wishes.wanted and wishes.are_met(document.text) and (not kinds or document.about.kind in kinds)
    }
