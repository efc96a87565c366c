/** A program: reads a JSON list of paths from standard input and prints what `read_file` gives for each. */
import { isMoultError } from "../../schemas/error.ts";
import readFile from "../../functions/tools/read_file.ts";
import { callTool } from "moult/testing";

const paths = (await Bun.stdin.json()) as readonly (string | null)[];
const results = paths.map(async (path) => {
  try {
    return await callTool(readFile, path === null ? {} : { path });
  } catch (error) {
    if (!isMoultError(error)) throw error;
    return { code: error.code, message: error.message };
  }
});
process.stdout.write(JSON.stringify(await Promise.all(results)));
