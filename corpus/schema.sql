-- The catalog. Dates are ISO text; `codes`, `refs` and `attributes` are JSON lists.
CREATE TABLE IF NOT EXISTS writes (number INTEGER NOT NULL) STRICT;
INSERT INTO writes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM writes);
CREATE TABLE IF NOT EXISTS sources (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, publication TEXT NOT NULL, licence TEXT NOT NULL, kind TEXT NOT NULL,
    publisher TEXT, edition TEXT, url TEXT, payer TEXT, jurisdiction TEXT, setting TEXT, effective TEXT, ended TEXT,
    file TEXT, path TEXT, digest TEXT NOT NULL, added TEXT NOT NULL, rows INTEGER NOT NULL, names TEXT
) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    title TEXT NOT NULL, kind TEXT NOT NULL, url TEXT, payer TEXT, jurisdiction TEXT, effective TEXT, ended TEXT, refs TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS documents_of_source ON documents (source_id);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, locator TEXT NOT NULL, page INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section TEXT NOT NULL, codes TEXT NOT NULL, shelf TEXT NOT NULL, key TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS passages_by_key ON passages (key, shelf, document_id, id);
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (document_id, ordinal);
CREATE INDEX IF NOT EXISTS passages_by_page ON passages (document_id, page);
CREATE TABLE IF NOT EXISTS mentions (
    value TEXT NOT NULL, system TEXT NOT NULL, passage_id TEXT NOT NULL REFERENCES passages ON DELETE CASCADE,
    PRIMARY KEY (value, system, passage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mentions_of_passage ON mentions (passage_id);
CREATE TABLE IF NOT EXISTS codes (
    value TEXT NOT NULL, system TEXT NOT NULL, source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    title TEXT NOT NULL, valid_from TEXT, valid_to TEXT, billable INTEGER, parent TEXT, attributes TEXT NOT NULL,
    PRIMARY KEY (value, system, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS codes_of_source ON codes (source_id, system, parent);

-- Tables of millions of rows: a source is its number, a text that repeats is its number, a date that is not given is ''.
CREATE TABLE IF NOT EXISTS rationales (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS pairs (
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, column1 TEXT NOT NULL, column2 TEXT NOT NULL,
    effective TEXT NOT NULL, ended TEXT NOT NULL, indicator TEXT NOT NULL, rationale INTEGER NOT NULL,
    PRIMARY KEY (source, column1, column2, effective)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS units (
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, code TEXT NOT NULL,
    units INTEGER NOT NULL, indicator TEXT NOT NULL, rationale INTEGER NOT NULL, PRIMARY KEY (source, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS addons (
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, code TEXT NOT NULL, "primary" TEXT NOT NULL,
    type TEXT NOT NULL, effective TEXT NOT NULL, ended TEXT NOT NULL, PRIMARY KEY (source, code, "primary", effective)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    source INTEGER NOT NULL REFERENCES sources ON DELETE CASCADE, code TEXT NOT NULL, system TEXT NOT NULL,
    part TEXT NOT NULL, cells TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS entries_of_code ON entries (code, system);
CREATE INDEX IF NOT EXISTS entries_of_source ON entries (source);
