CREATE TABLE "cells" AS (SELECT "k0" AS "k0", count(*) AS "p0", sum("w") AS "p1", sum(("w" * ("w" - 1))) AS "p2" FROM (SELECT "root"."#v0" AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" LEFT JOIN (SELECT nullif("trace_id", CAST($2 AS VARCHAR)) AS "#trace", min("host_name") AS "#v0" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ((nullif("trace_id", CAST($4 AS VARCHAR)) IS NOT NULL) AND (nullif("parent_id", CAST($5 AS VARCHAR)) IS NULL)) GROUP BY nullif("trace_id", CAST($2 AS VARCHAR))) AS "root" ON (nullif("trace_id", CAST($6 AS VARCHAR)) = "root"."#trace")) AS "rows" GROUP BY "k0");
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":""}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":""}
-- $5 {"type":"string","value":""}
-- $6 {"type":"string","value":""}

SELECT "k0" AS "k0", coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p2"), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance", count(*) OVER () AS "g", sum(coalesce(sum("p0"), 0)) OVER () AS "m" FROM (SELECT * FROM "cells") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1;

SELECT coalesce(sum("p1"), 0) AS "c0", coalesce(sum("p0"), 0) AS "n", coalesce(sum("p0"), 0) AS "c0 rows", coalesce(sum("p1"), 0) AS "c0 events", coalesce(sum("p2"), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance" FROM (SELECT * FROM "cells") AS "rows";
