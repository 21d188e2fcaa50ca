"""Who works at the desk on a case, with what: as the use cases want it."""

from greenmine.domain.officer import Officer
from greenmine.services import Services
from greenmine.usecases.case_mail import Mailer
from greenmine.usecases.case_step import Desk


def desk_of(services: Services, officer: Officer, *, seen: int) -> Desk:
    """The desk of this officer now; mail is sent only where the site sends any.

    :param seen: version of the case's row as the officer saw it
    """
    settings = services.settings
    return Desk(
        officer=officer,
        reference=services.reference,
        master=services.master,
        at=services.clock(),
        seen=seen,
        mailer=Mailer(settings.site_url, settings.site_name) if settings.sends_mail else None,
    )
