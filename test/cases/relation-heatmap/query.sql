SELECT coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" SEMI JOIN (SELECT nullif("trace_id", CAST($2 AS VARCHAR)) AS "#trace" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (((nullif("trace_id", CAST($4 AS VARCHAR)) IS NOT NULL) AND (nullif("parent_id", CAST($5 AS VARCHAR)) IS NULL)) AND ("host_name" = CAST($6 AS VARCHAR)))) AS "with root" ON (nullif("trace_id", CAST($7 AS VARCHAR)) = "with root"."#trace")) AS "rows" ORDER BY "c0" DESC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":""}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":""}
-- $5 {"type":"string","value":""}
-- $6 {"type":"string","value":"api-1"}
-- $7 {"type":"string","value":""}

SELECT min("v") AS "low", max("v") AS "high", min("v") FILTER (WHERE ("v" > 0)) AS "positive" FROM (SELECT CAST(coalesce("duration_ms", CASE WHEN isfinite(TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE)) THEN TRY_CAST(json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR)) AS DOUBLE) END) AS DOUBLE) AS "v", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" SEMI JOIN (SELECT nullif("trace_id", CAST($4 AS VARCHAR)) AS "#trace" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS DOUBLE) AS "duration_ms", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "trace_id", CAST(NULL AS VARCHAR) AS "parent_id", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($5, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (((nullif("trace_id", CAST($6 AS VARCHAR)) IS NOT NULL) AND (nullif("parent_id", CAST($7 AS VARCHAR)) IS NULL)) AND ("host_name" = CAST($8 AS VARCHAR)))) AS "with root" ON (nullif("trace_id", CAST($9 AS VARCHAR)) = "with root"."#trace")) AS "rows";
-- $1 {"type":"string","value":"duration_ms"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $4 {"type":"string","value":""}
-- $5 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $6 {"type":"string","value":""}
-- $7 {"type":"string","value":""}
-- $8 {"type":"string","value":"api-1"}
-- $9 {"type":"string","value":""}
