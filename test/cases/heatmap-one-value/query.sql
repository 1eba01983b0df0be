SELECT coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "bytes" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT min("v") AS "low", max("v") AS "high", min("v") FILTER (WHERE ("v" > 0)) AS "positive" FROM (SELECT CAST(CASE WHEN ("bytes" = $1) THEN "bytes" END AS DOUBLE) AS "v", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "bytes" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($2, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows";
-- $1 {"type":"integer","value":"300"}
-- $2 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
