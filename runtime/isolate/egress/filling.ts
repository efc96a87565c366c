/** Headers of a function as they are sent: without those that are ours, with the secrets that it may not see. */
import { MoultError } from "../../../schemas/error.ts";
import { shortText } from "../../short_text.ts";
import { isThisMachine, placeIn } from "./destination.ts";
import { denied, type EgressRules } from "./rules.ts";

/** Headers that belong to the connection, which is ours, or tell of the function what it does not know of itself. */
const OWN_HEADERS =
  /^(connection|content-length|expect|host|http2-settings|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;

/** Headers, and which of them carry secrets. */
export interface Filled {
  readonly headers: Headers;
  /** Lower case. */
  readonly secretNames: ReadonlySet<string>;
}

/** Puts secrets in the place of `{{NAME}}` in header values. Throws `policy/denied` and `tool/failed`. */
export function fillHeaders(
  pairs: readonly (readonly [string, string])[],
  url: URL,
  rules: EgressRules,
): Filled {
  const headers = new Headers();
  const secretNames = new Set<string>();
  for (const [name, value] of pairs) {
    if (OWN_HEADERS.test(name)) continue;
    const text = value.replaceAll(/\{\{([A-Za-z0-9_]+)\}\}/g, (_, wanted: string) => {
      secretNames.add(name.toLowerCase());
      return secretFor(wanted, url, rules);
    });
    append(headers, name, text);
  }
  return { headers, secretNames };
}

function secretFor(wanted: string, url: URL, rules: EgressRules): string {
  const isPlain = url.protocol === "http:";
  const place = placeIn(url);
  if (isPlain && !isThisMachine(url))
    throw denied(
      `Cannot send {{${wanted}}} to http://${place}: anybody on the way could read it; use https`,
      { kind: "secret" },
    );
  const found = rules.secret(wanted, isPlain ? `http://${place}` : place);
  if (found !== undefined) return found;
  const plain = isPlain ? ` (without https it is written "${wanted}@http://${place}")` : "";
  throw denied(
    `Cannot use {{${wanted}}}: it is not declared in \`secrets\` for this host${plain}, or the owner has not set it`,
    { kind: "secret", wanted },
  );
}

function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch (error) {
    // Not the parser's own text: the value may hold a secret.
    const text = `Cannot send the header "${shortText(name, 200)}": it has characters that no header has`;
    throw new MoultError("tool/failed", text, undefined, error);
  }
}
