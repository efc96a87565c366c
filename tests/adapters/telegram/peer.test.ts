/** The transport against telegram-test-api, a Bot API server that nobody here wrote. It lives with the tools. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { TOKEN } from "../../fixtures/telegram_server.ts";
import { openAgent } from "../../runtime/turn/fakes.ts";
import { connect, keepingLog } from "./platform.ts";

const PEER = join(import.meta.dir, "../../tools/node_modules/telegram-test-api/lib/index.js");

/** The part of it that is used here. */
interface Client {
  readonly makeMessage: (text: string) => object;
  readonly makeCommand: (text: string) => object;
  readonly sendMessage: (message: object) => Promise<unknown>;
  readonly sendCommand: (command: object) => Promise<unknown>;
  readonly getUpdates: () => Promise<{
    readonly result: readonly { readonly message: { readonly text: string } }[];
  }>;
}
interface Peer {
  readonly config: { readonly apiURL: string };
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<boolean>;
  readonly getClient: (token: string, options: object) => Client;
}

/** It takes no 0. */
function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  void server.stop(true);
  return port;
}

test.skipIf(!existsSync(PEER))(
  "messages and commands are answered on a server of somebody else",
  async () => {
    const { default: Server } = (await import(PEER)) as {
      readonly default: new (config: object) => Peer;
    };
    const peer = new Server({ port: freePort(), host: "127.0.0.1" });
    await peer.start();
    const log = keepingLog();
    const transport = connect({ url: peer.config.apiURL }, { allow: ["77"] }, { log });
    const transports = { telegram: transport };
    const bench = await openAgent(
      ({ messages }) => ({ text: `You said: **${messages.at(-1)?.content ?? ""}**` }),
      undefined,
      { transports },
    );
    try {
      const client = peer.getClient(TOKEN, {
        timeout: 5_000,
        interval: 20,
        userId: 77,
        chatId: 77,
      });
      await client.sendMessage(client.makeMessage("hello"));
      expect((await client.getUpdates()).result.map(({ message }) => message.text)).toEqual([
        "You said: hello",
      ]);
      await client.sendCommand(client.makeCommand("/help"));
      expect((await client.getUpdates()).result[0]?.message.text).toContain("/reset");
      expect(transport.health?.()).toMatchObject({ state: "up" });
      expect(log.lines.join("\n")).not.toContain(TOKEN);
    } finally {
      await bench[Symbol.asyncDispose]();
      await peer.stop();
    }
  },
);
