"""The health check inside a container: asks an address of this installation, by standard library.

`python -m gis.ground.probe URL` ends with 0 when the answer is 200. The name sent is the first of
`WANGGE_HOSTS`, because the site answers to no other.
"""

import os
import sys
import urllib.error
import urllib.request

SECONDS = 8


def ask(url: str) -> int:
    """The status code of the answer; 0 when nobody answers."""
    name = os.environ.get("WANGGE_HOSTS", "").split(",")[0].strip()
    headers = {"Host": name} if name and name != "*" else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


if __name__ == "__main__":
    sys.exit(0 if ask(sys.argv[1]) == 200 else 1)
