/** A WebSocket does what every transport does: a real server and real sockets between the suite and the agent. */
import { httpTransport } from "../../../adapters/http/transport.ts";
import type { Agent } from "../../../runtime/gateway/agent.ts";
import { type Platform, transportContract } from "../../contract/transport.ts";
import { KEY, type TestServer, serve } from "./server.ts";
import { type Client, connect } from "./ws_client.ts";

/** A client that writes to whichever agent runs now, and keeps what it was told. */
function device(): Platform {
  const lines: { readonly agent: Agent; readonly server: TestServer; readonly client: Client }[] =
    [];
  const dial = async (agent: Agent): Promise<Client> => {
    const known = lines.find((line) => line.agent === agent);
    if (known) return known.client;
    const server = serve({ agent });
    const client = await connect(server.url, { protocols: ["moult", KEY] });
    lines.push({ agent, server, client });
    return client;
  };
  return {
    protocol: "http",
    transport: httpTransport,
    write: async ({ conversation, text, id }, agent) => {
      const client = await dial(agent);
      const from = client.frames.length;
      client.send({ type: "message", session: conversation, text, id });
      const answer = await client.find(
        (frame) =>
          frame["message"] === id ||
          (frame.type === "error" && frame.id === id && client.frames.indexOf(frame) >= from),
      );
      return answer.type !== "error";
    },
    read: async (conversation) => {
      const frames = lines.flatMap(({ client }) => client.frames);
      const done = frames.filter(
        ({ type, session }) => type === "done" && session === conversation,
      );
      // Whoever asks again is told again, under the same id.
      return [...new Map(done.map(({ id, reply }) => [id, String(reply)])).values()];
    },
    close: async () => {
      for (const { client, server } of lines) {
        await client.close();
        await server.stop();
      }
    },
  };
}

transportContract("WebSocket", device);
