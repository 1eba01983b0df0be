SELECT coalesce(sum("w") FILTER (WHERE "x0"), 0) AS "c0", coalesce(sum("w") FILTER (WHERE "x1"), 0) AS "c1", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT (NOT (coalesce(TRY_CAST("status" AS DOUBLE), CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) = $3)) AS "x0", (NOT (("status" IS NOT NULL) OR ("extra"[CAST($4 AS VARCHAR)] IS NOT NULL))) AS "x1", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"http.status"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"number","value":200}
-- $4 {"type":"string","value":"http.status"}
-- $5 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
