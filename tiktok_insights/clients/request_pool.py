"""Threads for requests to the bucket, side by side. What is requested belongs in the stages."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

#: boto3 keeps ten connections; more threads would only wait for the interpreter.
_THREADS = 8


@contextmanager
def request_pool() -> Iterator[ThreadPoolExecutor]:
    """Open a pool. At its end, requests that have begun are awaited, and the others are dropped."""
    pool = ThreadPoolExecutor(_THREADS)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
