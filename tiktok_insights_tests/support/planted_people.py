"""People of whom every text is known, planted in every kind of object: whom a removal takes, and whom it leaves.

What must be left of an object is told by replacing texts, without the code under test. Who removes whom, and what is
looked at afterwards, is the tests' business.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

from tiktok_insights.clients.object_store import ObjectStore
from tiktok_insights.lake.followers_csv import write_missing_csvs
from tiktok_insights.lake.listing import CsvInventory
from tiktok_insights.raw.manifest import Manifest, PageEntry, SnapshotKey, iso
from tiktok_insights.raw.snapshots import RawStore
from tiktok_insights.tiktok.models import Quota, Response
from tiktok_insights_tests.support.bodies import JSON, app_page, app_row, encoded, user_info, web_page, web_row
from tiktok_insights_tests.support.csv_texts import csv_file, row

_NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
#: Of an ID that nobody has chosen.
_DIGITS = 19
_LIST_MARKER, _LOOSE_MARKER = b'{"forgotten":true}', b'{"forgotten":true,"rejected":true}'
_HOSTILE = (
    'a "quoted", comma', "two\r\nlines\nof", "=HYPERLINK(1)+@", "\U0001f9c1 \u202e\u05d0\u05d1", "back\\slash\\\\n\\",
    '"}},{"user":{"id":"1', "'); DROP TABLE TIKTOK_DATA;--", "\t tab \u2028 end", "<b>&amp;</b>", '"', "%s %(x)s {0}",
)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """One person; the number makes each text unlike those of everyone else, but for an ID that is chosen."""

    number: int
    given_id: str = ""
    given_handle: str = ""

    @property
    def tiktok_id(self) -> str:
        """Of 19 digits, unless it is chosen."""
        return self.given_id or f"74{self._unlike:0{_DIGITS - 2}}"

    @property
    def handle(self) -> str:
        """Unlike others' in letters and case."""
        return self.given_handle or f"Hand.{self._sign}"

    @property
    def sec_uid(self) -> str:
        """As TikTok writes it."""
        return f"MS4wLjABAAAA{self._sign}"

    @property
    def nickname(self) -> str:
        """A name with something in it that breaks what is careless."""
        return f"{_HOSTILE[self.number % len(_HOSTILE)]} Nick{self._sign}"

    @property
    def avatar(self) -> str:
        """An address."""
        return f"https://p16.example/avatar{self._sign}?x=1&y=2"

    @cached_property
    def texts(self) -> frozenset[str]:
        """What must be nowhere when the person is removed: each is nobody else's, wherever it is a part."""
        own = (self.handle, self.sec_uid, f"Nick{self._sign}", f"avatar{self._sign}")
        # The shorter ones that are chosen are parts of others' IDs.
        return frozenset((*own, self.tiktok_id) if len(self.tiktok_id) >= _DIGITS else own)

    @property
    def _sign(self) -> str:
        return f"{self._unlike:016x}"

    @property
    def _unlike(self) -> int:
        return (self.number * 0x9E3779B97F4A7C15) % 10**16

    def web(self, **user: object) -> JSON:
        """The row of a page in the WEB dialect."""
        pictures = dict.fromkeys(("avatarLarger", "avatarMedium", "avatarThumb"), self.avatar)
        names = {"uniqueId": self.handle, "secUid": self.sec_uid, "nickname": self.nickname}
        return web_row(self.tiktok_id, **{**names, **pictures, **user})

    def app(self) -> JSON:
        """The row of a page in the APP dialect."""
        pictures = {f"avatar_{size}": {"url_list": [self.avatar]} for size in ("larger", "medium", "thumb")}
        return app_row(self.tiktok_id, unique_id=self.handle, sec_uid=self.sec_uid, nickname=self.nickname, **pictures)

    def line(self, tiktok_id: str = "", **texts: str) -> str:
        """A line of a CSV of another producer, with a name in quotes."""
        pictures = dict.fromkeys(("avatarLarger", "avatarMedium", "avatarThumb"), f'"{self.avatar}"')
        name = " ".join(self.nickname.replace('"', '""').splitlines())
        own = {"uniqueId": self.handle, "nickname": f'"{name}"', **pictures}
        return row(tiktok_id or self.tiktok_id, **{**own, **texts})


