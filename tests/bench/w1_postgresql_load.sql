-- Bills are unique by account and month: that key, and no other index, is the ledger's. Half of a
-- balance's page stays free, so that an update stays in it and touches no index.
CREATE TABLE ledger (
  account bigint NOT NULL, month integer NOT NULL, member bigint NOT NULL, points bigint NOT NULL,
  PRIMARY KEY (account, month));
CREATE TABLE balances (member bigint PRIMARY KEY, points bigint NOT NULL) WITH (fillfactor = 45);
\copy balances from 'accounts.csv' with (format csv)
VACUUM (ANALYZE) balances;
CHECKPOINT;
