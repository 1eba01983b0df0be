CREATE TABLE "cells" AS (SELECT "k0" AS "k0", "t" AS "t", count(*) AS "p0", sum("w") AS "p1", sum(("w" * ("w" - 1))) AS "p2" FROM (SELECT "host_name" AS "k0", ((epoch_us("ts") - 1586995200000000) // 21600000000) AS "t", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "k0", "t");
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "k0" AS "k0", coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p2"), 0) AS "c0 variance", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";
