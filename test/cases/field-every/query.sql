CREATE TABLE "cells" AS (SELECT "k0" AS "k0", "t" AS "t", count(*) AS "p0" FROM (SELECT "f0:boolean" AS "k0", ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t" FROM (SELECT *, coalesce(("duration_ms" > CAST($1 AS BIGINT)), FALSE) AS "f0:boolean" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS DOUBLE) AS "duration_ms" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($2, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "rows" GROUP BY "k0", "t");
-- $1 {"type":"integer","value":"20"}
-- $2 {"type":"strings","value":["f0.parquet","f1.parquet"]}

SELECT "k0" AS "k0", coalesce(sum("p0"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";
