-- Members with their lots, and the two functions of a redemption: each one transaction, sent once
-- under its id, as the node does it. Repeats get the first answer; lots go by expiry; points that
-- are held are nobody else's. Counters beside a balance would be less than is asked of the node.
CREATE TABLE lots (
  member bigint NOT NULL,
  expires_on date NOT NULL,
  lot bigint NOT NULL,
  original bigint NOT NULL,
  remaining bigint NOT NULL CHECK (remaining >= 0),
  held bigint NOT NULL DEFAULT 0 CHECK (held >= 0 AND held <= remaining),
  PRIMARY KEY (member, expires_on, lot)
) WITH (fillfactor = 50);
CREATE TABLE holds (
  id text PRIMARY KEY,
  member bigint NOT NULL,
  points bigint NOT NULL,
  slices bigint[] NOT NULL,  -- lot, points, lot, points, ...
  ends timestamptz NOT NULL,
  captured bigint NOT NULL DEFAULT 0,
  ended boolean NOT NULL DEFAULT false
) WITH (fillfactor = 80);
CREATE TABLE captures (
  id text PRIMARY KEY,
  hold text NOT NULL,
  member bigint NOT NULL,
  points bigint NOT NULL,
  slices bigint[] NOT NULL
);
CREATE TABLE accounts (member bigint, points bigint);
\copy accounts from 'accounts.csv' with (format csv)
INSERT INTO lots (member, expires_on, lot, original, remaining)
  SELECT member, current_date + 100 * n, n, points / :lots, points / :lots
  FROM accounts, generate_series(1, :lots) AS n ORDER BY 1, 2, 3;
DROP TABLE accounts;

-- The points held: 0 none, because the member hasn't as many; -1 the id stands for another hold.
CREATE FUNCTION w2_hold(its_id text, its_member bigint, its_points bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  missing bigint := its_points;
  took bigint;
  slices bigint[] := '{}';
  one record;
BEGIN
  FOR one IN SELECT member, points FROM holds WHERE id = its_id LOOP
    RETURN CASE WHEN one.member = its_member AND one.points = its_points THEN its_points ELSE -1 END;
  END LOOP;
  FOR one IN
    SELECT expires_on, lot, remaining - held AS free FROM lots
    WHERE member = its_member AND expires_on > current_date
    ORDER BY expires_on, lot FOR UPDATE
  LOOP
    EXIT WHEN missing = 0;
    took := least(missing, one.free);
    CONTINUE WHEN took = 0;
    UPDATE lots SET held = held + took
      WHERE member = its_member AND expires_on = one.expires_on AND lot = one.lot;
    slices := slices || one.lot || took;
    missing := missing - took;
  END LOOP;
  IF missing > 0 THEN
    RAISE EXCEPTION 'insufficient points';
  END IF;
  INSERT INTO holds VALUES (its_id, its_member, its_points, slices, now() + interval '15 minutes');
  RETURN its_points;
END $$;

-- A final capture of all that was held.
CREATE FUNCTION w2_capture(its_id text, its_hold text, its_points bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
  its holds%ROWTYPE;
  one record;
BEGIN
  FOR one IN SELECT hold, points FROM captures WHERE id = its_id LOOP
    RETURN CASE WHEN one.hold = its_hold AND one.points = its_points THEN its_points ELSE -1 END;
  END LOOP;
  SELECT * INTO STRICT its FROM holds WHERE id = its_hold FOR UPDATE;
  IF its.ended OR its.ends <= now() OR its.points <> its_points THEN
    RAISE EXCEPTION 'the hold has ended, or is of other points';
  END IF;
  FOR n IN 1 .. array_length(its.slices, 1) / 2 LOOP
    UPDATE lots SET held = held - its.slices[2 * n], remaining = remaining - its.slices[2 * n]
      WHERE member = its.member AND lot = its.slices[2 * n - 1];
  END LOOP;
  UPDATE holds SET captured = its_points, ended = true WHERE id = its_hold;
  INSERT INTO captures VALUES (its_id, its_hold, its.member, its_points, its.slices);
  RETURN its_points;
END $$;
VACUUM ANALYZE lots;
