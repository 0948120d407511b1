"""Large results in chunks, as Snowflake sends them: the first rows in the answer, the others at addresses of their own.

In one answer, a result of millions of rows would be several times in the client's memory. fakesnow knows no chunks.
"""

import json
import threading
import time
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
from fakesnow.arrow import to_ipc, to_sf
from fakesnow.rowtype import describe_as_rowtype
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

ROWS_IN_A_CHUNK = 20_000
_MOST_RESULTS = 32
_MOST_BYTES = 256 * 2**20
#: A client fetches chunks one soon after the other; later, it has stopped.
_SECONDS_BETWEEN_CHUNKS = 30.0


class RecentResults(dict[str, Any]):
    """The last results by the IDs of their queries; fakesnow would keep every result that there ever was.

    A value is a tuple that starts with the Arrow table or None. The oldest are dropped when there are too many or too
    many bytes, but never the newest, nor one that a client is fetching.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        super().__init__()
        self._most_bytes = most_bytes
        self._fetched: dict[str, float] = {}
        self._lock = threading.Lock()

    def __setitem__(self, query_id: str, result: Any) -> None:
        with self._lock:
            super().__setitem__(query_id, result)
            now = time.monotonic()
            for old in list(self)[:-1]:
                if self._fits():
                    return
                if now - self._fetched.get(old, float("-inf")) > _SECONDS_BETWEEN_CHUNKS:
                    super().pop(old)
                    self._fetched.pop(old, None)

    def fetch(self, query_id: str) -> Any:
        """Give a result, or None, and keep it while a client fetches more of it."""
        with self._lock:
            if query_id in self:
                self._fetched[query_id] = time.monotonic()
            return self.get(query_id)

    def _fits(self) -> bool:
        tables = [result[0] for result in self.values() if result[0] is not None]
        size = sum(table.get_total_buffer_size() for table in tables)
        return len(self) <= _MOST_RESULTS and size <= self._most_bytes


class LargeResults:
    """The results that are fetched in chunks, for as long as they are recent."""

    def __init__(self) -> None:
        self._tables = RecentResults()

    @property
    def route(self) -> Route:
        """Where the chunks are fetched; a query's id is not to be guessed."""
        return Route("/results/{query_id}/{number:int}", self._chunk, methods=["GET"])

    def first_rows(self, query_id: str, table: pa.Table, described: list[Any]) -> pa.Table:
        """The rows for the answer itself; a table that has more of them is kept."""
        if table.num_rows > ROWS_IN_A_CHUNK:
            self._tables[query_id] = (table, describe_as_rowtype(described))
        return table.slice(0, ROWS_IN_A_CHUNK)

    def completed(self, reply: JSONResponse, request: Request) -> JSONResponse:
        """The answer to a query with the addresses of the other rows, where there are more."""
        content = json.loads(bytes(reply.body))
        data = content["data"] or {}
        if not (kept := self._tables.get(data.get("queryId", ""))):
            return reply
        rows = kept[0].num_rows
        address = f"{request.url.scheme}://{request.url.netloc}/results/{data['queryId']}"
        data["total"] = rows
        data["chunks"] = [
            {
                "url": f"{address}/{start // ROWS_IN_A_CHUNK}",
                "rowCount": min(ROWS_IN_A_CHUNK, rows - start),
                "uncompressedSize": kept[0].nbytes * ROWS_IN_A_CHUNK // rows,
                "compressedSize": kept[0].nbytes * ROWS_IN_A_CHUNK // rows,
            }
            for start in range(ROWS_IN_A_CHUNK, rows, ROWS_IN_A_CHUNK)
        ]
        return JSONResponse(content)

    def _chunk(self, request: Request) -> Response:
        kept = self._tables.fetch(request.path_params["query_id"])
        start = request.path_params["number"] * ROWS_IN_A_CHUNK
        if not kept or start >= kept[0].num_rows:
            return Response("This result is no longer available. Run the statement again.\n", status_code=404)
        table, rowtype = kept
        return Response(to_ipc(to_sf(table.slice(start, ROWS_IN_A_CHUNK), rowtype)).to_pybytes())
