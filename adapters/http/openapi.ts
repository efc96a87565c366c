/** The OpenAPI 3.0 document: fixed routes, and every loaded function as it is at this moment. */
import { toJsonSchema } from "@valibot/to-json-schema";
import { ERROR_STATUS, type ErrorCode } from "../../schemas/error.ts";
import type { FunctionInfo, JsonSchema } from "../../schemas/function.ts";
import { DOCUMENTS, ref } from "./documents.ts";
import { toOpenApi } from "./json_schema.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";
import { isOpenAi } from "./v1/errors.ts";
import { ClientFrame } from "./ws_frames.ts";

/** What the OpenAPI plugin spreads into its answer; `paths` and `components` are read anew at each request. */
export interface Documentation {
  readonly info: { readonly title: string; readonly description: string; readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, JsonSchema>>;
  readonly components: JsonSchema;
}

/** Failures of any call of a function. */
const CALL_ERRORS: readonly ErrorCode[] = [
  "input/invalid",
  "policy/denied",
  "function/pending",
  "function/not-found",
  "body/too-large",
  "function/busy",
  "output/invalid",
  "function/crashed",
  "tool/failed",
  "function/limit",
];

/** A document that is always up to date. */
export function documentation(
  { functions, agent, version }: Pick<Services, "functions" | "agent" | "version">,
  operations: readonly Operation[],
  cookieName: string,
): Documentation {
  const fixed = fixedPaths(operations);
  return {
    info: {
      title: "moult",
      description:
        "Sessions with the agent, and its functions. A function dropped in shows up here.",
      version,
    },
    servers: [{ url: "/" }],
    security: [{ key: [] }, { login: [] }],
    tags: [
      { name: "functions", description: "What the agent can do, callable directly" },
      { name: "sessions", description: "Talking to the agent" },
      { name: "models", description: "The bare models, as OpenAI's clients ask them" },
      { name: "daemon", description: "The daemon itself" },
    ],
    get paths() {
      const called = callable(functions.list()).map((info) => [
        `/fn/${info.name}`,
        { post: describeCall(info).operation },
      ]);
      return { ...Object.fromEntries(called), ...hookPaths(agent, functions), ...fixed };
    },
    get components() {
      const parts = callable(functions.list()).map((info) => describeCall(info).parts);
      return {
        schemas: Object.assign({}, ...parts, DOCUMENTS, { ClientFrame: bodySchema(ClientFrame) }),
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "The owner key, `moult_…`" },
          login: {
            type: "apiKey",
            in: "cookie",
            name: cookieName,
            description: "What a browser gets from POST /api/login",
          },
        },
      };
    },
  };
}

/** Functions that `POST /fn/{tool}` can call now. */
function callable(list: readonly FunctionInfo[]): readonly FunctionInfo[] {
  return list.filter(
    ({ manifest, kind, state }) =>
      manifest !== undefined &&
      (kind === "tool" || (kind === "skill" && (manifest.runs || manifest.files !== undefined))) &&
      (state === "ready" || state === "stopped"),
  );
}

function describeCall(info: FunctionInfo): {
  readonly operation: JsonSchema;
  readonly parts: Readonly<Record<string, JsonSchema>>;
} {
  const { name, manifest, version } = info;
  const input = toOpenApi(manifest?.input ?? { type: "object" }, `${name}.input`);
  const output = toOpenApi(manifest?.output ?? {}, `${name}.output`);
  const examples = (manifest?.examples ?? []).map(({ say, input: value }, index) => [
    `example${index + 1}`,
    { summary: say, value },
  ]);
  const operation = {
    operationId: `fn_${name}`,
    tags: ["functions"],
    summary: (manifest?.description ?? name).split("\n", 1)[0],
    description: manifest?.description ?? name,
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: input.schema,
          ...(examples.length > 0 ? { examples: Object.fromEntries(examples) } : {}),
        },
      },
    },
    responses: {
      200: {
        description: "Its output",
        headers: {
          "x-function-version": {
            description: "Version that answered",
            schema: { type: "string", example: version },
          },
        },
        content: { "application/json": { schema: output.schema } },
      },
      ...errorAnswers(CALL_ERRORS),
    },
  };
  return { operation, parts: { ...input.parts, ...output.parts } };
}

