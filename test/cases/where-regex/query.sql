SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", count(*) AS "n", count(*) OVER () AS "g", sum(count(*)) OVER () AS "m" FROM (SELECT "host_name" AS "k0", coalesce("weight", 1) AS "w" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS VARCHAR) AS "host_name", CAST(NULL AS VARCHAR) AS "url" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($1, hive_partitioning = false, union_by_name = true))) AS "events" WHERE (regexp_matches("host_name", CAST($2 AS VARCHAR)) AND starts_with("url", CAST($3 AS VARCHAR)))) AS "rows" GROUP BY "k0" ORDER BY "c0" DESC NULLS LAST, "k0" ASC NULLS LAST LIMIT 1000000;
-- $1 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
-- $2 {"type":"string","value":"^api-[13]$"}
-- $3 {"type":"string","value":"/a"}
