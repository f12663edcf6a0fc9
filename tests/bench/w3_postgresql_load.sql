CREATE TABLE home (
  participant smallint NOT NULL, date integer NOT NULL, reference text COLLATE "C" NOT NULL,
  home smallint NOT NULL, counterparty smallint NOT NULL, form smallint NOT NULL,
  member bigint NOT NULL, points bigint NOT NULL, authorisation bigint NOT NULL);
CREATE TABLE other (
  participant smallint NOT NULL, date integer NOT NULL, reference text COLLATE "C" NOT NULL,
  sender smallint NOT NULL, counterparty smallint NOT NULL, form smallint NOT NULL,
  member bigint NOT NULL, points bigint NOT NULL, authorisation bigint NOT NULL);
\copy home from 'home.csv' with (format csv)
\copy other from 'other.csv' with (format csv)
VACUUM (ANALYZE) home;
VACUUM (ANALYZE) other;
CREATE EXTENSION IF NOT EXISTS pg_prewarm;
SELECT pg_prewarm('home'), pg_prewarm('other');
