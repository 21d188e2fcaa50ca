"""The routes of the desk's deeds: notices, mines, removals, credit entries, news; web/routes.py lists them."""

from typing import Final

from greenmine.domain.officer import Role
from greenmine.web.routing import GET_POST, POST, RegionRule, Route, desk

from . import notice, notice_deed, notice_draft

_OFFICES: Final = desk(Role.COUNTY, Role.CITY, Role.PROVINCE)
_DRAFT: Final = "/desk/notices/drafts/<int:number>"
_NOTICE: Final = "/desk/notices/<number>"
_FILE: Final = f"{_DRAFT}/files/<sha256>"
_OWN: Final = RegionRule.OWN
_OBJECT: Final = RegionRule.OBJECT

DESK_NOTICE_ROUTES: Final = (
    Route("/desk/notices", "desk.notices", notice.list_page, access=_OFFICES, region=_OWN),
    Route("/desk/notices/new", "desk.notice_new", notice.new_page, methods=GET_POST, access=_OFFICES, region=_OBJECT),
    Route(_DRAFT, "desk.notice_words", notice_draft.words_page, methods=GET_POST, access=_OFFICES, region=_OBJECT),
    Route(f"{_DRAFT}/list", "desk.notice_list", notice_draft.list_page, methods=GET_POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_DRAFT}/list/add", "desk.notice_list_add", notice_draft.add_mine, methods=POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_DRAFT}/list.csv", "desk.notice_list_csv", notice_draft.draft_list_csv, access=_OFFICES, region=_OBJECT),
    Route(f"{_DRAFT}/files", "desk.notice_files", notice_draft.files_page, methods=GET_POST, access=_OFFICES,
          region=_OBJECT),
    Route(_FILE, "desk.notice_file", notice_draft.draft_file, access=_OFFICES, region=_OBJECT),
    Route(f"{_FILE}/drop", "desk.notice_file_drop", notice_draft.drop_file, methods=POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_DRAFT}/preview", "desk.notice_preview", notice_draft.preview_page, access=_OFFICES, region=_OBJECT),
    Route(f"{_DRAFT}/publish", "desk.notice_publish", notice_draft.publish, methods=POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_DRAFT}/discard", "desk.notice_discard", notice_draft.discard, methods=POST, access=_OFFICES,
          region=_OBJECT),
    Route(_NOTICE, "desk.notice", notice_deed.notice_page, access=_OFFICES, region=_OBJECT),
    Route(f"{_NOTICE}/close", "desk.notice_close", notice_deed.close_page, methods=GET_POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_NOTICE}/correct", "desk.notice_correct", notice_deed.correct_page, methods=GET_POST, access=_OFFICES,
          region=_OBJECT),
    Route(f"{_NOTICE}/withdraw", "desk.notice_withdraw", notice_deed.withdraw_page, methods=GET_POST, access=_OFFICES,
          region=_OBJECT),
)  # fmt: skip
