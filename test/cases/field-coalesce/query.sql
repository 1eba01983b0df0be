SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "f0:string" AS "k0", coalesce("weight", 1) AS "w" FROM (SELECT *, CASE WHEN (":1" IS NOT NULL) THEN ":1" WHEN (":2" IS NOT NULL) THEN ":2" WHEN (":3" IS NOT NULL) THEN ":3" END AS "f0:string" FROM (SELECT *, nullif("build", CAST($1 AS VARCHAR)) AS ":1", nullif(CASE WHEN regexp_matches("url", CAST($2 AS VARCHAR)) THEN regexp_extract("url", CAST($2 AS VARCHAR), 1) END, CAST($3 AS VARCHAR)) AS ":2", nullif(CAST($4 AS VARCHAR), CAST($5 AS VARCHAR)) AS ":3" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "build", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($6, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "events") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":""}
-- $2 {"type":"string","value":"^/([a-z]*)"}
-- $3 {"type":"string","value":""}
-- $4 {"type":"string","value":"none"}
-- $5 {"type":"string","value":""}
-- $6 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
