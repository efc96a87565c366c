/**
 * Runs the corpus without a sandbox, under each layer alone, and in full, and writes down what came of it. As a
 * program it prints the table, which is compared with the one in `verdicts/`: `bun tests/attacks/verdicts.ts`.
 */
import { join } from "node:path";
import { openHookLayer } from "../../adapters/linux/bpf/lsm.ts";
import { LAYERS, type LayerName, type Omitted } from "../../adapters/linux/omitted.ts";
import { LinuxSandbox } from "../../adapters/linux/sandbox.ts";
import { type Attack, type Doer, type Outcome, startDoer } from "./attack.ts";
import { corpus } from "./corpus.ts";
import { NAMED } from "./programs.ts";
import { openPlaces, openServers, type Places, type Servers } from "./places.ts";

/** Columns of the table, and the layers that are on there. */
export const COLUMNS = {
  none: [],
  landlock: ["landlock"],
  seccomp: ["seccomp"],
  uid: ["uid"],
  network: ["cgroup", "network"],
  limits: ["limits", "tmpfs"],
  hooks: ["cgroup", "hooks"],
  "own user": LAYERS.filter((layer) => layer !== "uid"),
  full: LAYERS,
} as const satisfies Readonly<Record<string, readonly LayerName[]>>;
/** One of them. */
export type Column = keyof typeof COLUMNS;

/**
 * Those that this user can have on this machine: without root there is no user id, and no group, to give, and few
 * kernels let anybody load programs for their security hooks.
 */
export function columnNames(): readonly Column[] {
  const ofRoot: readonly Column[] = process.getuid?.() === 0 ? [] : ["uid", "network", "own user"];
  const missing = new Set<Column>([...ofRoot, ...(hasHooks() ? [] : ["hooks" as const])]);
  return (Object.keys(COLUMNS) as Column[]).filter((name) => !missing.has(name));
}

function hasHooks(): boolean {
  const layer = openHookLayer();
  if ("why" in layer) return false;
  layer.close();
  return true;
}

/** Everything but some layers is left out. */
export function only(layers: readonly LayerName[]): Omitted {
  return { layers: LAYERS.filter((layer) => !layers.includes(layer)) };
}

/** Outcomes by the name of the attack. */
export type Outcomes = Readonly<Record<string, Outcome>>;

/** A sandbox with a function to attack from, another one, and places outside. */
export class Ground {
  readonly #sandbox: LinuxSandbox;
  readonly #net: readonly string[];
  readonly #servers: Servers;
  readonly #outside = openPlaces();
  #sibling: Promise<Doer> | undefined;
  #doer: Promise<Doer> | undefined;
  #starter: Promise<Doer> | undefined;

  constructor(servers: Servers, omitted: Omitted) {
    this.#servers = servers;
    this.#net = [`127.0.0.1:${String(servers.tcp4)}`];
    this.#sandbox = new LinuxSandbox(omitted);
  }

  async #start(): Promise<Doer> {
    return await startDoer(this.#sandbox, this.#net);
  }

