CREATE TABLE "cells" AS (SELECT "t" AS "t", count(*) AS "p0", sum("v0") AS "p1" FROM (SELECT ((epoch_us("ts") - 1587060000000000) // 1000000) AS "t", CASE WHEN ("duration_ms" IS NOT NULL) THEN greatest((least((epoch_us("ts") + CAST(round(greatest(least((CAST("duration_ms" AS DOUBLE) * CAST(1000 AS DOUBLE)), CAST(4000000000000000 AS DOUBLE)), 0)) AS BIGINT)), 1587060003000000) - epoch_us("ts")), 0) END AS "v0" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS DOUBLE) AS "duration_ms" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ))))) AS "events") AS "rows" GROUP BY "t");
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1587060000000000}
-- $3 {"type":"timestamp","value":1587060003000000}

SELECT (CAST(sum("p1") AS DOUBLE) / (CAST(3 AS DOUBLE) * 1000000)) AS "c0", coalesce(sum("p0"), 0) AS "c1", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";

SELECT "t" AS "t", "p0" AS "c0" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;

SELECT "t" AS "t", (CAST(sum("v0") AS DOUBLE) / (CAST(((least(((1587060000000000 + ("t" * 1000000)) + 1000000), 1587060003000000) - greatest((1587060000000000 + ("t" * 1000000)), 1587060000000000)) / 1000000) AS DOUBLE) * 1000000)) AS "c0", count(*) AS "n" FROM (SELECT "t" AS "t", (least("z", (1587060001000000 + ("t" * 1000000))) - greatest("a", (1587060000000000 + ("t" * 1000000)))) AS "v0" FROM (SELECT "a" AS "a", "z" AS "z", unnest(range((("a" - 1587060000000000) // 1000000), (((("z" - 1) - 1587060000000000) // 1000000) + 1))) AS "t" FROM (SELECT epoch_us("ts") AS "a", least((epoch_us("ts") + CAST(round(greatest(least((CAST("duration_ms" AS DOUBLE) * CAST(1000 AS DOUBLE)), CAST(4000000000000000 AS DOUBLE)), 0)) AS BIGINT)), 1587060003000000) AS "z" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS DOUBLE) AS "duration_ms" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ))))) AS "events" WHERE (("duration_ms" IS NOT NULL) AND (least((epoch_us("ts") + CAST(round(greatest(least((CAST("duration_ms" AS DOUBLE) * CAST(1000 AS DOUBLE)), CAST(4000000000000000 AS DOUBLE)), 0)) AS BIGINT)), 1587060003000000) > epoch_us("ts")))) AS "events") AS "spread") AS "rows" GROUP BY "t";
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1587060000000000}
-- $3 {"type":"timestamp","value":1587060003000000}
