/** A process that makes attacks and prints what came of them: the first argument holds code by name, as JSON. */
const attacks = JSON.parse(process.argv[2] ?? "{}") as Record<string, string>;
export const results: Record<string, string> = {};
for (const [name, code] of Object.entries(attacks)) {
  const attack = new Function(`return (async () => { ${code} })()`) as () => Promise<unknown>;
  try {
    await attack();
    results[name] = "succeeded";
  } catch (error) {
    results[name] = `refused: ${(error as { code: string }).code}`;
  }
}
process.stdout.write(JSON.stringify(results));
