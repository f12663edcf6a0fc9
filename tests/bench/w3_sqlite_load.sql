-- Clustered by id: both tables lie in the order in which they are joined.
CREATE TABLE home (
  participant INTEGER NOT NULL, date INTEGER NOT NULL, reference TEXT NOT NULL,
  home INTEGER NOT NULL, counterparty INTEGER NOT NULL, form INTEGER NOT NULL,
  member INTEGER NOT NULL, points INTEGER NOT NULL, authorisation INTEGER NOT NULL,
  PRIMARY KEY (participant, date, reference, counterparty, home)) WITHOUT ROWID;
CREATE TABLE other (
  participant INTEGER NOT NULL, date INTEGER NOT NULL, reference TEXT NOT NULL,
  sender INTEGER NOT NULL, counterparty INTEGER NOT NULL, form INTEGER NOT NULL,
  member INTEGER NOT NULL, points INTEGER NOT NULL, authorisation INTEGER NOT NULL,
  PRIMARY KEY (participant, date, reference, sender, counterparty)) WITHOUT ROWID;
BEGIN;
.mode csv
.import home.csv home
.import other.csv other
COMMIT;
ANALYZE;
