-- The catalog. Dates are ISO text; `codes`, `refs` and `attributes` are JSON lists.
CREATE TABLE IF NOT EXISTS writes (number INTEGER NOT NULL) STRICT;
INSERT INTO writes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM writes);
CREATE TABLE IF NOT EXISTS sources (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, publication TEXT NOT NULL, licence TEXT NOT NULL, kind TEXT NOT NULL,
    publisher TEXT, edition TEXT, url TEXT, payer TEXT, jurisdiction TEXT, effective TEXT, ended TEXT,
    file TEXT, path TEXT, digest TEXT NOT NULL, added TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    id TEXT PRIMARY KEY, source_id TEXT NOT NULL REFERENCES sources ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    title TEXT NOT NULL, kind TEXT NOT NULL, url TEXT, payer TEXT, jurisdiction TEXT, effective TEXT, ended TEXT, refs TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS documents_of_source ON documents (source_id);
CREATE TABLE IF NOT EXISTS passages (
    id TEXT PRIMARY KEY, document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    kind TEXT NOT NULL, text TEXT NOT NULL, locator TEXT NOT NULL, page INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    section TEXT NOT NULL, codes TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS passages_of_document ON passages (document_id, ordinal);
CREATE INDEX IF NOT EXISTS passages_by_page ON passages (document_id, page);
CREATE TABLE IF NOT EXISTS mentions (
    value TEXT NOT NULL, system TEXT NOT NULL, passage_id TEXT NOT NULL REFERENCES passages ON DELETE CASCADE,
    PRIMARY KEY (value, system, passage_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS mentions_of_passage ON mentions (passage_id);
CREATE TABLE IF NOT EXISTS codes (
    value TEXT NOT NULL, system TEXT NOT NULL, source_id TEXT NOT NULL REFERENCES sources ON DELETE CASCADE,
    title TEXT NOT NULL, valid_from TEXT, valid_to TEXT, billable INTEGER, parent TEXT, attributes TEXT NOT NULL,
    PRIMARY KEY (value, system, source_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS codes_of_source ON codes (source_id, system, parent);
