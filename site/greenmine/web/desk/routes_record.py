"""The routes of the desk's deeds: notices, mines, removals, credit entries, news; web/routes.py lists them."""

from typing import Final

from greenmine.domain.noun import CREDIT, CREDIT_DRAFT, MINE, NEWS, NEWS_DRAFT, NOTICE, NOTICE_DRAFT, REMOVAL
from greenmine.domain.officer import Deed
from greenmine.web.routing import EVERY_ROLE, GET_POST, POST, RegionRule, Route, doers

from . import credit, mine, news, news_draft, notice, notice_deed, notice_draft, queue, removal
from .routes_case import CASE_ROUTES

_PUBLISHES: Final = doers(Deed.PUBLISH_NOTICE)
_PROPOSES: Final = doers(Deed.PROPOSE_REMOVAL)
_BLAMES: Final = doers(Deed.PROPOSE_CREDIT)
_DECIDES: Final = doers(Deed.DECIDE_CREDIT)
_EDITS: Final = doers(Deed.EDIT_NEWS)
_NEWS: Final = doers(Deed.PUBLISH_NEWS)
_CREDIT: Final = CREDIT_DRAFT.desk_page("<int:number>")
_ITEM: Final = NEWS_DRAFT.desk_page("<int:number>")
_PICTURE: Final = f"{_ITEM}/pictures/<sha256>"
_DRAFT: Final = NOTICE_DRAFT.desk_page("<int:number>")
_NOTICE: Final = NOTICE.desk_page("<number>")
_FILE: Final = f"{_DRAFT}/files/<sha256>"
_OWN: Final = RegionRule.OWN
_OBJECT: Final = RegionRule.OBJECT
_LEVEL: Final = RegionRule.LEVEL

