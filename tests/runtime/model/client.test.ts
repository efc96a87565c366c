import { afterEach, expect, test } from "bun:test";
import path from "node:path";
import { LANE_LENGTH_MAX } from "../../../runtime/model/queue.ts";
import {
  collect,
  finishOf,
  openModel,
  recordingMeter,
  requestOf,
  textOf,
  until,
} from "./answers.ts";
import { isAlive } from "../../waiting.ts";
import type { Model } from "../../../runtime/ports.ts";

const open: Model[] = [];
function scripted(options: Parameters<typeof openModel>[0] = {}): Model {
  const model = openModel(options);
  open.push(model);
  return model;
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((model) => model.close()));
});

test("startModel() returns before the model is loaded, and says when it is", async () => {
  const states: string[] = [];
  const model = scripted({ onState: ({ state }) => states.push(state) });
  expect({ ...model.status() }).toMatchObject({ state: "loading", name: "scripted", slots: 2 });
  await until(model, "ready");
  expect(states).toEqual(["ready"]);
  expect(isAlive(model.status().pid)).toBe(true);
});

test("a request that waits is told its position", async () => {
  const model = scripted({ slots: 1 });
  const abort = new AbortController();
  const held = collect(model.generate(requestOf("hold"), abort.signal));
  const next = collect(model.generate(requestOf("hello Ann")));
  const last = model.generate(requestOf("hello Bob"));
  const seen = [];
  for await (const event of last) {
    if (event.type === "queued") {
      seen.push(event.position);
      if (event.position === 2) abort.abort();
    }
  }
  expect(seen.at(-1)).toBe(1);
  expect(seen).toContain(2);
  expect(finishOf(await held)).toBe("cancelled");
  expect(textOf(await next)).toBe("Hello Ann, nice to meet you.");
});

test("cancelling frees the slot, whether the request waits or runs", async () => {
  const model = scripted({ slots: 1 });
  const running = new AbortController();
  const waiting = new AbortController();
  const first = collect(model.generate(requestOf("hold"), running.signal));
  const second = collect(model.generate(requestOf("hold"), waiting.signal));
  await until(model, "ready");
  waiting.abort();
  expect(finishOf(await second)).toBe("cancelled");
  running.abort();
  expect(finishOf(await first)).toBe("cancelled");
  expect(textOf(await collect(model.generate(requestOf("hello Cy"))))).toContain("Cy");
});

test("a full lane refuses with queue/full and leaves the others open", async () => {
  const model = scripted({ slots: 1 });
  await until(model, "ready");
  const abort = new AbortController();
  const held = Array.from({ length: LANE_LENGTH_MAX + 1 }, () =>
    collect(model.generate(requestOf("hold"), abort.signal)),
  );
  await expect(collect(model.generate(requestOf("hello")))).rejects.toMatchObject({
    code: "queue/full",
    message: expect.stringMatching(/interactive lane of the model "scripted".*try again in \d+ s$/),
  });
  const other = collect(model.generate(requestOf("hello Di", { lane: "api" })));
  abort.abort();
  await Promise.all(held);
  expect(textOf(await other)).toContain("Di");
});

test("a killed host restarts, and a request that had no answer yet is asked again silently", async () => {
  const model = scripted();
  await until(model, "ready");
  const answer = collect(model.generate(requestOf("wait 7")));
  process.kill(model.status().pid, "SIGKILL");
  expect(textOf(await answer)).toBe("waited 7");
  expect({ ...model.status() }).toMatchObject({ state: "ready", restarts: 1 });
});

test("a request that was half answered is rejected, and the next one is answered", async () => {
  const model = scripted();
  let text = "";
  const read = async (): Promise<void> => {
    for await (const event of model.generate(requestOf("count slowly"))) {
      if (event.type !== "token") continue;
      if (text === "") process.kill(model.status().pid, "SIGKILL");
      text += event.text;
    }
  };
  await expect(read()).rejects.toMatchObject({
    code: "model/unavailable",
    details: { restarting: true },
  });
  expect(text).toStartWith("one");
  expect(textOf(await collect(model.generate(requestOf("hello Eve"))))).toContain("Eve");
});

test("a request that kills every host is given up after its second try", async () => {
  const model = scripted();
  await expect(collect(model.generate(requestOf("die at once")))).rejects.toMatchObject({
    code: "model/unavailable",
  });
  expect(model.status().restarts).toBe(2);
});

test.each(["/nowhere/script.jsonl", path.join(import.meta.dir, "queue.test.ts")])(
  "a script that can not be loaded fails for good and says why: %s",
  async (file) => {
    const model = scripted({ path: `scripted:${file}` });
    await expect(collect(model.generate(requestOf("hello")))).rejects.toMatchObject({
      code: "model/unavailable",
      message: expect.stringContaining("Cannot read the model's script"),
    });
    expect({ ...model.status() }).toMatchObject({ state: "failed" });
    await expect(collect(model.generate(requestOf("hello")))).rejects.toMatchObject({
      code: "model/unavailable",
    });
  },
);

test("a host that never comes up fails, with a reason, instead of letting requests wait forever", async () => {
  const model = scripted({ hostEntry: path.join(import.meta.dir, "no_such_host.ts") });
  await expect(collect(model.generate(requestOf("hello")))).rejects.toThrow(
    "crashes while it loads",
  );
  expect(model.status().state).toBe("failed");
});

test("close() ends the process and rejects what is still asked", async () => {
  const model = scripted();
  await until(model, "ready");
  const { pid } = model.status();
  const held = collect(model.generate(requestOf("hold"))).catch((error: unknown) => error);
  await model.close();
  expect(await held).toMatchObject({ code: "model/unavailable" });
  expect(isAlive(pid)).toBe(false);
  expect({ ...model.status() }).toMatchObject({ state: "stopped", pid: 0 });
});

test("the host ends when the daemon is killed", async () => {
  const daemon = Bun.spawn(
    [process.execPath, "--no-install", path.join(import.meta.dir, "daemon.ts")],
    {
      stdout: "pipe",
    },
  );
  const reader = daemon.stdout.getReader();
  const { value } = await reader.read();
  const pid = Number(new TextDecoder().decode(value));
  expect(isAlive(pid)).toBe(true);
  daemon.kill("SIGKILL");
  await daemon.exited;
  while (isAlive(pid)) await Bun.sleep(5);
});

test("what is asked and answered is measured", async () => {
  const meter = recordingMeter();
  const model = scripted({ meter });
  await collect(model.generate(requestOf("hello Flo")));
  meter.collectNow();
  const names = [...meter.seen.keys()];
  for (const name of [
    "gen_ai_server_time_to_first_token_seconds{}",
    "gen_ai_server_time_per_output_token_seconds{}",
    "gen_ai_server_request_duration_seconds{}",
    'gen_ai_client_token_usage{"gen_ai_token_type":"input"}',
    'moult_kv_cache_tokens_total{"tier":"slot"}',
    'moult_model_queue_depth{"lane":"interactive"}',
    'moult_model_slots{"state":"idle"}',
  ])
    expect(names).toContain(name);
});
