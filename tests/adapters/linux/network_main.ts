/** A process that makes attacks and prints what came of them: the first argument holds code by name, as JSON. */
import { argv, stdout } from "node:process";

const attacks = JSON.parse(argv[2] ?? "{}") as Record<string, string>;
const results: Record<string, string> = {};
for (const [name, code] of Object.entries(attacks)) {
  const module = `export default async () => { ${code} };`;
  const { default: attack } = (await import(
    `data:text/javascript;base64,${Buffer.from(module).toString("base64")}`
  )) as { default: () => Promise<unknown> };
  try {
    await attack();
    results[name] = "succeeded";
  } catch (error) {
    results[name] = `refused: ${(error as { code: string }).code}`;
  }
}
stdout.write(JSON.stringify(results));
