-- Times are packet time, nanoseconds since 1970, UTC. docs/store.md explains every column.

CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
  id                 TEXT PRIMARY KEY,
  status             TEXT NOT NULL,
  phase              TEXT,
  step               TEXT,
  types              TEXT,
  suggested_severity INTEGER,
  declared_severity  INTEGER,
  sources            TEXT,
  targets            TEXT,
  lines              TEXT,
  first              INTEGER NOT NULL,
  last               INTEGER NOT NULL,
  acknowledged       INTEGER,
  confirmed          INTEGER,
  contained          INTEGER,
  eradicated         INTEGER,
  recovered          INTEGER,
  ended              INTEGER,
  again              INTEGER,
  reopened           INTEGER,
  events             INTEGER,
  record             TEXT
) STRICT;

CREATE TABLE events (
  seq           INTEGER PRIMARY KEY,
  opened        INTEGER NOT NULL,
  id            TEXT NOT NULL UNIQUE,
  state         TEXT NOT NULL,
  rule          TEXT NOT NULL,
  title         TEXT,
  incident_type TEXT,
  severity      INTEGER,
  phase         TEXT,
  step          TEXT,
  case_id       TEXT REFERENCES cases (id),
  source        TEXT,
  target        TEXT,
  proto         TEXT,
  op            TEXT,
  object        TEXT,
  status        TEXT,
  asset         TEXT,
  line          TEXT,
  gxp_impact    TEXT,
  count         INTEGER NOT NULL,
  first         INTEGER NOT NULL,
  last          INTEGER NOT NULL,
  raised        INTEGER NOT NULL,
  what          TEXT,
  record        TEXT NOT NULL
) STRICT;
CREATE INDEX events_case ON events (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX events_last ON events (last);

CREATE TABLE journal (
  chain   INTEGER NOT NULL,
  number  INTEGER NOT NULL,
  at      INTEGER NOT NULL,
  person  TEXT NOT NULL,
  verb    TEXT NOT NULL,
  case_id TEXT,
  text    TEXT,
  record  TEXT NOT NULL,
  PRIMARY KEY (chain, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE cursors (
  output TEXT PRIMARY KEY,
  seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE removed (
  what   TEXT PRIMARY KEY,
  rows   INTEGER NOT NULL,
  newest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
