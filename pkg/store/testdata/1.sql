PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE meta (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES('ended','yes');
INSERT INTO meta VALUES('written_by','0.1.0');
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
INSERT INTO cases VALUES('C-95c49083','confirmed','detection_investigation_analysis','DIA-7','OT-05',4,NULL,'10.77.0.10','10.77.0.20',NULL,1795442888922297000,1795442888922297000,NULL,1795442889000000000,NULL,NULL,NULL,NULL,0,0,2,'{"id":"C-95c49083","status":"confirmed","phase":"detection_investigation_analysis","step":"DIA-7","types":["OT-05"],"suggested_severity":4,"sources":["10.77.0.10"],"targets":["10.77.0.20"],"first":"2026-11-23T14:08:08.922297Z","last":"2026-11-23T14:08:08.922297Z","confirmed":"2026-11-23T14:08:09Z","exposure":{"last_known_good":"2026-11-23T14:08:08.920906Z","assets":["10.77.0.20"],"habits":["10.77.0.10 > 10.77.0.20 s7comm mode-change service P_PROGRAM"]},"reached":[{"step":"DIA-1","at":"2026-11-23T14:08:08.922297Z","by":"sensor"},{"step":"DIA-5","at":"2026-11-23T14:08:09Z","by":"m.weber"},{"step":"DIA-7","at":"2026-11-23T14:08:09Z","by":"m.weber"}],"events":["95c490832d2e1b53","bf04322e12a3ccc4"],"timeline":[{"at":"2026-11-23T14:08:08.922297Z","by":"sensor","what":"10.77.0.10 told the controller 10.77.0.20 to stop.","step":"DIA-1"},{"at":"2026-11-23T14:08:09Z","by":"m.weber","what":"confirm: nobody planned this","step":"DIA-7"},{"at":"2026-11-23T14:08:09.529343Z","by":"sensor","what":"Case C-95c49083: the exposure window is open since 2026-11-23T14:08:08Z, when what it touched was last seen as learned; no containment is approved.","step":"DIA-7"}]}');
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
INSERT INTO events VALUES(3,2,'bf04322e12a3ccc4','closed','CASE-02','Exposure window opened or closed','OT-05',0,'detection_investigation_analysis','DIA-7','C-95c49083',NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,'unknown',1,1795442889529343000,1795442889529343000,1795442889529343000,'Case C-95c49083: the exposure window is open since 2026-11-23T14:08:08Z, when what it touched was last seen as learned; no containment is approved.','{"schema":"1.0","id":"bf04322e12a3ccc4","state":"closed","rule":{"id":"CASE-02","title":"Exposure window opened or closed","level":0},"sensor":{"id":"sensor"},"first":"2026-11-23T14:08:09.529343000Z","last":"2026-11-23T14:08:09.529343000Z","raised":"2026-11-23T14:08:09.529343000Z","count":1,"source":{"known":false},"target":{"known":false},"what":"Case C-95c49083: the exposure window is open since 2026-11-23T14:08:08Z, when what it touched was last seen as learned; no containment is approved.","why":[{"field":"exposure window","seen":"2026-11-23T14:08:08Z to open"},{"field":"assets","seen":"1"},{"field":"lines","seen":"not named in the site file"}],"list":["10.77.0.20"],"playbook":{"profile":"mpm-cirp","profile_version":"1.0","incident_type":"OT-05","incident_title":"Mode change, stop or restart","phase":"detection_investigation_analysis","step":"DIA-7","next":[{"step":"CON-Q","role":"quality_unit","do":"In parallel with CON-2, decide on holding and segregating product made in the exposure window, and open the deviation record."}],"severity":{"suggested":0,"scale":"0-5","basis":["no_change"],"confirmed_by":"cirm"},"case":"C-95c49083","phase_input":"ack"},"attack":{"version":"19.2"},"quality":{"gxp_impact":"unknown","last_known_good":"2026-11-23T14:08:08.920906000Z","first_seen":"2026-11-23T14:08:09.529343000Z","last_seen":"2026-11-23T14:08:09.529343000Z","ask":"none","decides":"quality_unit"},"coverage":{"both_ways":true,"midstream":false,"lossy":false,"truncated":false,"conflict":false,"dropped":0,"gap_ratio":0,"unjudgable":0},"integrity":{"sensor_version":"0.1.0","rules_sha256":"4933044ad75f9d373f7d6ae34636f605569822e5d8f4c2ba5577fafea6d468d4"}}');
INSERT INTO events VALUES(4,1,'95c490832d2e1b53','closed','S7-06','Controller was told to stop','OT-05',4,'detection_investigation_analysis','DIA-1','C-95c49083','10.77.0.10','10.77.0.20','s7comm','mode-change','service P_PROGRAM','ok','10.77.0.20',NULL,'unknown',1,1795442888922297000,1795442888922297000,1795442888922297000,'10.77.0.10 told the controller 10.77.0.20 to stop.','{"schema":"1.0","id":"95c490832d2e1b53","state":"closed","rule":{"id":"S7-06","title":"Controller was told to stop","level":4},"sensor":{"id":"sensor"},"first":"2026-11-23T14:08:08.922297000Z","last":"2026-11-23T14:08:08.922297000Z","raised":"2026-11-23T14:08:09.529609000Z","count":1,"source":{"addr":"10.77.0.10","mac":"02:00:00:00:00:10","role":"engineering","known":false},"target":{"addr":"10.77.0.20","mac":"02:00:00:00:00:20","port":102,"role":"controller","known":false},"proto":"s7comm","op":"mode-change","status":"ok","object":"service P_PROGRAM","what":"10.77.0.10 told the controller 10.77.0.20 to stop.","why":[{"field":"proto","seen":"s7comm"},{"field":"op","seen":"mode-change"},{"field":"s7.function","seen":"plc_stop"},{"field":"status","seen":"ok"}],"samples":[{"time":"2026-11-23T14:08:08.922242000Z","file":"pcaps/s7-plc-stop/capture.pcap","frame":12,"answer_frame":13}],"playbook":{"profile":"mpm-cirp","profile_version":"1.0","incident_type":"OT-05","incident_title":"Mode change, stop or restart","phase":"detection_investigation_analysis","step":"DIA-1","next":[{"step":"DIA-2","role":"ot_security","do":"Did the line people or the engineer stop or start this, and is the process safe as it stands?"},{"step":"CON-Q","role":"quality_unit","do":"Review before further release: lots made on the asset''s line in the exposure window of 10.77.0.20."}],"on_confirm":"DIA-7","on_dismiss":"DIA-6","severity":{"suggested":4,"scale":"0-5","basis":["accepted","gxp_unknown","no_planned_work"],"confirmed_by":"cirm"},"case":"C-95c49083","phase_input":"none","evidence":["EV-01","EV-02","EV-03","EV-09"],"containment":["K-02","K-03","K-05"],"do_not":["power_cycle","emergency_stop","interrupt_step"],"reporting":["R-01","R-05","R-06"]},"attack":{"version":"19.2","techniques":["T0858","T0816","T0881"],"legacy":["T0858","T0816","T0881"]},"quality":{"gxp_impact":"unknown","asset":"10.77.0.20","last_known_good":"2026-11-23T14:08:08.920906000Z","first_seen":"2026-11-23T14:08:08.922297000Z","last_seen":"2026-11-23T14:08:08.922297000Z","ask":"hold-review","decides":"quality_unit"},"coverage":{"both_ways":true,"midstream":false,"lossy":false,"truncated":false,"conflict":false,"dropped":0,"gap_ratio":0,"unjudgable":0},"integrity":{"sensor_version":"0.1.0","rules_sha256":"4933044ad75f9d373f7d6ae34636f605569822e5d8f4c2ba5577fafea6d468d4"}}');
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
INSERT INTO journal VALUES(1,1,1795442889000000000,'m.weber','confirm','C-95c49083','case C-95c49083; nobody planned this','{"seq":1,"at":"2026-11-23T14:08:09Z","by":"m.weber","do":"confirm","why":"nobody planned this","case":"C-95c49083","hash":"3583e1895398a3dbd2b0b8795be9939d6bc23406323a9d59e67a3268faff13b3"}');
CREATE TABLE cursors (
  output TEXT PRIMARY KEY,
  seq    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE removed (
  what   TEXT PRIMARY KEY,
  rows   INTEGER NOT NULL,
  newest INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX events_case ON events (case_id) WHERE case_id IS NOT NULL;
CREATE INDEX events_last ON events (last);
COMMIT;
PRAGMA application_id=1869902693; PRAGMA user_version=1;
