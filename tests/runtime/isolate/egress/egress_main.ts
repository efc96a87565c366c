/**
 * A process of its own that fetches `https://NAME:PORT/`, or a scheme of choice, as a function's request, with the name
 * leading to this machine. Of several names, `A,B`, one after the other, over what connections are still open.
 */
import { Budget } from "../../../../runtime/isolate/egress/budget.ts";
import { egress } from "../../../../runtime/isolate/egress/egress.ts";
import { isMoultError } from "../../../../schemas/error.ts";
import { LIMITS_DEFAULT } from "../../../../schemas/function.ts";

const [names = "", port = "", scheme = "https", address = "127.0.0.1"] = process.argv.slice(2);

async function ask(name: string): Promise<string> {
  try {
    const response = await egress(
      { url: `${scheme}://${name}:${port}/`, method: "GET", headers: [], body: undefined },
      {
        allow: [`${name}:${port}`, `127.0.0.1:${port}`],
        secret: () => undefined,
        offline: false,
        budget: new Budget(LIMITS_DEFAULT),
        resolve: () =>
          address === "" ? Promise.reject(new Error("unknown")) : Promise.resolve([address]),
      },
      AbortSignal.timeout(5_000),
    );
    return await response.text();
  } catch (error) {
    return isMoultError(error) ? `${error.code}: ${error.message}` : String(error);
  }
}

const answers: string[] = [];
for (const name of names.split(",")) answers.push(await ask(name));
process.stdout.write(answers.join("\n"));
