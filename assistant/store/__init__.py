"""What is kept on the server for the people who ask: conversations, marks, judgements, records, settings."""

from pathlib import Path

from sqlalchemy.engine import URL

from assistant.ledger import FOLDER
from assistant.store.conversations import Conversations
from assistant.store.database import Database, Missing, StoreError
from assistant.store.judgements import Judgements
from assistant.store.marks import Marks
from assistant.store.people import Enough, People, Preferences
from assistant.store.records import Records
from assistant.store.sessions import Sessions
from assistant.store.tables import LOCAL

__all__ = ["LOCAL", "Enough", "Missing", "Preferences", "Store", "StoreError"]


class Store:
    """Everything that is kept, over one database. Every function takes the id of the person and gives only what is theirs."""

    def __init__(self, database: Database) -> None:
        self.conversations = Conversations(database)
        self.marks = Marks(database)
        self.judgements = Judgements(database)
        self.records = Records(database)
        self.people = People(database)
        self.sessions = Sessions(database)
        self._database = database

    @classmethod
    def open(cls, home: Path, address: str = "") -> "Store":
        """Open the store of a home, or the one at an address (an SQLAlchemy URL), and bring it up to date.

        Raises StoreError where it cannot be used.
        """
        home.mkdir(parents=True, exist_ok=True)
        store = cls(Database(address or URL.create("sqlite", database=str(home / "store.sqlite"))))
        store.judgements.read_old(home)
        store.records.take_in(home / FOLDER)
        return store

    def close(self) -> None:
        """Close its connections."""
        self._database.close()
