"""The routes of the inbox. A case outside the officer's own bodies is not there: 404 on every one of them."""

from typing import Final

from greenmine.domain.noun import CASE
from greenmine.domain.officer import Deed
from greenmine.web.routing import GET_POST, POST, Limit, RegionRule, Route, doers

from . import case, case_file, case_identity, case_step

_HANDLES: Final = doers(Deed.HANDLE_CASE)
_OPENS: Final = doers(Deed.OPEN_IDENTITY)
_CASE: Final = CASE.desk_page("<number>")
_BODY: Final = RegionRule.BODY

CASE_ROUTES: Final = (
    Route(CASE.desk_list, "desk.cases", case.list_page, access=_HANDLES, region=RegionRule.OWN),
    Route(_CASE, "desk.case", case.case_whole, access=_HANDLES, region=_BODY),
    Route(f"{_CASE}/take", "desk.case_take", case.take, methods=POST, access=_HANDLES, region=_BODY),
    Route(f"{_CASE}/accept", "desk.case_accept", case_step.accept_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/decline", "desk.case_decline", case_step.decline_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/ask", "desk.case_ask", case_step.ask_page, methods=GET_POST, access=_HANDLES, region=_BODY),
    Route(f"{_CASE}/hand-over", "desk.case_hand_over", case_step.hand_over_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/extend", "desk.case_extend", case_step.extend_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/answer", "desk.case_answer", case_step.answer_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/close", "desk.case_close", case_step.close_page, methods=GET_POST, access=_HANDLES,
          region=_BODY),
    Route(f"{_CASE}/identity", "desk.case_identity", case_identity.identity_page, methods=GET_POST, access=_OPENS,
          region=_BODY),
    Route(f"{_CASE}/files/<int:n>", "desk.case_file", case_file.file_download, access=_HANDLES, region=_BODY,
          limit=Limit.EXPORTS),
    Route(f"{_CASE}/pictures/<int:n>", "desk.case_picture", case_file.picture, access=_HANDLES, region=_BODY),
)  # fmt: skip
