SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "url" AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "url", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ((coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($2 AS VARCHAR)], CAST($3 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($2 AS VARCHAR)], CAST($3 AS VARCHAR)) AS DOUBLE) END) >= $4) AND (coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($5 AS VARCHAR)], CAST($6 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($5 AS VARCHAR)], CAST($6 AS VARCHAR)) AS DOUBLE) END) <= $7))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":"duration_ms"}
-- $3 {"type":"string","value":"$"}
-- $4 {"type":"number","value":10}
-- $5 {"type":"string","value":"duration_ms"}
-- $6 {"type":"string","value":"$"}
-- $7 {"type":"number","value":1000}
