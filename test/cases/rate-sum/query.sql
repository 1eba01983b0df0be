CREATE TABLE "cells" AS (SELECT "t" AS "t", "s" AS "s", count(*) AS "p0", sum((CAST("v0" AS HUGEINT) * "w")) AS "p1" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t", "bytes" AS "v0", ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "s", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "bytes" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "t", "s");
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "c0" AS "c0", "c1" AS "c1", "n" AS "n", count(*) OVER () AS "g", sum("n") OVER () AS "m" FROM (SELECT "groups"."c0" AS "c0", "steps"."c1" AS "c1", "groups"."n" AS "n" FROM (SELECT sum("p1") AS "c0", coalesce(sum("p0"), 0) AS "n" FROM (SELECT * FROM "cells") AS "rows") AS "groups" LEFT JOIN (SELECT CASE WHEN (max("s") FILTER (WHERE ("c1" IS NOT NULL)) > min("s") FILTER (WHERE ("c1" IS NOT NULL))) THEN (arg_max("c1", "s") FILTER (WHERE ("c1" IS NOT NULL)) - arg_min("c1", "s") FILTER (WHERE ("c1" IS NOT NULL))) END AS "c1" FROM (SELECT "s" AS "s", sum("p1") AS "c1" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "s") AS "cells") AS "steps" ON TRUE) AS "answers" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";

SELECT "t" AS "t", "p1" AS "c0", "p1" AS "c1" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;
