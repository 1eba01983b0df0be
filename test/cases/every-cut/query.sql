SELECT (CAST(count(*) AS DOUBLE) / 36000) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT 1 AS "one" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ)))) AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1587006000000000}
-- $3 {"type":"timestamp","value":1587042000000000}

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ)));
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1587006000000000}
-- $3 {"type":"timestamp","value":1587042000000000}

SELECT "t" AS "t", (CAST(count(*) AS DOUBLE) / ((least(((1586995200000000 + ("t" * 21600000000)) + 21600000000), 1587042000000000) - greatest((1586995200000000 + ("t" * 21600000000)), 1587006000000000)) / 1000000)) AS "c0", count(*) AS "n" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ)))) AS "rows" GROUP BY "t";
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1587006000000000}
-- $3 {"type":"timestamp","value":1587042000000000}
