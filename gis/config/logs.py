"""What the log says of a request, and what it does not."""

import logging


class WithoutTrace(logging.Filter):
    """Say in one line what was refused: a stranger's Host header is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True


class WithoutQuery(logging.Filter):
    """Keep the path alone of what is asked of patrols: in the address stand a worker's position and
    the secret of a tracker, which are for no log.
    """

    prefix = "/api/v1/patrols/"

    def filter(self, record: logging.LogRecord) -> bool:
        # uvicorn's own: client, method, address, version, status.
        if isinstance(record.args, tuple) and len(record.args) == 5:
            client, method, address, *rest = record.args
            if str(address).startswith(self.prefix):
                record.args = client, method, str(address).partition("?")[0], *rest
        return True