DESK_NOTICE_ROUTES: Final = (
    Route(NOTICE.desk_list, "desk.notices", notice.list_page, access=_PUBLISHES, region=_OWN),
    Route(f"{NOTICE.desk_list}/new", "desk.notice_new", notice.new_page, methods=GET_POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(_DRAFT, "desk.notice_words", notice_draft.words_page, methods=GET_POST, access=_PUBLISHES, region=_OBJECT),
    Route(f"{_DRAFT}/list", "desk.notice_list", notice_draft.list_page, methods=GET_POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(f"{_DRAFT}/list/add", "desk.notice_list_add", notice_draft.add_mine, methods=POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(f"{_DRAFT}/list.csv", "desk.notice_list_csv", notice_draft.draft_list_csv, access=_PUBLISHES, region=_OBJECT),
    Route(f"{_DRAFT}/files", "desk.notice_files", notice_draft.files_page, methods=GET_POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(_FILE, "desk.notice_file", notice_draft.draft_file, access=_PUBLISHES, region=_OBJECT),
    Route(f"{_FILE}/drop", "desk.notice_file_drop", notice_draft.drop_file, methods=POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(f"{_DRAFT}/preview", "desk.notice_preview", notice_draft.preview_page, access=_PUBLISHES, region=_OBJECT),
    Route(f"{_DRAFT}/publish", "desk.notice_publish", notice_draft.publish, methods=POST, access=_PUBLISHES,
          region=_LEVEL),
    Route(f"{_DRAFT}/discard", "desk.notice_discard", notice_draft.discard, methods=POST, access=_PUBLISHES,
          region=_OBJECT),
    Route(_NOTICE, "desk.notice", notice_deed.notice_page, access=_PUBLISHES, region=_OBJECT),
    Route(f"{_NOTICE}/close", "desk.notice_close", notice_deed.close_page, methods=GET_POST,
          access=doers(Deed.CLOSE_NOTICE), region=_LEVEL),
    Route(f"{_NOTICE}/correct", "desk.notice_correct", notice_deed.correct_page, methods=GET_POST,
          access=doers(Deed.CORRECT_NOTICE), region=_LEVEL),
    Route(f"{_NOTICE}/withdraw", "desk.notice_withdraw", notice_deed.withdraw_page, methods=GET_POST,
          access=doers(Deed.WITHDRAW_NOTICE), region=_LEVEL),
)  # fmt: skip

DESK_QUEUE_ROUTES: Final = (
    Route("/desk", "desk", queue.queue_page, access=EVERY_ROLE, region=_OWN),
    Route("/desk/problems", "desk.problems", queue.problems_page, access=doers(Deed.READ_PROBLEMS)),
)

DESK_MINE_ROUTES: Final = (
    Route(MINE.desk_list, "desk.mines", mine.list_page, access=doers(Deed.CORRECT_MINE), region=_OWN),
    Route(f"{MINE.desk_list}/new", "desk.mine_new", mine.new_page, methods=GET_POST,
          access=doers(Deed.REGISTER_MINE), region=_OBJECT),
    Route(MINE.desk_page("<number>"), "desk.mine", mine.mine_page, methods=GET_POST,
          access=doers(Deed.CORRECT_MINE), region=_OBJECT),
)  # fmt: skip

DESK_REMOVAL_ROUTES: Final = (
    Route(REMOVAL.desk_list, "desk.removals", removal.list_page, access=_PROPOSES, region=_OWN),
    Route(f"{REMOVAL.desk_list}/new", "desk.removal_new", removal.new_page, methods=GET_POST, access=_PROPOSES,
          region=_OBJECT),
    Route(REMOVAL.desk_page("<number>"), "desk.removal", removal.removal_page, access=_PROPOSES, region=_OBJECT),
    Route(f"{REMOVAL.desk_page('<number>')}/decide", "desk.removal_decide", removal.decide_page, methods=GET_POST,
          access=doers(Deed.DECIDE_REMOVAL), region=_OBJECT),
)  # fmt: skip

DESK_CREDIT_ROUTES: Final = (
    Route(CREDIT.desk_list, "desk.credits", credit.list_page, access=_BLAMES, region=_OWN),
    Route(f"{CREDIT.desk_list}/new", "desk.credit_new", credit.new_page, methods=GET_POST, access=_BLAMES,
          region=_OBJECT),
    Route(_CREDIT, "desk.credit_draft", credit.draft_page, methods=GET_POST, access=_BLAMES, region=_OBJECT),
    Route(f"{_CREDIT}/discard", "desk.credit_discard", credit.discard, methods=POST, access=_BLAMES, region=_OBJECT),
    Route(f"{_CREDIT}/decide", "desk.credit_decide", credit.decide_page, methods=GET_POST, access=_DECIDES,
          region=_OBJECT),
    Route(f"{_CREDIT}/return", "desk.credit_return", credit.return_page, methods=GET_POST, access=_DECIDES,
          region=_OBJECT),
)  # fmt: skip

DESK_NEWS_ROUTES: Final = (
    Route(NEWS.desk_list, "desk.news", news.list_page, access=_EDITS, region=_OWN),
    Route(f"{NEWS.desk_list}/new", "desk.news_new", news.new_page, methods=GET_POST, access=_EDITS, region=_OBJECT),
    Route(_ITEM, "desk.news_words", news_draft.words_page, methods=GET_POST, access=_EDITS, region=_OBJECT),
    Route(f"{_ITEM}/pictures", "desk.news_pictures", news_draft.files_page, methods=GET_POST, access=_EDITS,
          region=_OBJECT),
    Route(_PICTURE, "desk.news_picture", news_draft.draft_file, access=_EDITS, region=_OBJECT),
    Route(f"{_PICTURE}/drop", "desk.news_picture_drop", news_draft.drop_file, methods=POST, access=_EDITS,
          region=_OBJECT),
    Route(f"{_ITEM}/preview", "desk.news_preview", news_draft.preview_page, access=_EDITS, region=_OBJECT),
    Route(f"{_ITEM}/publish", "desk.news_publish", news_draft.publish, methods=POST, access=_NEWS, region=_OBJECT),
    Route(f"{_ITEM}/discard", "desk.news_discard", news_draft.discard, methods=POST, access=_EDITS, region=_OBJECT),
    Route(f"{NEWS.desk_list}/<slug>/correct", "desk.news_correct", news.correct_start, methods=POST, access=_NEWS,
          region=_OBJECT),
    Route(f"{NEWS.desk_list}/<slug>/withdraw", "desk.news_withdraw", news.withdraw_page, methods=GET_POST,
          access=_NEWS, region=_OBJECT),
)  # fmt: skip

DESK_ROUTES: Final = (
    *DESK_QUEUE_ROUTES,
    *CASE_ROUTES,
    *DESK_NOTICE_ROUTES,
    *DESK_MINE_ROUTES,
    *DESK_REMOVAL_ROUTES,
    *DESK_CREDIT_ROUTES,
    *DESK_NEWS_ROUTES,
)
