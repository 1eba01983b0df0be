SELECT "k0" AS "k0", (CAST(sum((CAST("v0" AS HUGEINT) * "w")) AS DOUBLE) / (CAST(3601 AS DOUBLE) * 1000000)) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", CASE WHEN (coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) IS NOT NULL) THEN greatest((least((epoch_us("ts") + CAST(round(greatest(least((CAST(coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE) END) AS DOUBLE) * CAST(1000 AS DOUBLE)), 4000000000000000), 0)) AS BIGINT)), 1587178801000000) - epoch_us("ts")), 0) END AS "v0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($6 AS TIMESTAMPTZ)) AND ("ts" < CAST($7 AS TIMESTAMPTZ)))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"string","value":"duration_ms"}
-- $4 {"type":"string","value":"$"}
-- $5 {"type":"strings","value":["f2.parquet"]}
-- $6 {"type":"timestamp","value":1587175200000000}
-- $7 {"type":"timestamp","value":1587178801000000}

SELECT (CAST(sum((CAST("v0" AS HUGEINT) * "w")) AS DOUBLE) / (CAST(3601 AS DOUBLE) * 1000000)) AS "c0", count(*) AS "n" FROM (SELECT CASE WHEN (coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) IS NOT NULL) THEN greatest((least((epoch_us("ts") + CAST(round(greatest(least((CAST(coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE) END) AS DOUBLE) * CAST(1000 AS DOUBLE)), 4000000000000000), 0)) AS BIGINT)), 1587178801000000) - epoch_us("ts")), 0) END AS "v0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($6 AS TIMESTAMPTZ)) AND ("ts" < CAST($7 AS TIMESTAMPTZ)))) AS "rows";
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"string","value":"duration_ms"}
-- $4 {"type":"string","value":"$"}
-- $5 {"type":"strings","value":["f2.parquet"]}
-- $6 {"type":"timestamp","value":1587175200000000}
-- $7 {"type":"timestamp","value":1587178801000000}

SELECT DISTINCT ((epoch_us("ts") - 1587175200000000) // 1800000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ)));
-- $1 {"type":"strings","value":["f2.parquet"]}
-- $2 {"type":"timestamp","value":1587175200000000}
-- $3 {"type":"timestamp","value":1587178801000000}
