/** What tests of downloads need: a server with one model and a folder for models. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pullModel, type PullOptions } from "../../../adapters/llama/pull.ts";
import type { PulledModel, PullEvent } from "../../../schemas/model_file.ts";
import { EMBEDDED } from "../../runtime/model/answers.ts";
import { type FileServer, serveFile } from "./file_server.ts";

/** For servers on this machine, which may be busy: only silence that is meant ends a connection. */
export const PATIENCE = { triesMax: 4, pauseMs: 1, silentMs: 60_000 };

/** A server, and a folder to pull into. */
export interface PullBench {
  readonly model: Buffer;
  readonly sha256: string;
  readonly server: FileServer;
  readonly folder: string;
  readonly events: readonly PullEvent[];
  /** Pulls `mini.gguf` of the server, unless told otherwise. */
  readonly pull: (options?: Partial<PullOptions>) => Promise<PulledModel>;
  /** Models of the folder; what is under way lies out of sight. */
  readonly models: () => readonly string[];
  readonly remove: () => void;
}

/** Makes one. */
export function makePullBench(): PullBench {
  const model = readFileSync(EMBEDDED);
  const server = serveFile(model);
  const folder = mkdtempSync(join(tmpdir(), "moult-pull-"));
  const events: PullEvent[] = [];
  return {
    model,
    sha256: new Bun.CryptoHasher("sha256").update(model).digest("hex"),
    server,
    folder,
    events,
    pull: (options = {}) =>
      pullModel({
        source: `${server.url}/mini.gguf`,
        folder,
        env: { HF_ENDPOINT: server.url, HOME: folder },
        patience: PATIENCE,
        onEvent: (event) => events.push(event),
        ...options,
      }),
    models: () => readdirSync(folder).filter((name) => !name.startsWith(".")),
    remove() {
      server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
