-- Assets, and what each habit did in each minute.

CREATE TABLE assets (
  addr         TEXT PRIMARY KEY,
  macs         TEXT,
  vlans        TEXT,
  vendor       TEXT,
  name         TEXT,
  role         TEXT,
  role_because TEXT,
  first        INTEGER NOT NULL,
  last         INTEGER NOT NULL
) STRICT;
CREATE INDEX assets_last ON assets (last);

CREATE TABLE asset_services (
  addr      TEXT NOT NULL REFERENCES assets (addr) ON DELETE CASCADE,
  transport TEXT NOT NULL,
  port      INTEGER NOT NULL,
  name      TEXT,
  PRIMARY KEY (addr, transport, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE asset_facts (
  addr   TEXT NOT NULL REFERENCES assets (addr) ON DELETE CASCADE,
  behind TEXT NOT NULL,
  source TEXT NOT NULL,
  fact   TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (addr, behind, source, fact)
) STRICT, WITHOUT ROWID;

CREATE TABLE watched (
  minute   INTEGER PRIMARY KEY,
  packets  INTEGER NOT NULL,
  dropped  INTEGER NOT NULL,
  left_out INTEGER NOT NULL
) STRICT;

CREATE TABLE habits (
  id     INTEGER PRIMARY KEY,
  habit  TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  server TEXT NOT NULL,
  proto  TEXT,
  op     TEXT NOT NULL,
  first  INTEGER NOT NULL,
  last   INTEGER NOT NULL
) STRICT;

CREATE TABLE activity (
  minute     INTEGER NOT NULL,
  habit      INTEGER NOT NULL,
  count      INTEGER NOT NULL,
  refused    INTEGER NOT NULL,
  unanswered INTEGER NOT NULL,
  slowest    INTEGER,
  PRIMARY KEY (minute, habit)
) STRICT, WITHOUT ROWID;
