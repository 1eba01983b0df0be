SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "build", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" SEMI JOIN (SELECT nullif("trace_id", CAST($2 AS VARCHAR)) AS "#trace" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "build", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE ((((nullif("trace_id", CAST($4 AS VARCHAR)) IS NOT NULL) AND (nullif("parent_id", CAST($5 AS VARCHAR)) IS NULL)) AND ("host_name" = CAST($6 AS VARCHAR))) AND ("build" = CAST($7 AS VARCHAR)))) AS "with root" ON (nullif("trace_id", CAST($8 AS VARCHAR)) = "with root"."#trace")) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":""}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":""}
-- $5 {"type":"string","value":""}
-- $6 {"type":"string","value":"api-1"}
-- $7 {"type":"string","value":"b8"}
-- $8 {"type":"string","value":""}
