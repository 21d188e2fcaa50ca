"""No address and no query string in the log, whatever server runs the application and however it was started.

Our own start logs no requests. Other servers do when they are told to, or when a request is malformed; their lines pass
these filters. Source: trust.md 1; OWASP ASVS 5.0 14.2.1, 16.2.5.
"""

import logging
import re
from typing import Final

ACCESS_LOGS: Final = ("granian.access", "gunicorn.access")
_WERKZEUG_REQUEST: Final = re.compile(r" - - \[[^\]]*\] ")


def init_server_logs() -> None:
    """Put the filters on the servers' loggers; twice changes nothing."""
    for name in ACCESS_LOGS:
        logging.getLogger(name).addFilter(_drop)
    logging.getLogger("werkzeug").addFilter(_no_request_lines)
    logging.getLogger("gunicorn.error").addFilter(_without_request)


def _drop(_: logging.LogRecord) -> bool:
    return False


def _no_request_lines(record: logging.LogRecord) -> bool:
    """``192.0.2.1 - - [21/Nov/2026 …] "GET /…"``: the development server's line for each request."""
    return not _WERKZEUG_REQUEST.search(record.getMessage())


def _without_request(record: logging.LogRecord) -> bool:
    """Gunicorn names the address of a malformed request, and the address asked for when it fails; at debug, all."""
    if record.levelno <= logging.DEBUG:
        return False
    if "request" in str(record.msg):
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "malformed"
        record.msg, record.args, record.exc_info = f"request not answered: {kind}", (), None
    return True
