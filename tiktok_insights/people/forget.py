"""Removes people from everything that this system holds: suppress, lock, erase, search again.

It may be killed anywhere and repeated. The person is on the suppression list before anything is erased, and the bucket
is cleaned by that list, so a repeat also removes whoever has come back into it. What is erased in one kind of place
belongs in `erasing`; what no command can erase, in `remains`.
"""

import secrets
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.clients.snowflake_session import Connect
from tiktok_insights.people.erasing.bucket_csv import clean_csv_quarantine, prepare_csvs
from tiktok_insights.people.erasing.bucket_raw import clean_raw
from tiktok_insights.people.erasing.cleaned import Cleaned
from tiktok_insights.people.erasing.warehouse import erase_in_warehouse, found_in_warehouse
from tiktok_insights.people.identification import identify
from tiktok_insights.people.person import Person
from tiktok_insights.people.places import ELSEWHERE
from tiktok_insights.people.receipt import Receipt, Removed, Search
from tiktok_insights.people.remains import Remainder
from tiktok_insights.people.unfinished import Unfinished
from tiktok_insights.progress import SILENT, ProgressReporter
from tiktok_insights.raw.manifest import iso
from tiktok_insights.suppression import SuppressionList
from tiktok_insights.suppression_store import SuppressionStore

PACKAGE = "tiktok_insights"
_USER, _ACCOUNT = "a user", "an account"
