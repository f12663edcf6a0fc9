-- A line's sum is exact; it is multiplied once and rounded once, half up, of its absolute value.
SELECT debtor || ',' || creditor || ',' || reason || ',' || partner || ',' || version || ',' ||
       second || ',' || items || ',' || prior_items || ',' || quantity || ',' || CASE
         WHEN reason = 3 THEN fen
         WHEN quantity < 0 THEN -div(abs(quantity) * num * 2 + den, den * 2)
         ELSE div(abs(quantity) * num * 2 + den, den * 2)
       END
FROM (
  SELECT l.*, p.num * coalesce(s.num, 1) AS num, p.den * coalesce(s.den, 1) AS den
  FROM (
    SELECT debtor, creditor, reason, partner, version, second, count(*) AS items,
           sum(prior) AS prior_items, sum(quantity) AS quantity, sum(fen) AS fen
    FROM legs
    GROUP BY debtor, creditor, reason, partner, version, second
  ) l
  LEFT JOIN prices p ON p.version = l.version
  LEFT JOIN prices s ON s.version = l.second
) priced
ORDER BY debtor, creditor, reason, partner, version, second;
