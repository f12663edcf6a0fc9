SELECT count(*) || '|' || sum(points) || '|' || sum(points * (member % 1000003)) FROM balances;
