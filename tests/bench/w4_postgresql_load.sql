CREATE TABLE legs (
  debtor smallint NOT NULL, creditor smallint NOT NULL, reason smallint NOT NULL, prior smallint NOT NULL,
  partner smallint NOT NULL, version integer NOT NULL, second integer NOT NULL,
  quantity bigint NOT NULL, fen bigint NOT NULL);
CREATE TABLE prices (version integer PRIMARY KEY, num bigint NOT NULL, den bigint NOT NULL);
\copy legs from 'legs.csv' with (format csv)
\copy prices from 'prices.csv' with (format csv)
VACUUM (ANALYZE) legs;
VACUUM (ANALYZE) prices;
CREATE EXTENSION IF NOT EXISTS pg_prewarm;
SELECT pg_prewarm('legs');
