"""The fake API on a real port, and an independent reading of its pages.

Here: the server in a thread and a walk by the documented rules. Not here: any of the code under test but
`create_app`; the walk must not share a mistake with it.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import requests
import uvicorn
from starlette.applications import Starlette

HEADERS = {"x-rapidapi-key": "local-key", "x-rapidapi-host": "tiktok-api23.p.rapidapi.com"}
JSON = dict[str, Any]


class Api:
    """A session on a served app; every request carries the usual headers unless told otherwise."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._session = requests.Session()

    def ask(self, path: str, **parameters: object) -> requests.Response:
        """Send one GET request with the usual headers."""
        return self.ask_with(HEADERS, path, **parameters)

    def ask_with(self, headers: dict[str, str], path: str, **parameters: object) -> requests.Response:
        """Send one GET request with these headers."""
        texts = {name: str(value) for name, value in parameters.items()}
        return self._session.get(self.address + path, headers=headers, params=texts, timeout=10)

    def body(self, path: str, **parameters: object) -> JSON:
        """Return the JSON body of a request that must get HTTP 200."""
        response = self.ask(path, **parameters)
        assert response.status_code == 200, response.text
        body: JSON = response.json()
        return body

    def control(self, name: str, **fields: object) -> JSON:
        """Change something through a control endpoint, which must accept it; return the status."""
        response = self._session.post(f"{self.address}/_control/{name}", json=fields, timeout=10)
        assert response.status_code == 200, response.text
        status: JSON = response.json()
        return status

    def refused_control(self, name: str, **fields: object) -> str:
        """Return the error of a change that must be refused."""
        response = self._session.post(f"{self.address}/_control/{name}", json=fields, timeout=10)
        assert response.status_code == 400, response.text
        return str(response.json()["error"])

    def post_faults(self, *faults: JSON) -> JSON:
        """Post faults, which must be accepted; return the status."""
        response = self._session.post(f"{self.address}/_control/faults", json=list(faults), timeout=10)
        assert response.status_code == 200, response.text
        status: JSON = response.json()
        return status

    def refused_faults(self, posted: object) -> str:
        """Return the error of a post that must be refused."""
        response = self._session.post(f"{self.address}/_control/faults", json=posted, timeout=10)
        assert response.status_code == 400, response.text
        return str(response.json()["error"])

    def clear_faults(self) -> JSON:
        """Take all posted faults back; return the status."""
        status: JSON = self._session.delete(f"{self.address}/_control/faults", timeout=10).json()
        return status

    def sec_uid(self, handle: str) -> str:
        """Resolve a handle."""
        return str(self.body("/api/user/info", uniqueId=handle)["userInfo"]["user"]["secUid"])

    def pages(self, handle: str, count: int = 30, path: str = "/api/user/followers") -> Iterator[JSON]:
        """Yield a list's pages from the newest on, following the cursor until no more is promised."""
        sec_uid, cursor = self.sec_uid(handle), 0
        while True:
            page = self.body(path, secUid=sec_uid, count=count, minCursor=cursor, maxCursor=0, max_time=cursor)
            yield page
            fields = page.get("data", page)
            if not (fields["hasMore"] if "userList" in fields else fields["has_more"]):
                return
            cursor = fields["minCursor"] if "userList" in fields else fields["min_time"]


def rows_of(page: JSON) -> list[JSON]:
    """Return a page's rows, whichever dialect it is in."""
    fields = page.get("data", page)
    rows: list[JSON] = fields["userList"] if "userList" in fields else fields["followers"]
    return rows


def id_of(row: JSON) -> str:
    """Return a row's id, whichever dialect it is in."""
    return str(row["user"]["id"] if "user" in row else row["uid"])


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[Api]:
    """Serve an app on a free loopback port for as long as the context lasts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.005)
        try:
            yield Api(f"http://127.0.0.1:{listener.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join(timeout=10)
