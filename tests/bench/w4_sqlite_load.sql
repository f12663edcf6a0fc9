CREATE TABLE legs (
  debtor INTEGER NOT NULL, creditor INTEGER NOT NULL, reason INTEGER NOT NULL,
  prior INTEGER NOT NULL, partner INTEGER NOT NULL, version INTEGER NOT NULL,
  second INTEGER NOT NULL, quantity INTEGER NOT NULL, fen INTEGER NOT NULL);
CREATE TABLE prices (version INTEGER PRIMARY KEY, num INTEGER NOT NULL, den INTEGER NOT NULL);
BEGIN;
.mode csv
.import legs.csv legs
.import prices.csv prices
COMMIT;
ANALYZE;
