SELECT "k0" AS "k0", "c0" AS "c0", "n" AS "n", count(*) OVER () AS "g", "m" AS "m" FROM (SELECT "k0" AS "k0", "c0" AS "c0", "n" AS "n", sum("n") OVER () AS "m" FROM (SELECT "k0" AS "k0", coalesce(sum("w") FILTER (WHERE "x0"), 0) AS "c0", count(*) AS "n" FROM (SELECT "host_name" AS "k0", (coalesce(TRY_CAST("status" AS DOUBLE), CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) = $3) AS "x0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($4, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "k0") AS "answers") AS "counted" WHERE ("c0" >= $5) ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1;
-- $1 {"type":"string","value":"http.status"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"number","value":200}
-- $4 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $5 {"type":"number","value":1}

SELECT coalesce(sum("w") FILTER (WHERE "x0"), 0) AS "c0", count(*) AS "n" FROM (SELECT (coalesce(TRY_CAST("status" AS DOUBLE), CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) = $3) AS "x0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($4, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows";
-- $1 {"type":"string","value":"http.status"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"number","value":200}
-- $4 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
