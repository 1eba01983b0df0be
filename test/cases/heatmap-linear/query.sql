CREATE TABLE "cells" AS (SELECT "t" AS "t", "v" AS "v", count(*) AS "p0", sum("w") AS "p1" FROM (SELECT CAST(CASE WHEN (("bytes" >= $1) AND ("bytes" <= $2)) THEN "bytes" END AS DOUBLE) AS "v", ((epoch_us("ts") - 1586995200000000) // 43200000000) AS "t", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "bytes" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events") AS "rows" GROUP BY "t", "v");
-- $1 {"type":"integer","value":"250"}
-- $2 {"type":"integer","value":"900"}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT DISTINCT "t" AS "t" FROM (SELECT * FROM "cells") AS "rows";

SELECT "t" AS "t", coalesce(sum("p1"), 0) AS "c0" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "t" ORDER BY "t" ASC NULLS LAST;

SELECT min("v") AS "low", max("v") AS "high", min("v") FILTER (WHERE ("v" > 0)) AS "positive" FROM (SELECT "v" AS "v", "t" AS "t", "p1" AS "w" FROM "cells") AS "rows";
