BEGIN;
CREATE OR REPLACE TEMP TABLE day AS SELECT * FROM read_csv('bills.csv', header = false, columns = {
  'account': 'BIGINT', 'month': 'INTEGER', 'member': 'BIGINT', 'fen': 'BIGINT'});
INSERT INTO ledger SELECT account, month, member, fen // 100 FROM day;
UPDATE balances SET points = balances.points + earned.points
  FROM (SELECT member, sum(fen // 100)::BIGINT AS points FROM day GROUP BY member) AS earned
  WHERE earned.member = balances.member;
COMMIT;
SELECT points FROM balances WHERE member = (SELECT min(member) FROM balances);
