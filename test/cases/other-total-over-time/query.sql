SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", coalesce(sum("w"), 0) AS "c1", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT coalesce(sum("w"), 0) AS "c0", count(DISTINCT "v0") AS "c1", count(*) AS "n" FROM (SELECT "url" AS "v0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows";
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 86400000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events";
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
