SELECT "k0" AS "k0", min("v0") AS "c0", max("v0") AS "c1", min("v1") AS "c2", max("v2") AS "c3", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE) END) AS "v0", "host_name" AS "v1", "ts" AS "v2", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"string","value":"duration_ms"}
-- $4 {"type":"string","value":"$"}
-- $5 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
