// Answers statements on stdin, one JSON a line, through chDB. Started in the directory of the tables,
// since chDB reads only below the directory it is started in.
import { createInterface } from 'node:readline';
import { queryBind } from 'chdb';

for await (const line of createInterface({ input: process.stdin })) {
  const { sql, parameters } = JSON.parse(line);
  console.log(JSON.stringify(answer(sql, parameters)));
}

function answer(sql, parameters) {
  try {
    return { text: queryBind(sql, parameters, 'JSONCompact') };
  } catch (error) {
    return { error: error.message };
  }
}
