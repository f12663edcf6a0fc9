-- One transaction; both tables are written in the order of their keys.
BEGIN IMMEDIATE;
.import bills.csv day
INSERT INTO ledger SELECT account, month, member, fen / 100 FROM day ORDER BY account, month;
INSERT INTO balances SELECT member, fen / 100 FROM day WHERE true ORDER BY member
  ON CONFLICT (member) DO UPDATE SET points = points + excluded.points;
DELETE FROM day;
COMMIT;
SELECT points FROM balances WHERE member = (SELECT min(member) FROM balances);
