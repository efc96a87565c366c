/** The routes below `/v1`: OpenAI's, so that its clients need no more than another address and key. */
import { chatCompletion } from "./chat.ts";
import { embeddingRoutes } from "./embeddings.ts";
import { modelRoutes } from "./models.ts";
import { ChatCompletionBody } from "../../../schemas/chat_completion.ts";
import { ref } from "../documents.ts";
import type { Operation } from "../operation.ts";
import type { Services } from "../services.ts";

/** The routes. */
export function v1Operations(services: Services): readonly Operation[] {
  return [...chatRoutes(services), ...embeddingRoutes(services), ...modelRoutes(services)];
}

function chatRoutes(services: Services): readonly Operation[] {
  return [
    {
      method: "POST",
      path: "/v1/chat/completions",
      grant: "ask:model",
      tag: "models",
      summary: "Asks the bare model, as OpenAI's clients do",
      description:
        "No agent, no functions of the owner, no memory: the messages are all that the model sees. With `stream: true` the answer is server-sent events.",
      body: ChatCompletionBody,
      answer: {
        description: "The completion",
        types: ["application/json", "text/event-stream"],
        schema: ref("ChatCompletion"),
      },
      errors: ["body/too-large", "queue/full", "model/unavailable"],
      handle: (asked) => chatCompletion(services, asked),
    },
  ];
}
