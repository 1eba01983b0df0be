SELECT "k0" AS "k0", count(*) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS VARCHAR) AS "host_name" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true)) UNION ALL BY NAME (SELECT * FROM read_parquet($2, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($3 AS TIMESTAMPTZ)) AND ("ts" < CAST($4 AS TIMESTAMPTZ))))) AS "events") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"strings","value":["f1.parquet"]}
-- $3 {"type":"timestamp","value":1586995200000000}
-- $4 {"type":"timestamp","value":1587124800000000}
