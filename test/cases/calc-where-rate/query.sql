SELECT (CAST(count(*) AS DOUBLE) / 43200) AS "c0", (CAST(count(*) FILTER (WHERE "x0") AS DOUBLE) / 43200) AS "c1", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT (("status" >= $1) AND ("status" <= $2)) AS "x0" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "status" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($4 AS TIMESTAMPTZ)) AND ("ts" < CAST($5 AS TIMESTAMPTZ))))) AS "events") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"integer","value":"400"}
-- $2 {"type":"integer","value":"499"}
-- $3 {"type":"strings","value":["f0.parquet"]}
-- $4 {"type":"timestamp","value":1586995200000000}
-- $5 {"type":"timestamp","value":1587038400000000}
