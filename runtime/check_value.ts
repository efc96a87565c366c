/** Checks values against a definition's schemas, and says what is wrong without repeating the value: it may be a secret. */
import * as v from "valibot";
import { MoultError, type ErrorCode } from "../schemas/error.ts";

/** Problems named in one error. */
const ISSUES_MAX = 5;

function typeOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : `a ${typeof value}`.replace("a o", "an o");
}

/** What an issue says. Texts that valibot made up hold the value and are replaced; the author's own are kept. */
function explain(issue: v.BaseIssue<unknown>): string {
  const isAutomatic =
    issue.message.startsWith("Invalid ") && issue.message.endsWith(`eceived ${issue.received}`);
  if (!isAutomatic) return issue.message;
  // What was expected comes from the author's file; what was received is only ever named by its type.
  // An object expects the name of a missing key, and "never" at one it does not know.
  if (issue.type.endsWith("object") && issue.expected !== "Object")
    return issue.input === undefined ? "missing" : "not a known key";
  if (issue.kind === "schema")
    return `expected ${issue.expected ?? "another value"}, got ${typeOf(issue.input)}`;
  return `expected ${issue.expected ?? `a valid ${issue.type.replaceAll("_", " ")}`}`;
}

/**
 * What is wrong with a value: the paths, and what was expected there.
 *
 * @param within What the value lies in, as a path. @default nothing: it is the whole
 */
export function saidOf(issues: readonly v.BaseIssue<unknown>[], within = ""): readonly string[] {
  return issues.slice(0, ISSUES_MAX).map((issue) => {
    const path = [within, v.getDotPath(issue) ?? ""].filter((part) => part !== "").join(".");
    return path === "" ? explain(issue) : `${path}: ${explain(issue)}`;
  });
}

/** The value after its schema. Throws `code` with the paths that are wrong and what was expected there. */
export function checkValue<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
  report: { readonly code: ErrorCode; readonly title: string },
): v.InferOutput<S> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const issues = saidOf(parsed.issues);
  throw new MoultError(report.code, `${report.title}: ${issues.join("; ")}`, { issues });
}
