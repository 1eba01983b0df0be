SELECT coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ)))) AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"timestamp","value":1587124800000000}
-- $3 {"type":"timestamp","value":1587254400000000}
