-- A day is durable once the write-ahead log is synced (FULL); the log is moved into the database
-- between days, which isn't timed. Bills are unique by account and month, and clustered by them.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 0;
CREATE TABLE ledger (
  account INTEGER NOT NULL, month INTEGER NOT NULL, member INTEGER NOT NULL,
  points INTEGER NOT NULL, PRIMARY KEY (account, month)) WITHOUT ROWID;
CREATE TABLE balances (member INTEGER PRIMARY KEY, points INTEGER NOT NULL);
CREATE TEMP TABLE day (
  account INTEGER NOT NULL, month INTEGER NOT NULL, member INTEGER NOT NULL,
  fen INTEGER NOT NULL);
.mode csv
.import accounts.csv balances
PRAGMA wal_checkpoint(TRUNCATE);
