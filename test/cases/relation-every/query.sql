CREATE TABLE "cells" AS (SELECT "t" AS "t", count(*) AS "p0", sum("w") AS "p1" FROM (SELECT ((epoch_us("ts") - 1586995200000000) // 86400000000) AS "t", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BOOLEAN) AS "cached", CAST(NULL AS VARCHAR) AS "trace_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" SEMI JOIN (SELECT nullif("trace_id", CAST($2 AS VARCHAR)) AS "#trace" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BOOLEAN) AS "cached", CAST(NULL AS VARCHAR) AS "trace_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ((nullif("trace_id", CAST($4 AS VARCHAR)) IS NOT NULL) AND ("cached" = $5))) AS "with any" ON (nullif("trace_id", CAST($6 AS VARCHAR)) = "with any"."#trace")) AS "rows" GROUP BY "t");
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":""}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":""}
-- $5 {"type":"boolean","value":false}
-- $6 {"type":"string","value":""}

SELECT coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;

SELECT coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n" FROM (SELECT * FROM "cells") AS "rows";

SELECT DISTINCT ((epoch_us("ts") - 1586995200000000) // 86400000000) AS "t" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BOOLEAN) AS "cached", CAST(NULL AS VARCHAR) AS "trace_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events";
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "t" AS "t", coalesce("p1", 0) AS "c0" FROM (SELECT * FROM "cells") AS "rows" ORDER BY "t" ASC NULLS LAST;