@dataclass(frozen=True)
class World:
    """A bucket full of people: `gone` are to be removed, `others` stay."""

    gone: tuple[Planted, ...]
    others: tuple[Planted, ...]
    pages: dict[str, JSON]
    csvs: dict[str, bytes]

    def plant(self, store: ObjectStore) -> None:
        """Fill the bucket, as extractions and other producers do, and render the CSVs."""
        raw = RawStore(store)
        for key, document in self.pages.items():
            raw.put_response(key, _response(document))
        for snapshot in COMMITTED:
            raw.put_response(snapshot.account_info, _response(user_info(account_id=snapshot.account_id)))
            stored = [raw.response(key) for key in sorted(self.pages) if key.startswith(f"{snapshot.prefix}page-")]
            pages = [PageEntry(page.key, page.sha256, 3, iso(_NOON), 5, 6) for page in stored]
            raw.commit(_manifest(snapshot, "whole", *pages))
        raw.note_attempt(_manifest(OPEN, "deferred"))
        for key, body in self.csvs.items():
            store.put(key, body, "text/csv")
        assert [result.blocked for result in write_missing_csvs(raw, CsvInventory(store), 1.0)] == [""] * 3

    def page_without(self, key: str) -> bytes:
        """The body of a page that must be left, by replacing the rows' texts."""
        body = encoded(self.pages[key])
        if "not-a-page" in key:
            return _LIST_MARKER
        for person in self.gone:
            for one in (person.web(), person.app()):
                body = body.replace(encoded(one), _LIST_MARKER)
            for wrong in (person.web(id=7.4e18), person.web(uniqueId=OLD_HANDLE)):
                is_follower = wrong["user"]["id"] != 7.4e18
                body = body.replace(encoded(wrong), _LIST_MARKER if is_follower else _LOOSE_MARKER)
        return body

    def lines_without(self, body: bytes) -> list[bytes]:
        """The lines that must be left of a CSV, whoever wrote it."""
        ids = {person.tiktok_id.encode() for person in self.gone}
        signs = [text.encode() for person in self.gone for text in person.texts]
        return [
            line
            for line in body.splitlines(keepends=True)
            if line.split(b",")[0] not in ids and not any(sign in line for sign in signs)
        ]


COMMITTED = tuple(SnapshotKey(account, f"20260131T0{account[-1]}3000125Z") for account in ("42", "43", "44"))
OPEN = SnapshotKey("45", "20260131T080000000Z")
#: The handle that one person had, and another has now.
OLD_HANDLE = "was.somebodys"
FOREIGN, REFUSED, PLAIN = (
    f"csv/followers/account=46/dt=2026-01-31/{name}.csv" for name in ("foreign", "refused", "plain")
)


def world() -> World:
    """Twenty-two people to remove, and eleven to leave."""
    whole = Planted(90).tiktok_id
    gone = [
        *(Planted(number) for number in range(1, 17)),
        Planted(17, whole[:-1]), Planted(18, whole[1:]), Planted(19, f"1{whole}"), Planted(20, "12"),
        Planted(21), Planted(22),
    ]  # fmt: skip
    others = [Planted(90), *(Planted(number) for number in range(91, 100)), Planted(100, given_handle=OLD_HANDLE)]
    # 1 follows three accounts, 2 is in the quarantine alone, 3 had the handle that 100 has, 4 is in evidence alone.
    committed = [
        web_page(others[0].web(), *(one.web() for one in gone[4:12]), gone[0].web(), others[1].web(), more=True),
        app_page(*(one.app() for one in gone[12:20]), others[2].app(), gone[2].app(), others[9].app()),
        web_page(gone[2].web(uniqueId=OLD_HANDLE), others[10].web(), gone[0].web(), more=True),
        web_page(others[3].web(), gone[1].web(id=7.4e18), gone[0].web(), others[0].web()),
    ]
    first, second, third = COMMITTED
    keys = (first.page(1), first.page(2), second.page(1), third.page(1))
    pages = dict(zip(keys, committed, strict=True))
    pages[OPEN.page(1)] = web_page(others[4].web(), gone[20].web(), more=True)
    pages[OPEN.evidence(2)] = {"users": [{"who": gone[3].tiktok_id, "name": gone[3].nickname, "p": gone[3].avatar}]}
    plain = csv_file(others[5].line(), gone[4].line(), others[6].line(), gone[21].line("x7"), gone[19].line())
    refused = csv_file(others[7].line(), gone[5].line(), others[8].line().replace('","https', ',"https', 1))
    of_others = (f"{' '.join(one.nickname.splitlines())};{one.tiktok_id}" for one in (gone[6], others[9]))
    foreign = csv_file(*of_others, header="name;number")
    return World(tuple(gone), tuple(others), pages, {PLAIN: plain, REFUSED: refused, FOREIGN: foreign})


def _response(document: JSON) -> Response:
    return Response("/list", {"minCursor": "0"}, encoded(document), _NOON, 1, Quota(None, None, None))


def _manifest(snapshot: SnapshotKey, outcome: str, *pages: PageEntry) -> Manifest:
    times = iso(_NOON), iso(_NOON + timedelta(minutes=1))
    return Manifest(
        snapshot.account_id, "some.shop", "MS4shop", snapshot.snapshot_id, *times, outcome,
        "", 5, 9, True, (), 5, 0, 1, 4, pages,
    )  # fmt: skip
