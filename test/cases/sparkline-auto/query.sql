CREATE TABLE "cells" AS (SELECT "t" AS "t", count(*) AS "p0" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 300000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true) WHERE (("ts" >= CAST($2 AS TIMESTAMPTZ)) AND ("ts" < CAST($3 AS TIMESTAMPTZ))))) AS "events") AS "rows" GROUP BY "t");
-- $1 {"type":"strings","value":["f0.parquet"]}
-- $2 {"type":"timestamp","value":1586995200000000}
-- $3 {"type":"timestamp","value":1587009600000000}

SELECT coalesce(sum("p0"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";

SELECT "t" AS "t", "p0" AS "c0" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;
