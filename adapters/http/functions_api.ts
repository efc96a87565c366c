/** Routes of the registry: what is loaded, its logs, and going back a version. Calls themselves are the front's. */
import * as v from "valibot";
import { MoultError } from "../../schemas/error.ts";
import { FUNCTION_NAME, type FunctionInfo } from "../../schemas/function.ts";
import { readJson } from "./body.ts";
import { ref } from "./documents.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";

const ApproveBody = v.strictObject({
  /** `waiting.hash`: what was read before it is approved. */
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, "Expected the `hash` of `waiting`")),
});

/** The routes below `/api/functions`, and the one that the front answers: `/fn/{tool}`. */
export function functionOperations({ functions, hub }: Services): readonly Operation[] {
  const find = (name: string): FunctionInfo => {
    const info = functions.get(name);
    if (info) return info;
    throw new MoultError(
      "function/not-found",
      FUNCTION_NAME.test(name)
        ? `No function is called "${name}"; see "moult list", or GET /api/functions`
        : 'This is not the name of a function; see "moult list", or GET /api/functions',
    );
  };
  return [
    {
      method: "POST",
      path: "/fn/{tool}",
      grant: "invoke:function/{tool}",
      tag: "functions",
      summary: "Calls a function",
      answer: { description: "Its output" },
    },
    {
      method: "GET",
      path: "/api/functions",
      grant: "list:function",
      tag: "functions",
      summary: "Lists functions with version, state and manifest",
      answer: { description: "All functions", schema: { type: "array", items: ref("Function") } },
      handle: () => functions.list(),
    },
    {
      method: "GET",
      path: "/api/functions/{name}",
      grant: "read:function/{name}",
      tag: "functions",
      summary: "Shows one function",
      answer: { description: "The function", schema: ref("Function") },
      errors: ["function/not-found"],
      handle: ({ params }) => find(params["name"] ?? ""),
    },
    {
      method: "POST",
      path: "/api/functions/{name}/rollback",
      grant: "manage:function/{name}",
      tag: "functions",
      summary:
        "Puts the version before the present one back, until its file is saved with a change",
      answer: { description: "The function as it is now", schema: ref("Function") },
      errors: ["function/not-found", "function/invalid"],
      handle: ({ params }) => functions.rollback(find(params["name"] ?? "").name),
    },
    ...approvalOperations(functions, find),
    {
      method: "GET",
      path: "/api/functions/{name}/logs",
      grant: "read:function/{name}",
      tag: "functions",
      summary: "Shows what a function wrote lately, oldest first",
      description: "New lines come as `function.log` events of `/api/events`.",
      answer: { description: "Its lines", schema: { type: "array", items: ref("LogLine") } },
      errors: ["function/not-found"],
      handle: ({ params }) => {
        const { name } = find(params["name"] ?? "");
        return hub
          .since(0)
          .filter((event) => event.type === "function.log" && event["name"] === name)
          .map(({ id: _id, type: _type, name: _name, ...line }) => line);
      },
    },
  ];
}

/** The routes by which the owner says what a function may touch. */
function approvalOperations(
  functions: Services["functions"],
  find: (name: string) => FunctionInfo,
): readonly Operation[] {
  return [
    {
      method: "POST",
      path: "/api/functions/{name}/approve",
      grant: "approve:function/{name}",
      tag: "functions",
      summary: "Lets a function touch what it asks for: exactly what `waiting` shows",
      body: ApproveBody,
      answer: { description: "The function as it is now", schema: ref("Function") },
      errors: ["function/not-found", "function/invalid"],
      handle: async ({ params, request }) => {
        const { name } = find(params["name"] ?? "");
        const { hash } = await readJson(request, ApproveBody);
        return await functions.approve(name, hash);
      },
    },
    {
      method: "POST",
      path: "/api/functions/{name}/revoke",
      grant: "approve:function/{name}",
      tag: "functions",
      summary: "Takes back what was approved; what needs an approval waits again",
      answer: { description: "The function as it is now", schema: ref("Function") },
      errors: ["function/not-found"],
      handle: ({ params }) => functions.revoke(find(params["name"] ?? "").name),
    },
  ];
}
