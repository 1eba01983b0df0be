SELECT coalesce(sum("w") FILTER (WHERE "x0"), 0) AS "c0", coalesce(sum("w") FILTER (WHERE "x1"), 0) AS "c1", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT ("host_name" = CAST($1 AS VARCHAR)) AS "x0", ("url" = CAST($2 AS VARCHAR)) AS "x1", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"a, (b"}
-- $2 {"type":"string","value":"/a"}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
