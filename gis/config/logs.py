"""What the log says of a request that was refused."""

import logging


class WithoutTrace(logging.Filter):
    """Say in one line what was refused: a stranger's Host header is no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True
