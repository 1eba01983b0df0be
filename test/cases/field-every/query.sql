SELECT "k0" AS "k0", count(*) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "f0:boolean" AS "k0" FROM (SELECT *, coalesce(("duration_ms" > CAST($1 AS BIGINT)), FALSE) AS "f0:boolean" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS DOUBLE) AS "duration_ms" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($2, hive_partitioning = false, union_by_name = true))) AS "events") AS "events" WHERE (("ts" >= CAST($3 AS TIMESTAMPTZ)) AND ("ts" < CAST($4 AS TIMESTAMPTZ)))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"integer","value":"20"}
-- $2 {"type":"strings","value":["f0.parquet","f1.parquet"]}
-- $3 {"type":"timestamp","value":1586995200000000}
-- $4 {"type":"timestamp","value":1587168000000000}

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t" FROM (SELECT *, coalesce(("duration_ms" > CAST($1 AS BIGINT)), FALSE) AS "f0:boolean" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS DOUBLE) AS "duration_ms" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($2, hive_partitioning = false, union_by_name = true))) AS "events") AS "events" WHERE (("ts" >= CAST($3 AS TIMESTAMPTZ)) AND ("ts" < CAST($4 AS TIMESTAMPTZ)));
-- $1 {"type":"integer","value":"20"}
-- $2 {"type":"strings","value":["f0.parquet","f1.parquet"]}
-- $3 {"type":"timestamp","value":1586995200000000}
-- $4 {"type":"timestamp","value":1587168000000000}
