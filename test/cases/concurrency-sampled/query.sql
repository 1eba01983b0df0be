CREATE TABLE "cells" AS (SELECT "k0" AS "k0", "t" AS "t", count(*) AS "p0", sum((CAST("v0" AS HUGEINT) * "w")) AS "p1" FROM (SELECT "host_name" AS "k0", ((epoch_us("ts") - 1587175200000000) // 1800000000) AS "t", CASE WHEN (coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) IS NOT NULL) THEN greatest((least((epoch_us("ts") + CAST(round(greatest(least((CAST(coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($3 AS VARCHAR)], CAST($4 AS VARCHAR)) AS DOUBLE) END) AS DOUBLE) * CAST(1000 AS DOUBLE)), CAST(4000000000000000 AS DOUBLE)), 0)) AS BIGINT)), 1587178801000000) - epoch_us("ts")), 0) END AS "v0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($6 AS TIMESTAMPTZ)) AND ("ts" < CAST($7 AS TIMESTAMPTZ))))) AS "events") AS "rows" GROUP BY "k0", "t");
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"string","value":"duration_ms"}
-- $4 {"type":"string","value":"$"}
-- $5 {"type":"strings","value":["f2.parquet"]}
-- $6 {"type":"timestamp","value":1587175200000000}
-- $7 {"type":"timestamp","value":1587178801000000}

SELECT "k0" AS "k0", (CAST(sum("p1") AS DOUBLE) / (CAST(3601 AS DOUBLE) * 1000000)) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;

SELECT (CAST(sum("p1") AS DOUBLE) / (CAST(3601 AS DOUBLE) * 1000000)) AS "c0", coalesce(sum("p0"), 0) AS "n" FROM (SELECT * FROM "cells") AS "rows";

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";
