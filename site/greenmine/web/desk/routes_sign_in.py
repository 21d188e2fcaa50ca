"""The routes of signing in, of the own account and of the staff pages; web/routes.py lists them with the others."""

from typing import Final

from greenmine.domain.noun import STAFF
from greenmine.domain.officer import Deed
from greenmine.web.routing import EVERY_ROLE, GET_POST, POST, SIGN_IN, Limit, RegionRule, Route, doers

from . import account, enrol, sign_in, staff
from .session import SEAT

_ADMINISTRATOR: Final = doers(Deed.MANAGE_STAFF)
_STAFF: Final = STAFF.desk_page("<int:number>")

SIGN_IN_ROUTES: Final = (
    # before anybody is signed in: each view asks for the session of its own stage
    Route(SIGN_IN, "sign_in", sign_in.sign_in_page, methods=GET_POST, personal=True, limit=Limit.SIGN_IN),
    Route("/desk/sign-in/code", "sign_in.code", sign_in.code_page, methods=GET_POST, personal=True,
          limit=Limit.SIGN_IN),
    Route("/desk/sign-in/recovery", "sign_in.recovery", sign_in.recovery_page, methods=GET_POST, personal=True,
          limit=Limit.SIGN_IN),
    Route("/desk/sign-out", "sign_out", sign_in.sign_out_now, methods=POST, personal=True),
    Route("/desk/link/<token>", "sign_in.link", sign_in.link_page, methods=GET_POST, personal=True,
          limit=Limit.SIGN_IN),
    Route("/desk/enrol/password", "enrol.password", enrol.password_page, methods=GET_POST, personal=True),
    Route("/desk/enrol/totp", "enrol.totp", enrol.totp_page, methods=GET_POST, personal=True),
    Route("/desk/enrol/recovery-codes", "enrol.codes", enrol.recovery_codes_page, methods=GET_POST, personal=True),
    # the own account
    Route(SEAT, "account.seat", account.change_to, methods=POST, access=EVERY_ROLE),
    Route("/desk/account", "account", account.account_page, access=EVERY_ROLE),
    Route("/desk/account/password", "account.password", account.password_page, methods=GET_POST, access=EVERY_ROLE),
    Route("/desk/account/recovery-codes", "account.codes", account.codes_page, methods=GET_POST, access=EVERY_ROLE),
    # people
    Route(STAFF.desk_list, "staff", staff.list_page, access=_ADMINISTRATOR, region=RegionRule.OWN),
    Route(f"{STAFF.desk_list}/new", "staff.new", staff.new_page, methods=GET_POST, access=_ADMINISTRATOR,
          region=RegionRule.OBJECT),
    Route(_STAFF, "staff.person", staff.person_page, methods=GET_POST, access=_ADMINISTRATOR, region=RegionRule.OBJECT),
    Route(f"{_STAFF}/seats/<int:seat>/remove", "staff.seat_remove", staff.remove_seat, methods=POST,
          access=_ADMINISTRATOR, region=RegionRule.OBJECT),
    Route(f"{_STAFF}/disable", "staff.disable", staff.disable_person, methods=POST, access=_ADMINISTRATOR,
          region=RegionRule.OBJECT),
    Route(f"{_STAFF}/enable", "staff.enable", staff.enable_person, methods=POST, access=_ADMINISTRATOR,
          region=RegionRule.OBJECT),
    Route(f"{_STAFF}/link", "staff.link", staff.enrol_link, methods=POST, access=_ADMINISTRATOR,
          region=RegionRule.OBJECT),
    Route(f"{_STAFF}/password-link", "staff.password_link", staff.password_link, methods=POST, access=_ADMINISTRATOR,
          region=RegionRule.OBJECT),
)  # fmt: skip
