CREATE TABLE "cells" AS (SELECT "t" AS "t", count(*) AS "p0", sum("w") AS "p1" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ("host_name" = CAST($2 AS VARCHAR))) AS "rows" GROUP BY "t");
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":"api-1"}

SELECT coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events";
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "t" AS "t", coalesce("p1", 0) AS "c0" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;

SELECT min("v") AS "low", max("v") AS "high", min("v") FILTER (WHERE ("v" > 0)) AS "positive" FROM (SELECT CAST(coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) AS DOUBLE) AS "v", ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ("host_name" = CAST($4 AS VARCHAR))) AS "rows";
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":"api-1"}
