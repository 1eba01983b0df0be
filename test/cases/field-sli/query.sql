CREATE TABLE "cells" AS (SELECT "k0" AS "k0", count(*) AS "p0", sum("w") AS "p1", sum("w") FILTER (WHERE ("v0" IS NOT NULL)) AS "p2", sum((CAST("v0" AS HUGEINT) * "w")) AS "p3", sum(("w" * ("w" - 1))) AS "p4" FROM (SELECT "build" AS "k0", TRY_CAST("f0:boolean" AS BIGINT) AS "v0", coalesce("weight", 1) AS "w" FROM (SELECT *, CASE WHEN coalesce((((CASE WHEN ":10" THEN CAST("status" AS DOUBLE) WHEN ":11" THEN ":7" END IS NOT NULL) OR (CASE WHEN ":10" THEN NULL WHEN ":11" THEN ":8" END IS NOT NULL)) OR (CASE WHEN ":10" THEN NULL WHEN ":11" THEN ":9" END IS NOT NULL)), FALSE) THEN coalesce((CASE WHEN ":21" THEN CAST("status" AS DOUBLE) WHEN ":22" THEN ":18" END < CAST($1 AS BIGINT)), FALSE) END AS "f0:boolean" FROM (SELECT *, (((":7" IS NOT NULL) OR (":8" IS NOT NULL)) OR (":9" IS NOT NULL)) AS ":11", (((":18" IS NOT NULL) OR (":19" IS NOT NULL)) OR (":20" IS NOT NULL)) AS ":22" FROM (SELECT *, CASE WHEN (":6" = 0) THEN CAST(0 AS DOUBLE) WHEN isfinite(":6") THEN ":6" END AS ":7", CASE WHEN (":17" = 0) THEN CAST(0 AS DOUBLE) WHEN isfinite(":17") THEN ":17" END AS ":18" FROM (SELECT *, TRY_CAST(CASE WHEN ":4" THEN ":3" END AS DOUBLE) AS ":6", CASE WHEN ((NOT ":4") AND (NOT ":5")) THEN ":3" END AS ":8", TRY_CAST(CASE WHEN ":5" THEN ":3" END AS BOOLEAN) AS ":9", TRY_CAST(CASE WHEN ":15" THEN ":14" END AS DOUBLE) AS ":17", CASE WHEN ((NOT ":15") AND (NOT ":16")) THEN ":14" END AS ":19", TRY_CAST(CASE WHEN ":16" THEN ":14" END AS BOOLEAN) AS ":20" FROM (SELECT *, ((((":2" = CAST($2 AS VARCHAR)) OR (":2" = CAST($3 AS VARCHAR))) OR (":2" = CAST($4 AS VARCHAR))) OR (":2" = CAST($5 AS VARCHAR))) AS ":4", (":2" = CAST($6 AS VARCHAR)) AS ":5", ((((":13" = CAST($7 AS VARCHAR)) OR (":13" = CAST($8 AS VARCHAR))) OR (":13" = CAST($9 AS VARCHAR))) OR (":13" = CAST($10 AS VARCHAR))) AS ":15", (":13" = CAST($11 AS VARCHAR)) AS ":16" FROM (SELECT *, json_type(":1") AS ":2", json_extract_string(":1", CAST($12 AS VARCHAR)) AS ":3", json_type(":12") AS ":13", json_extract_string(":12", CAST($13 AS VARCHAR)) AS ":14" FROM (SELECT *, "extra"[CAST($14 AS VARCHAR)] AS ":1", ("status" IS NOT NULL) AS ":10", "extra"[CAST($15 AS VARCHAR)] AS ":12", ("status" IS NOT NULL) AS ":21" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "build", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($16, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "events") AS "rows" GROUP BY "k0");
-- $1 {"type":"integer","value":"500"}
-- $2 {"type":"string","value":"BIGINT"}
-- $3 {"type":"string","value":"UBIGINT"}
-- $4 {"type":"string","value":"HUGEINT"}
-- $5 {"type":"string","value":"DOUBLE"}
-- $6 {"type":"string","value":"BOOLEAN"}
-- $7 {"type":"string","value":"BIGINT"}
-- $8 {"type":"string","value":"UBIGINT"}
-- $9 {"type":"string","value":"HUGEINT"}
-- $10 {"type":"string","value":"DOUBLE"}
-- $11 {"type":"string","value":"BOOLEAN"}
-- $12 {"type":"string","value":"$"}
-- $13 {"type":"string","value":"$"}
-- $14 {"type":"string","value":"http.status"}
-- $15 {"type":"string","value":"http.status"}
-- $16 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}

SELECT "k0" AS "k0", coalesce(sum("p1"), 0) AS "c0", (CAST(sum("p3") AS DOUBLE) / coalesce(sum("p2"), 0)) AS "c1", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p4"), 0) AS "c0 variance", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;

SELECT coalesce(sum("p1"), 0) AS "c0", (CAST(sum("p3") AS DOUBLE) / coalesce(sum("p2"), 0)) AS "c1", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p4"), 0) AS "c0 variance" FROM (SELECT * FROM "cells") AS "rows";
