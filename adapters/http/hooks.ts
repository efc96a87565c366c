/** Webhooks of channels. Each proves by itself where a delivery comes from, so no key of ours is needed. */
import { checkLength, limited } from "./body.ts";
import type { Operation } from "./operation.ts";
import type { Services } from "./services.ts";

/** Bytes of one delivery. */
const HOOK_BYTES_MAX = 1_048_576;

/** The routes below `/hooks`. */
export function hookOperations({ agent }: Services): readonly Operation[] {
  return [
    {
      method: "POST",
      path: "/hooks/{channel}",
      tag: "daemon",
      summary: "Takes what a platform delivers to a channel",
      description:
        "Needs no key: the channel checks the platform's own proof before it reads the body, and answers when the message is written down.",
      answer: { description: "It is written down" },
      errors: ["channel/unsupported", "body/too-large", "model/unavailable"],
      handle: async ({ request, params, signal }) => {
        checkLength(request.headers, HOOK_BYTES_MAX);
        const { body, url, headers } = request;
        const bounded = body === null ? null : limited(body, HOOK_BYTES_MAX);
        const delivery = new Request(url, { method: "POST", headers, body: bounded });
        return await agent.webhook(params["channel"] ?? "", delivery, signal);
      },
    },
  ];
}
