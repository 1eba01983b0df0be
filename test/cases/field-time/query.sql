SELECT "k0" AS "k0", coalesce(sum("w"), 0) AS "c0", coalesce(sum("r"), 0) AS "n", coalesce(sum("r"), 0) AS "c0 rows", coalesce(sum("w"), 0) AS "c0 events", coalesce(sum("u"), 0) AS "c0 variance", count(*) OVER () AS "g", sum(coalesce(sum("r"), 0)) OVER () AS "m" FROM (SELECT "k0" AS "k0", (coalesce("w", 1) * "r") AS "w", "r" AS "r", ((coalesce("w", 1) * "r") * (coalesce("w", 1) - 1)) AS "u" FROM (SELECT "k0" AS "k0", "w" AS "w", count(*) AS "r" FROM (SELECT "f0:string" AS "k0", "weight" AS "w" FROM (SELECT *, CASE WHEN (":2" IS NOT NULL) THEN concat(CAST($1 AS VARCHAR), strftime(":2", CAST($2 AS VARCHAR)), CAST($3 AS VARCHAR), strftime(":2", CAST($4 AS VARCHAR)), CAST($5 AS VARCHAR), strftime(":2", CAST($6 AS VARCHAR)), CAST($7 AS VARCHAR), strftime(":2", CAST($8 AS VARCHAR))) END AS "f0:string" FROM (SELECT *, make_timestamp(CASE WHEN ((":1" >= (-62135596800)) AND (":1" < 253402300800)) THEN CAST(round((":1" * 1000000)) AS BIGINT) END) AS ":2" FROM (SELECT *, (epoch_us("ts") / 1000000) AS ":1" FROM ((SELECT CAST(NULL AS BIGINT) AS "weight", CAST(NULL AS TIMESTAMPTZ) AS "ts" WHERE FALSE) UNION ALL BY NAME (SELECT * FROM read_parquet($9, hive_partitioning = false, union_by_name = true))) AS "events") AS "events") AS "events") AS "events") AS "rows" GROUP BY "k0", "w") AS "rows") AS "rows" GROUP BY "k0" ORDER BY "k0" ASC NULLS LAST LIMIT 4;
-- $1 {"type":"string","value":""}
-- $2 {"type":"string","value":"%a"}
-- $3 {"type":"string","value":" "}
-- $4 {"type":"string","value":"%d"}
-- $5 {"type":"string","value":" "}
-- $6 {"type":"string","value":"%b"}
-- $7 {"type":"string","value":" "}
-- $8 {"type":"string","value":"%H"}
-- $9 {"type":"strings","value":["f0.parquet","f1.parquet","f2.parquet"]}
