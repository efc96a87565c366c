/** The real daemon as somebody who is not root, in a home that is closed to all others, with and without lent rights. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { chownSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { removeGroup } from "../../adapters/linux/cgroup.ts";
import { dividedGroup } from "../../adapters/linux/group_bounds.ts";
import type { Check } from "../../cli/program.ts";
import { isAlive, until } from "../waiting.ts";
import { makePlace, type Place, type Started } from "./program.ts";

/** No account's. */
const USER = 60_017;

/** What the service in docs/security.md lends to its user, as words for `setpriv`. */
function lentByService(): readonly string[] {
  const page = readFileSync(join(import.meta.dir, "../../docs/security.md"), "utf8");
  const field = (name: string) => new RegExp(`^${name}=(.*)$`, "m").exec(page)?.[1] ?? "";
  const list = (name: string) =>
    field(name).toLowerCase().replaceAll("cap_", "+").split(" ").join();
  expect(field("Delegate")).toBe("yes");
  return [
    `--inh-caps=${list("AmbientCapabilities")}`,
    `--ambient-caps=${list("AmbientCapabilities")}`,
    `--bounding-set=-all,${list("CapabilityBoundingSet")}`,
    ...(field("NoNewPrivileges") === "yes" ? ["--no-new-privs"] : []),
  ];
}

const REACH = `import { defineTool, v } from "moult";
export default defineTool({
  description: "Reaches for what it may not have.",
  input: v.object({ port: v.number() }),
  async run({ port }) {
    const attempts = [Bun.file("/etc/passwd").text(), Bun.connect({ hostname: "127.0.0.1", port, socket: { data() {} } })];
    return (await Promise.allSettled(attempts)).map(({ status }) => status);
  },
});
`;

/** Whether another user can read this checkout and run this Bun. */
function isOpen(): boolean {
  const user = [`--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
  const look = `ls "${join(import.meta.dir, "../../node_modules/elysia")}" && "${process.execPath}" --version`;
  return Bun.spawnSync(["setpriv", ...user, "sh", "-c", look]).exitCode === 0;
}

const isPossible =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  Bun.which("setpriv") !== null &&
  isOpen();

let place: Place;
let group: string;

function asUser(...rights: readonly string[]): void {
  const user = [`--reuid=${USER}`, `--regid=${USER}`, "--clear-groups", ...rights];
  const enter = 'if [ -d "$0" ]; then echo $$ > "$0/cgroup.procs"; fi; exec "$@"';
  const home = 'HOME="$PWD" XDG_RUNTIME_DIR= exec "$@"';
  const through = ["sh", "-c", enter, group, "setpriv", ...user, "sh", "-c", home, "sh"];
  place = makePlace(undefined, through);
  place.write("functions/reach.ts", REACH);
  chownSync(place.dir, USER, USER); // Its mode is 0700.
}

beforeEach(() => {
  group = join(dividedGroup() ?? "/nowhere", `test-${String(process.pid)}`);
});
afterEach(async () => {
  await place.remove();
  await until(() => removeGroup(group));
  rmSync(`/tmp/moult-${String(USER)}`, { recursive: true, force: true });
}, 120_000);

/** What `moult doctor` says of the sandbox. */
async function doctor() {
  const { out } = await place.moult("doctor", "--json");
  const checks = JSON.parse(out) as readonly Check[];
  const { found = "", parts } = checks.find(({ name }) => name === "sandbox") ?? {};
  return { found, lacks: parts?.lacks.join("\n") ?? "" };
}

/** Has the function try. Only its own attempts could reach the listener. */
async function reach(daemon: Started): Promise<unknown> {
  let reached = 0;
  const socket = { open: () => void reached++, data() {} };
  using listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
  const body = JSON.stringify({ port: listener.port });
  const response = await daemon.ask("/fn/reach", { method: "POST", body });
  return { answer: await response.json(), reached };
}

const NOTHING = { answer: ["rejected", "rejected"], reached: 0 };

const metrics = async (daemon: Started) => await (await daemon.ask("/metrics")).text();

/** Fields of `/proc` of every process in the daemon's groups. */
function hosts(): readonly string[] {
  return readdirSync(group, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("/cgroup.procs"))
    .flatMap((path) => readFileSync(join(group, path), "utf8").split("\n"))
    .filter((pid) => pid !== "")
    .map((pid) => readFileSync(`/proc/${pid}/status`, "utf8"));
}

describe.skipIf(!isPossible)("an ordinary user", () => {
  test("has files and system calls confined, and is told what is missing", async () => {
    asUser();
    const daemon = await place.start();
    expect(await reach(daemon)).toEqual(NOTHING);
    expect(await metrics(daemon)).toContain('moult_sandbox_tier{tier="C"} 1');
    const told = await doctor();
    expect(told.found).toStartWith("tier C: ");
    expect(told.lacks).toContain("Delegate=yes");
  }, 120_000);

  test("has no functions of its own where the configuration asks for more; those of moult serve", async () => {
    asUser();
    const config = readFileSync(join(place.dir, "moult.yaml"), "utf8");
    place.write("moult.yaml", `${config}sandbox:\n  minimum: B\n`);
    const daemon = await place.start();
    const refused = await daemon.ask("/fn/reach", { method: "POST", body: '{"port":1}' });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain(
      "functions are confined by tier C here, and sandbox.minimum is B; moult doctor says what is missing",
    );
    const body = JSON.stringify({ expression: "6 * 7" });
    const answered = await daemon.ask("/fn/calculate", { method: "POST", body });
    expect(await answered.json()).toEqual({ result: 42 });
  }, 120_000);

  test.skipIf(dividedGroup() === undefined)(
    "has the network layer too, with what a service can lend, and no function inherits any of it",
    async () => {
      mkdirSync(group);
      for (const path of [group, ...readdirSync(group).map((name) => join(group, name))])
        chownSync(path, USER, USER);
      asUser(...lentByService());
      let daemon = await place.start();
      expect(await reach(daemon)).toEqual(NOTHING);
      expect(await metrics(daemon)).toContain('moult_sandbox_tier{tier="B"} 1');
      await until(async () =>
        /sandbox_denials_total\{[^}]*function="reach"[^}]*\} [1-9]/.test(await metrics(daemon)),
      );
      expect((await doctor()).found).toStartWith("tier B: ");
      expect(hosts()).not.toBeEmpty();
      for (const status of hosts()) {
        expect(status).toMatch(/^CapPrm:\s+0+$/m);
        expect(status).toMatch(/^Seccomp:\s+2$/m);
      }
      // And the next one removes what a killed one left.
      const left = readdirSync(group).find((name) => name.endsWith(`-${String(daemon.pid)}`));
      await daemon.kill();
      await until(() => !isAlive(daemon.pid));
      daemon = await place.start();
      expect(readdirSync(group)).not.toContain(left);
    },
    120_000,
  );
});
