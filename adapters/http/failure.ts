/** The shape of a failure depends on where it was asked: below `/v1` OpenAI's, elsewhere our own. */
import type { Log } from "../../runtime/ports.ts";
import { failure } from "./answer.ts";
import { isOpenAi, openAiFailure } from "./v1/errors.ts";

/** The answer to a request that failed. @param route what the log calls it; its path, if nothing else */
export function failureAt(path: string, error: unknown, log: Log, route: string = path): Response {
  return (isOpenAi(path) ? openAiFailure : failure)(error, log, route);
}
