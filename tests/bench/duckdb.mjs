// DuckDB's part of the benchmarks: loads a job's data into a database file, or runs its query and
// prints how long each run took.
//   node duckdb.mjs load <database> <load.sql>          in the directory of the CSV files
//   node duckdb.mjs run <database> <query.sql> <runs> <result file>
//   node duckdb.mjs days <database> <load.sql> <days> <day.sql> <sums.sql>   likewise
import { readFileSync, writeFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";

const THREADS = "2";
const MEMORY = "16GB";

const [mode, database, sqlFile, runs, resultFile] = process.argv.slice(2);
const instance = await DuckDBInstance.create(database, {
  threads: THREADS,
  memory_limit: MEMORY,
  preserve_insertion_order: "false",
});
const connection = await instance.connect();
const sql = readFileSync(sqlFile, "utf8");
if (mode === "load") {
  await connection.run(sql);
} else if (mode === "days") {
  const [daySql, sumsSql] = process.argv.slice(6).map((file) => readFileSync(file, "utf8"));
  await connection.run(sql);
  const ms = [];
  for (let n = 1; n <= Number(runs); ++n) {
    const begin = process.hrtime.bigint();
    await connection.runAndReadAll(daySql.replaceAll("bills.csv", `bills-${n}.csv`));
    ms.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
  const sums = (await connection.runAndReadAll(sumsSql)).getRows()[0][0];
  const version = (await connection.runAndReadAll("SELECT version()")).getRows()[0][0];
  console.log(JSON.stringify({ version, ms, sums }));
} else {
  const times = [];
  let reader;
  for (let n = 0; n <= Number(runs); ++n) {
    const begin = process.hrtime.bigint();
    reader = await connection.runAndReadAll(sql);
    times.push(Number(process.hrtime.bigint() - begin) / 1e6);
  }
  writeFileSync(resultFile, reader.getRows().map((row) => row[0] + "\n").join(""));
  const version = (await connection.runAndReadAll("SELECT version()")).getRows()[0][0];
  console.log(JSON.stringify({ version, first_ms: times[0], ms: times.slice(1) }));
}
connection.closeSync();
instance.closeSync();
