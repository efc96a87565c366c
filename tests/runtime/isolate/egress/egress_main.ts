/** A process of its own that fetches `https://NAME:PORT/`, or a scheme of choice, as a function's request, with the name leading to this machine. */
import { Budget } from "../../../../runtime/isolate/egress/budget.ts";
import { egress } from "../../../../runtime/isolate/egress/egress.ts";
import { isMoultError } from "../../../../schemas/error.ts";
import { LIMITS_DEFAULT } from "../../../../schemas/function.ts";

const [name = "", port = "", scheme = "https", address = "127.0.0.1"] = process.argv.slice(2);
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
  process.stdout.write(await response.text());
} catch (error) {
  process.stdout.write(isMoultError(error) ? `${error.code}: ${error.message}` : String(error));
}
