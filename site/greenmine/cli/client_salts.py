"""The worker's job for the salts of client marks: yesterday's is forgotten, tomorrow's is there before midnight."""

from greenmine.domain.instant import legal_day
from greenmine.services import Services
from greenmine.store.client_salt import keep_salts


def keep_client_salts(services: Services) -> int:
    """Forget the salts of days that are over; returns how many. Writes only when there is something to do."""
    return keep_salts(services.database, today=legal_day(services.clock()))
