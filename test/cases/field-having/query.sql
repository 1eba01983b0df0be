CREATE TABLE "cells" AS (SELECT "k0" AS "k0", count(*) AS "p0", sum("w") AS "p1", sum((CAST("v0" AS HUGEINT) * "w")) AS "p2", sum(("w" * ("w" - 1))) AS "p3" FROM (SELECT "host_name" AS "k0", "f0:number" AS "v0", coalesce("weight", 1) AS "w" FROM (SELECT *, CASE WHEN coalesce(coalesce((CASE WHEN ":10" THEN "duration_ms" WHEN ":11" THEN ":7" END > CAST($1 AS BIGINT)), FALSE), FALSE) THEN CAST($2 AS BIGINT) ELSE CAST($3 AS BIGINT) END AS "f0:number" FROM (SELECT *, (((":7" IS NOT NULL) OR (":8" IS NOT NULL)) OR (":9" IS NOT NULL)) AS ":11" FROM (SELECT *, CASE WHEN (":6" = 0) THEN CAST(0 AS DOUBLE) WHEN isfinite(":6") THEN ":6" END AS ":7" FROM (SELECT *, TRY_CAST(CASE WHEN ":4" THEN ":3" END AS DOUBLE) AS ":6", CASE WHEN ((NOT ":4") AND (NOT ":5")) THEN ":3" END AS ":8", TRY_CAST(CASE WHEN ":5" THEN ":3" END AS BOOLEAN) AS ":9" FROM (SELECT *, ((((":2" = CAST($4 AS VARCHAR)) OR (":2" = CAST($5 AS VARCHAR))) OR (":2" = CAST($6 AS VARCHAR))) OR (":2" = CAST($7 AS VARCHAR))) AS ":4", (":2" = CAST($8 AS VARCHAR)) AS ":5" FROM (SELECT *, json_type(":1") AS ":2", json_extract_string(":1", CAST($9 AS VARCHAR)) AS ":3" FROM (SELECT *, "extra"[CAST($10 AS VARCHAR)] AS ":1", ("duration_ms" IS NOT NULL) AS ":10" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($11, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "rows" GROUP BY "k0");
-- $1 {"type":"integer","value":"20"}
-- $2 {"type":"integer","value":"1"}
-- $3 {"type":"integer","value":"0"}
-- $4 {"type":"string","value":"BIGINT"}
-- $5 {"type":"string","value":"UBIGINT"}
-- $6 {"type":"string","value":"HUGEINT"}
-- $7 {"type":"string","value":"DOUBLE"}
-- $8 {"type":"string","value":"BOOLEAN"}
-- $9 {"type":"string","value":"$"}
-- $10 {"type":"string","value":"duration_ms"}
-- $11 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "k0" AS "k0", "c0" AS "c0", "c1" AS "c1", "n" AS "n", "c0 rows" AS "c0 rows", "c0 events" AS "c0 events", "c0 variance" AS "c0 variance", count(*) OVER () AS "g", "m" AS "m" FROM (SELECT "k0" AS "k0", "c0" AS "c0", "c1" AS "c1", "n" AS "n", "c0 rows" AS "c0 rows", "c0 events" AS "c0 events", "c0 variance" AS "c0 variance", sum("n") OVER () AS "m" FROM (SELECT "k0" AS "k0", coalesce(sum("p1"), 0) AS "c0", sum("p2") AS "c1", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p3"), 0) AS "c0 variance" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0") AS "answers") AS "counted" WHERE ("c1" >= $1) ORDER BY "c1" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 2;
-- $1 {"type":"number","value":1}
