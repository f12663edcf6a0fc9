CREATE TABLE home (
  participant SMALLINT NOT NULL, date INTEGER NOT NULL, reference VARCHAR NOT NULL,
  home SMALLINT NOT NULL, counterparty SMALLINT NOT NULL, form SMALLINT NOT NULL,
  member BIGINT NOT NULL, points BIGINT NOT NULL, authorisation BIGINT NOT NULL);
CREATE TABLE other (
  participant SMALLINT NOT NULL, date INTEGER NOT NULL, reference VARCHAR NOT NULL,
  sender SMALLINT NOT NULL, counterparty SMALLINT NOT NULL, form SMALLINT NOT NULL,
  member BIGINT NOT NULL, points BIGINT NOT NULL, authorisation BIGINT NOT NULL);
COPY home FROM 'home.csv' (FORMAT csv, HEADER false);
COPY other FROM 'other.csv' (FORMAT csv, HEADER false);
CHECKPOINT;
