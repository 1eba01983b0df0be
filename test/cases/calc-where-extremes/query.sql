SELECT "k0" AS "k0", max("v0") AS "c0", min("v1") AS "c1", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", CASE WHEN (coalesce(TRY_CAST("status" AS DOUBLE), CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) = $3) THEN coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($4 AS VARCHAR)], CAST($5 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($4 AS VARCHAR)], CAST($5 AS VARCHAR)) AS DOUBLE) END) END AS "v0", CASE WHEN ("bytes" > $6) THEN "bytes" END AS "v1", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS BIGINT) AS "bytes", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($7, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"http.status"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"number","value":200}
-- $4 {"type":"string","value":"duration_ms"}
-- $5 {"type":"string","value":"$"}
-- $6 {"type":"integer","value":"0"}
-- $7 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
