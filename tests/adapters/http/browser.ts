/** A headless Chromium for tests, driven over its DevTools socket. It leaves neither a process nor a file behind. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where Debian installs it. */
export const CHROMIUM = "/usr/bin/chromium";

/** One page. */
export interface Page {
  readonly open: (url: string) => Promise<void>;
  /** The value of an expression in the page. */
  readonly evaluate: (expression: string) => Promise<unknown>;
  /** Resolves when the expression is `true`. */
  readonly until: (expression: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts a browser with one empty page. */
export async function openPage(): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), "moult-browser-"));
  const chromium = Bun.spawn(
    [
      CHROMIUM,
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-crash-reporter",
      "--no-first-run",
      "--remote-debugging-port=0",
      `--user-data-dir=${profile}`,
      "about:blank",
    ],
    { stdout: "ignore", stderr: "pipe", env: { ...process.env, HOME: profile, TMPDIR: profile } },
  );
  const socket = new WebSocket(await findSocket(chromium.stderr));
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const waiting = new Map<number, (result: Record<string, unknown>) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result = {} } = JSON.parse(String(data)) as { id?: number; result?: object };
    if (id !== undefined) waiting.get(id)?.(result as Record<string, unknown>);
  });
  let last = 0;
  const send = (method: string, params: object = {}, sessionId?: unknown) =>
    new Promise<Record<string, unknown>>((resolve) => {
      waiting.set(++last, resolve);
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result } = await send(
      "Runtime.evaluate",
      { expression, returnByValue: true },
      sessionId,
    );
    return (result as { value?: unknown } | undefined)?.value;
  };
  return {
    open: async (url) => void (await send("Page.navigate", { url }, sessionId)),
    evaluate,
    until: async (expression) => {
      while ((await evaluate(expression)) !== true) await Bun.sleep(20);
    },
    close: async () => {
      socket.send(JSON.stringify({ id: ++last, method: "Browser.close" }));
      await chromium.exited;
      rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
}

async function findSocket(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  const reader = stderr.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) throw new TypeError(`Chromium did not start: ${text}`);
    text += decoder.decode(value, { stream: true });
    const url = /listening on (ws:\S+)/.exec(text)?.[1];
    if (url !== undefined) {
      void drain(reader);
      return url;
    }
  }
}

/** Keeps a full pipe from stopping the browser. */
async function drain(reader: { readonly read: () => Promise<{ readonly done: boolean }> }) {
  while (!(await reader.read()).done);
}
