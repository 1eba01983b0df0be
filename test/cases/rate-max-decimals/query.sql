CREATE TABLE "cells" AS (SELECT "t" AS "t", "s" AS "s", count(*) AS "p0", max("v0") AS "p1" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "t", coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) AS "v0", ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "s", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ("host_name" = CAST($4 AS VARCHAR))) AS "rows" GROUP BY "t", "s");
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":"api-1"}

SELECT "c0" AS "c0", "n" AS "n", count(*) OVER () AS "g", sum("n") OVER () AS "m" FROM (SELECT "steps"."c0" AS "c0", "groups"."n" AS "n" FROM (SELECT coalesce(sum("p0"), 0) AS "n" FROM (SELECT * FROM "cells") AS "rows") AS "groups" LEFT JOIN (SELECT CASE WHEN (max("s") FILTER (WHERE ("c0" IS NOT NULL)) > min("s") FILTER (WHERE ("c0" IS NOT NULL))) THEN (arg_max("c0", "s") FILTER (WHERE ("c0" IS NOT NULL)) - arg_min("c0", "s") FILTER (WHERE ("c0" IS NOT NULL))) END AS "c0" FROM (SELECT "s" AS "s", max("p1") AS "c0" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "s") AS "cells") AS "steps" ON TRUE) AS "answers" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events";
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "t" AS "t", "p1" AS "c0" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;
