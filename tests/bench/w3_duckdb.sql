SELECT coalesce(h.participant, o.participant) || '/' || coalesce(h.date, o.date) || '/' ||
       coalesce(h.reference, o.reference) || ',' ||
       CASE WHEN h.participant IS NULL THEN 'MISSING_HOME'
            WHEN o.participant IS NULL THEN 'MISSING_ACQUIRER'
            WHEN h.points <> o.points THEN 'AMOUNT'
            ELSE 'AUTHORISATION' END
FROM home h FULL JOIN other o
  ON h.reference = o.reference AND h.date = o.date AND h.participant = o.participant
 AND h.counterparty = o.sender AND h.member = o.member
WHERE h.participant IS NULL OR o.participant IS NULL OR h.points <> o.points
   OR h.authorisation <> o.authorisation;