  /** One that may start programs. */
  async #startStarter(): Promise<Doer> {
    const exec = [...NAMED, join(this.#outside.places.folder, "tool")];
    return await startDoer(this.#sandbox, this.#net, exec);
  }

  /** Does the one half of a pair, if asked for in a function that is started for it. */
  async try(attack: Attack, half: "harmless" | "malicious", afresh = false): Promise<Outcome> {
    const sibling = await (this.#sibling ??= this.#start());
    const isDeadly = afresh || (attack.deadly === true && half === "malicious");
    const doer = await (attack.starts === true
      ? (this.#starter ??= this.#startStarter())
      : isDeadly
        ? this.#start()
        : (this.#doer ??= this.#start()));
    const places: Places = {
      ...this.#outside.places,
      ...this.#servers,
      sibling: sibling.pid,
      siblingWork: sibling.work,
    };
    const outcome = await doer.do(attack[half], places);
    if (isDeadly) await doer.end();
    else if (outcome.result === "killed") this.#doer = undefined;
    return outcome;
  }

  tier(): string {
    return this.#sandbox.tier().tier;
  }

  async close(): Promise<void> {
    await this.#sandbox.close();
    await this.#outside.close();
  }
}

/** Tries attacks on one ground. */
export async function tryAll(
  ground: Ground,
  attacks: readonly Attack[],
  half: "harmless" | "malicious" = "malicious",
): Promise<Outcomes> {
  const outcomes: Record<string, Outcome> = {};
  for (const attack of attacks) outcomes[attack.name] = await ground.try(attack, half);
  return outcomes;
}

/** What came of the whole corpus. */
export interface Verdicts {
  readonly tier: string;
  readonly groups: Readonly<Record<string, readonly Attack[]>>;
  readonly columns: Readonly<Record<Column, Outcomes>>;
  /** The harmless halves, in full. */
  readonly twins: Outcomes;
}

/** Runs everything. */
export async function judge(): Promise<Verdicts> {
  process.env["MOULT_ATTACKS_CANARY"] = "secret";
  const { servers, close } = await openServers();
  try {
    const groups = corpus(servers);
    const attacks = Object.values(groups).flat();
    let tier = "";
    let twins: Outcomes = {};
    const run = async (column: Column) => {
      const ground = new Ground(servers, only(COLUMNS[column]));
      try {
        if (column === "full") tier = ground.tier();
        if (column === "full") twins = await tryAll(ground, attacks, "harmless");
        return [column, await tryAll(ground, attacks)] as const;
      } finally {
        await ground.close();
      }
    };
    // All of them, so that each cleans up whatever becomes of another.
    const ended = await Promise.allSettled(columnNames().map(run));
    const columns = Object.fromEntries(ended.map(valueOf));
    return { tier, groups, columns: columns as Verdicts["columns"], twins };
  } finally {
    delete process.env["MOULT_ATTACKS_CANARY"];
    await close();
  }
}

function valueOf<T>(ended: PromiseSettledResult<T>): T {
  if (ended.status === "fulfilled") return ended.value;
  throw ended.reason;
}

const NAME_WIDTH = 52;
const CELL_WIDTH = 10;

/** The table: a line for each attack, a column for each layer. */
export function tableOf({ groups, columns }: Verdicts): string {
  const names = Object.keys(columns) as Column[];
  const line = (name: string, cells: readonly string[]) =>
    (name.padEnd(NAME_WIDTH) + cells.map((cell) => cell.padEnd(CELL_WIDTH)).join("")).trimEnd();
  const lines = [line("attack", names)];
  for (const [group, attacks] of Object.entries(groups)) {
    lines.push("", `# ${group}`);
    for (const { name, root } of attacks) {
      const cells = names.map((column) => columns[column][name]?.result ?? "");
      lines.push(line(root === true ? `${name} *` : name, cells));
    }
  }
  return `${lines.join("\n")}\n`;
}

/** What a table says, by the name of the attack: a line of it without its name. */
export function readTable(table: string): Readonly<Record<string, string>> {
  const lines = table.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const cells = (line: string) =>
    line
      .slice(NAME_WIDTH)
      .split(/\s{2,}/)
      .join(" ")
      .trim();
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, NAME_WIDTH).trim(), cells(line).replaceAll(/\s+/g, " ")]),
  );
}

/** What came of each, in its own words: for whoever wants to know why. */
function reasonsOf({ columns, twins }: Verdicts): string {
  return Object.entries({ ...columns, twins })
    .flatMap(([column, outcomes]) =>
      Object.entries(outcomes).map(([name, { result, why }]) =>
        [column, name, result, why].join("\t"),
      ),
    )
    .join("\n");
}

if (import.meta.main) {
  const verdicts = await judge();
  if (process.argv.includes("--json")) process.stdout.write(JSON.stringify(verdicts));
  else if (process.argv.includes("--why")) process.stdout.write(`${reasonsOf(verdicts)}\n`);
  else process.stdout.write(tableOf(verdicts));
}
