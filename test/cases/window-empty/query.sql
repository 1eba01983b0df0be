SELECT "k0" AS "k0", count(*) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0" FROM (SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS VARCHAR) AS "host_name" WHERE FALSE) AS "events" WHERE (("ts" >= CAST($1 AS TIMESTAMPTZ)) AND ("ts" < CAST($2 AS TIMESTAMPTZ)))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"timestamp","value":1609459200000000}
-- $2 {"type":"timestamp","value":1609545600000000}
