SELECT "k0" AS "k0", "k1" AS "k1", count(*) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", "status" AS "k1" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS BIGINT) AS "status" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ((("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ))) AND (NOT ("status" = $4)))) AS "rows" GROUP BY "k0", "k1" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST, "k1" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet"]}
-- $2 {"type":"timestamp","value":1586995200000000}
-- $3 {"type":"timestamp","value":1587168000000000}
-- $4 {"type":"integer","value":"200"}
