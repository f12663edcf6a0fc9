SELECT h.participant || '/' || h.date || '/' || h.reference || ',' ||
       CASE WHEN o.participant IS NULL THEN 'MISSING_ACQUIRER'
            WHEN h.points <> o.points THEN 'AMOUNT'
            ELSE 'AUTHORISATION' END
FROM home h LEFT JOIN other o
  ON o.participant = h.participant AND o.date = h.date AND o.reference = h.reference
 AND o.sender = h.counterparty AND o.member = h.member
WHERE o.participant IS NULL OR h.points <> o.points OR h.authorisation <> o.authorisation
UNION ALL
SELECT o.participant || '/' || o.date || '/' || o.reference || ',MISSING_HOME'
FROM other o
WHERE NOT EXISTS (
  SELECT 1 FROM home h
  WHERE h.participant = o.participant AND h.date = o.date AND h.reference = o.reference
    AND h.counterparty = o.sender AND h.member = o.member);
