SET wal_autocheckpoint = '16GB';
CREATE TABLE ledger (
  account BIGINT NOT NULL, month INTEGER NOT NULL, member BIGINT NOT NULL, points BIGINT NOT NULL,
  PRIMARY KEY (account, month));
CREATE TABLE balances (member BIGINT NOT NULL, points BIGINT NOT NULL);
COPY balances FROM 'accounts.csv' (FORMAT csv, HEADER false);
CHECKPOINT;
