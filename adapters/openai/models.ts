/** What a provider says of its models before one is asked: that it is there, and how much a model holds. */
import { ask } from "./connection.ts";
import { type ListedModel, ModelList, ServerFacts } from "./wire.ts";
import type { ProviderOptions } from "../../runtime/model/engine.ts";
import { isMoultError } from "../../schemas/error.ts";

/** A list of models comes at once, or something is wrong. */
const LOOK_MS_MAX = 10_000;
const LIST_BYTES_MAX = 16_777_216;

/** What is known of a model. */
export interface Known {
  /** Tokens that a conversation may have. Absent: nobody says. */
  readonly contextTokens?: number;
  /** Requests that it answers at once. Absent: nobody says. */
  readonly slots?: number;
  /** Names of the provider's models; empty: it does not list them. */
  readonly listed: readonly string[];
}

/**
 * Looks whether the provider is there.
 *
 * @throws {MoultError} when it is not, or does not take our key
 */
export async function look(provider: ProviderOptions, signal: AbortSignal): Promise<Known> {
  const listed = await listOf(provider, signal);
  const own =
    listed.find(({ id }) => id === provider.model) ?? (listed.length === 1 ? listed[0] : undefined);
  const names = listed.map(({ id }) => id);
  const trained = own?.meta?.n_ctx_train;
  // Only llama-server knows it, and only there it differs from what the list says.
  const facts = trained ? await factsOf(provider, signal) : undefined;
  const contextTokens = facts?.default_generation_settings?.n_ctx ?? contextOf(own);
  const slots = facts?.total_slots;
  return {
    listed: names,
    ...(contextTokens ? { contextTokens } : {}),
    ...(slots ? { slots } : {}),
  };
}

async function listOf(
  provider: ProviderOptions,
  signal: AbortSignal,
): Promise<readonly ListedModel[]> {
  const call = { path: "/models", silenceMsMax: LOOK_MS_MAX, signal };
  try {
    const { data } = await ask(provider, call, { schema: ModelList, bytesMax: LIST_BYTES_MAX });
    return data;
  } catch (error) {
    // It is there, but keeps the list to itself; some keys are for answers only.
    if (isMoultError(error) && [403, 404, 405, 429].includes(Number(error.details?.["status"])))
      return [];
    throw error;
  }
}

async function factsOf(provider: ProviderOptions, signal: AbortSignal) {
  const path = `${provider.url.replace(/\/v1$/, "")}/props`;
  const call = { path, silenceMsMax: LOOK_MS_MAX, signal };
  try {
    return await ask(provider, call, { schema: ServerFacts, bytesMax: LIST_BYTES_MAX });
  } catch (error) {
    if (isMoultError(error)) return undefined;
    throw error;
  }
}

function contextOf(model: ListedModel | undefined): number | undefined {
  if (model === undefined) return undefined;
  const { max_model_len, context_length, context_window, max_context_length, meta } = model;
  const told = [max_model_len, context_length, context_window, max_context_length];
  return [...told, meta?.n_ctx, meta?.n_ctx_train].find((tokens) => !!tokens) ?? undefined;
}
