SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", coalesce(sum("r"), 0) AS "n", coalesce(sum("r"), 0) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum("u"), 0) AS "c0 variance", count(*) OVER () AS "g", sum(coalesce(sum("r"), 0)) OVER () AS "m" FROM (SELECT "k0" AS "k0", (coalesce("w", 1) * "r") AS "w", "r" AS "r", ((coalesce("w", 1) * "r") * (coalesce("w", 1) - 1)) AS "u" FROM (SELECT "k0" AS "k0", "w" AS "w", count(*) AS "r" FROM (SELECT "f0:string" AS "k0", "weight" AS "w" FROM (SELECT *, CASE WHEN coalesce(("host_name" = CAST($1 AS VARCHAR)), FALSE) THEN CAST($2 AS VARCHAR) WHEN coalesce(("host_name" = CAST($3 AS VARCHAR)), FALSE) THEN CAST($4 AS VARCHAR) ELSE CAST($5 AS VARCHAR) END AS "f0:string" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($6, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "rows" GROUP BY "k0", "w") AS "rows") AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"api-1"}
-- $2 {"type":"string","value":"one"}
-- $3 {"type":"string","value":"api-2"}
-- $4 {"type":"string","value":"two"}
-- $5 {"type":"string","value":"other"}
-- $6 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
