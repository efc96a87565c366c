/** Reads request bodies under a limit and checks them. Its errors name the field and the expectation, never the value. */
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { TEXT_CHARS_MAX } from "../../schemas/message.ts";

/** Bytes of a JSON body of the API. */
export const JSON_BYTES_MAX = 1_048_576;

/** Refuses a body whose announced length is over the limit. Throws `body/too-large`. */
export function checkLength(headers: Headers, bytesMax: number): number | undefined {
  const announced = headers.get("content-length");
  if (announced === null) return undefined;
  const bytes = Number(announced);
  if (bytes > bytesMax) throw tooLarge(bytesMax);
  return bytes;
}

/**
 * A body of unknown length, cut where it passes the limit: its reader gets `body/too-large`, and `onCut` is called.
 * Keeps the pace of its reader.
 */
export function limited(
  body: ReadableStream<Uint8Array>,
  bytesMax: number,
  onCut: () => void = () => {},
): ReadableStream<Uint8Array> {
  let bytes = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        if (bytes > bytesMax) {
          onCut();
          throw tooLarge(bytesMax);
        }
        controller.enqueue(chunk);
      },
    }),
  );
}

/** The JSON body of a request, checked. Throws `input/invalid` or `body/too-large`. */
export async function readJson<Schema extends v.GenericSchema>(
  request: Request,
  schema: Schema,
): Promise<v.InferOutput<Schema>> {
  const parsed = v.safeParse(schema, await readData(request, JSON_BYTES_MAX));
  if (parsed.success) return parsed.output;
  throw explain(parsed.issues);
}

/** The JSON body of a request, whatever it says. Throws `input/invalid` or `body/too-large`. */
export async function readData(request: Request, bytesMax: number): Promise<unknown> {
  const known = checkLength(request.headers, bytesMax);
  const text =
    known !== undefined || request.body === null
      ? await request.text()
      : await new Response(limited(request.body, bytesMax)).text();
  try {
    return JSON.parse(text);
  } catch {
    throw new MoultError(
      "input/invalid",
      text === ""
        ? "The body is empty; send JSON"
        : "The body is not JSON; check quotes and commas",
    );
  }
}

/** What a value lacks, without the value. */
export function explain(
  issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]],
): MoultError {
  const long = issues.find((issue) => issue.requirement === TEXT_CHARS_MAX);
  if (long) {
    return new MoultError(
      "body/too-large",
      `${nameOf(long)} may have at most ${TEXT_CHARS_MAX} characters`,
      { charsMax: TEXT_CHARS_MAX },
    );
  }
  const problems = issues.slice(0, 5).map((issue) => `${nameOf(issue)}: ${expectation(issue)}`);
  return new MoultError("input/invalid", problems.join("; "));
}

function expectation(issue: v.BaseIssue<unknown>): string {
  const { type, expected, message, requirement } = issue;
  if (type === "strict_object" && expected === "never") return "unknown field; remove it";
  if (type.endsWith("object") && issue.input === undefined && issue.path) return "missing";
  // A schema's own words, where it has some; valibot's begin with "Invalid" and may hold the value.
  if (!message.startsWith("Invalid ")) return message;
  if (type === "min_length") return `expected at least ${String(requirement)} characters`;
  if (type === "max_length") return `expected at most ${String(requirement)} characters`;
  return `expected ${expected ?? "another value"}`;
}

function nameOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  return path === null ? "body" : `"${path.slice(0, 80)}"`;
}

/** The refusal of a body over `bytesMax`. */
export function tooLarge(bytesMax: number): MoultError {
  return new MoultError("body/too-large", `The body may have at most ${bytesMax} bytes`, {
    bytesMax,
  });
}
