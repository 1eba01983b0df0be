SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum(("w" * ("w" - 1))), 0) AS "c0 variance", 0 AS "c0 badEvents", 0 AS "c0 badVariance", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT coalesce(CAST("status" AS VARCHAR), json_extract_string("extra"[CAST($1 AS VARCHAR)], CAST($2 AS VARCHAR))) AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS TIMESTAMPTZ) AS "ts", CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS BIGINT) AS "status", CAST(NULL AS MAP(VARCHAR, VARCHAR)) AS "extra" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($3, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (("ts" >= CAST($4 AS TIMESTAMPTZ)) AND ("ts" < CAST($5 AS TIMESTAMPTZ)))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"string","value":"http.status"}
-- $2 {"type":"string","value":"$"}
-- $3 {"type":"strings","value":["f2.parquet"]}
-- $4 {"type":"timestamp","value":1587168000000000}
-- $5 {"type":"timestamp","value":1587254400000000}
