-- One transaction: rows come in by COPY into a table that is not logged, then go to their places by
-- one statement each.
BEGIN;
CREATE TEMP TABLE day (
  account bigint NOT NULL, month integer NOT NULL, member bigint NOT NULL, fen bigint NOT NULL)
  ON COMMIT DROP;
\copy day from 'bills.csv' with (format csv)
ANALYZE day;
INSERT INTO ledger SELECT account, month, member, fen / 100 FROM day;
UPDATE balances SET points = balances.points + earned.points
  FROM (SELECT member, sum(fen / 100)::bigint AS points FROM day GROUP BY member) AS earned
  WHERE earned.member = balances.member;
COMMIT;
SELECT points FROM balances WHERE member = (SELECT min(member) FROM balances);