/** Paths of `http` triggers: the same calls, at places of their own. */
function hookPaths(
  { hooks }: Services["agent"],
  functions: Services["functions"],
): Record<string, JsonSchema> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, path, function: name } of hooks.list()) {
    const info = functions.get(name);
    if (info?.manifest === undefined) continue;
    const { requestBody, ...operation } = describeCall(info).operation;
    const operationId = `${method.toLowerCase()}_hooks${path.replaceAll(/[^A-Za-z0-9]+/g, "_")}`;
    (paths[`/hooks${path}`] ??= {})[method.toLowerCase()] = {
      ...operation,
      operationId,
      ...(method === "GET" ? { parameters: queryOf(info) } : { requestBody }),
    };
  }
  return paths;
}

function queryOf({ name, manifest }: FunctionInfo): readonly JsonSchema[] {
  const { schema } = toOpenApi(manifest?.input ?? {}, `${name}.input`);
  const { properties = {}, required = [] } = schema as {
    readonly properties?: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([key, value]) => ({
    name: key,
    in: "query",
    required: required.includes(key),
    schema: value,
  }));
}

function fixedPaths(operations: readonly Operation[]): Record<string, JsonSchema> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    // Callable functions are listed one by one instead; the page's own files are no API.
    if (operation.path === "/fn/{tool}" || operation.path.startsWith("/docs/ui/")) continue;
    const path = (paths[operation.path] ??= {});
    path[operation.method.toLowerCase()] = describe(operation);
  }
  return paths;
}

function describe(operation: Operation): JsonSchema {
  const { method, path, summary, description, tag, query, body, answer, errors, grant } = operation;
  const types = answer.types ?? ["application/json"];
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...Object.entries(query ?? {}).map(([name, meaning]) => ({
      name,
      in: "query",
      description: meaning,
      schema: { type: "string" },
    })),
  ];
  const own = body ? (["input/invalid"] as const) : [];
  return {
    operationId: `${method.toLowerCase()}${path.replaceAll(/[^A-Za-z]+/g, "_")}`.replace(/_$/, ""),
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(grant === undefined ? { security: [] } : {}),
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { "application/json": { schema: bodySchema(body) } },
          },
        }
      : {}),
    responses: {
      [answer.status ?? 200]: {
        description: answer.description,
        content: Object.fromEntries(
          types.map((type) => [
            type,
            { schema: type === "application/json" ? (answer.schema ?? {}) : { type: "string" } },
          ]),
        ),
      },
      ...errorAnswers([...own, ...(errors ?? [])], {
        needsKey: grant !== undefined,
        shape: isOpenAi(path) ? "OpenAiError" : "Error",
      }),
    },
  };
}

function bodySchema(body: NonNullable<Operation["body"]>): JsonSchema {
  // `check` has no JSON Schema; its words come with the error.
  const schema = toJsonSchema(body, {
    target: "openapi-3.0",
    typeMode: "input",
    errorMode: "ignore",
  });
  // An object without a field that must be there gets an empty list of those, which 3.0 does not take.
  return toOpenApi({ ...schema }, "body").schema;
}

function errorAnswers(
  codes: readonly ErrorCode[],
  { needsKey, shape }: { readonly needsKey: boolean; readonly shape: "Error" | "OpenAiError" } = {
    needsKey: true,
    shape: "Error",
  },
): Record<string, unknown> {
  const byStatus = new Map<number, ErrorCode[]>();
  const all = new Set<ErrorCode>([
    ...codes,
    ...(needsKey ? (["auth/missing", "policy/denied"] as const) : []),
    "internal",
  ]);
  for (const code of all) {
    const status = ERROR_STATUS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, list]) => [
      status,
      {
        description: list.map((code) => `\`${code}\``).join(", "),
        content: { "application/json": { schema: ref(shape) } },
      },
    ]),
  );
}
