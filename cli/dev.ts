/** `moult dev`: the daemon, every reload and failure as it happens, and a prompt to chat at meanwhile. */
import { allAsksOf, linesWithin } from "../runtime/policy/asks.ts";
import type { FunctionInfo } from "../schemas/function.ts";
import type { Rehearsal } from "../runtime/load/examples.ts";
import type { RuntimeEvent } from "../schemas/turn.ts";
import { sayChannels } from "./channels.ts";
import { checkLines, exampleLines, withheldLine } from "./check_lines.ts";
import { Checks, type ChecksOptions } from "./checks.ts";
import { catchFaults } from "./faults.ts";
import { json, paint, word } from "./print.ts";
import type { Daemon } from "../runtime/daemon.ts";
import type { Command } from "./program.ts";
import { RefusalScreen } from "./refusal_lines.ts";
import { openScreen } from "./screen.ts";
import {
  DAEMON_HELP,
  DAEMON_OPTIONS,
  daemonOptions,
  endAtLast,
  startHere,
  stopOnSignals,
} from "./start.ts";

/** `moult dev` */
export const command: Command = {
  usage: "[options]",
  options: DAEMON_OPTIONS,
  help: DAEMON_HELP,
  async run(program, _positionals, values) {
    const options = daemonOptions(values);
    const asJson = values["json"] === true;
    const starting = startHere(program, values, { approveOnSight: true, everyRefusal: true });
    stopOnSignals(starting);
    const { daemon, home, warnings } = await starting;
    const exitCode = catchFaults(daemon);
    // Not before: a prompt would keep a process alive whose start has failed.
    const screen = openScreen();
    const shown = asJson ? jsonReport() : textReport(daemon, screen.print);
    if (asJson) json({ type: "started", url: daemon.url, home: home.dir });
    else {
      for (const warning of warnings) screen.print(paint("yellow", `warning: ${warning}`));
      screen.print(
        `moult ${program.version} on ${paint("bold", daemon.url)}  API page: ${daemon.url}/docs`,
      );
      screen.print(paint("dim", `functions ${options.functions}`));
      screen.print(paint("dim", `key       ${home.dir}/owner.key`));
      for (const { name, error } of daemon.functions.list())
        if (error !== undefined) screen.print(failedLine(name, error));
      for (const text of grantedLines(daemon.functions.list())) screen.print(text);
      void sayChannels(daemon, screen.print);
    }
    const checks = new Checks({ dir: options.functions, functions: daemon.functions, ...shown });
    daemon.watch((event) => {
      shown.onEvent(event);
      checks.hear(event);
    });
    void screen.chat(daemon);
    await daemon.ending;
    await checks.close();
    await daemon.stopped;
    screen.close();
    endAtLast();
    return exitCode();
  },
};

/** Who is told of what happens. */
interface Report extends Pick<ChecksOptions, "onChecked" | "onExamples" | "onSlow"> {
  readonly onEvent: (event: RuntimeEvent) => void;
}

function jsonReport(): Report {
  return {
    onEvent: json,
    onChecked: (checked) => json({ type: "function.checked", ...checked }),
    onExamples: () => undefined,
    onSlow: () => undefined,
  };
}

function textReport(daemon: Daemon, print: (text: string) => void): Report {
  const withheldTold = new Set<string>();
  const refusals = new RefusalScreen();
  let told: Rehearsal | undefined;
  return {
    onEvent(event) {
      const { type } = event;
      if (type === "function.denied") {
        const lines = refusals.linesOf(event, daemon.functions.get(word(event["name"])));
        if (lines.length > 0) print(lines.join("\n"));
        return;
      }
      if (type === "turn.started" || type === "model.governed") return;
      const text = describe(type, event);
      if (text !== undefined) print(text);
    },
    onChecked(checked) {
      const { name, examples } = checked;
      print(checkLines(checked, examples !== undefined && examples === told).join("\n"));
      if (examples === undefined || examples.withheld.length === 0 || withheldTold.has(name))
        return;
      withheldTold.add(name);
      print(withheldLine(name, examples.withheld));
    },
    onExamples(examples) {
      told = examples;
      print(exampleLines(examples).join("\n"));
    },
    onSlow: (name) => print(paint("dim", `  … ${name}: its tests are running`)),
  };
}

/** Events that are not worth a line. */
type Silent = "turn.started" | "model.governed";

/** One line (or a few) for a runtime event; `undefined` where it has nothing to tell. */
function describe(
  type: Exclude<RuntimeEvent["type"], "function.denied" | Silent>,
  event: RuntimeEvent,
): string | undefined {
  const name = paint("bold", word(event["name"]));
  switch (type) {
    case "function.loaded":
      return [
        `${paint("green", "✓")} ${name} ${word(event["version"])} in ${Math.round(Number(event["ms"]))} ms`,
        ...warningsOf(event).map((text) => `  ${paint("yellow", "·")} ${text}`),
      ].join("\n");
    case "function.failed":
      return failedLine(word(event["name"]), word(event["error"]));
    case "function.removed":
      return `${paint("yellow", "−")} ${name} removed`;
    case "function.crashed":
      return `${paint("red", "✗")} ${name} crashed: ${word(event["reason"])}`;
    case "function.rolled_back":
      return `${paint("yellow", "↩")} ${name} ${rolledBack(event)}`;
    case "function.approved":
      return grantedLine(word(event["name"]), event["granted"]);
    case "function.log":
      return paint(
        "dim",
        `  ${word(event["name"])} ${word(event["level"])}: ${word(event["text"])}`,
      );
    case "model.state":
      return paint("dim", `model ${stateText(event)}`);
    case "turn.done":
      return triggeredLine(event);
    case "function.pending":
      return `${paint("yellow", "…")} ${name} waits for your approval: moult approve ${word(event["name"])}`;
  }
}

function stateText({ state, reason }: RuntimeEvent): string {
  return `${word(state)}${reason ? `: ${word(reason)}` : ""}`;
}

/** Of so many functions dev says at its start what they may touch. */
const GRANTED_SHOWN = 20;

function grantedLines(functions: readonly FunctionInfo[]): readonly string[] {
  const lines = functions.flatMap(({ name, grant, manifest }) => {
    if (grant === undefined || manifest === undefined) return [];
    const asks = allAsksOf(manifest);
    return [grantedLine(name, linesWithin(asks, asks))];
  });
  const more = lines.length - GRANTED_SHOWN;
  return [
    ...lines.slice(0, GRANTED_SHOWN),
    ...(more > 0 ? [`${paint("yellow", "⚿")} and ${more} more functions may; see moult list`] : []),
  ];
}

function grantedLine(name: string, granted: unknown): string {
  const what = Array.isArray(granted) ? granted.map(word).join(", ") : "";
  return `${paint("yellow", "⚿")} ${paint("bold", name)} ${what} (granted: it is your own file)`;
}

/** What is odd about a file that has loaded. */
function warningsOf({ warnings }: RuntimeEvent): readonly string[] {
  return Array.isArray(warnings) ? warnings.map(word) : [];
}

/** A turn that a trigger began; of others, those who wrote are told. */
function triggeredLine(event: RuntimeEvent): string | undefined {
  const name = event["function"];
  if (typeof name !== "string") return undefined;
  const outcome = word(event["outcome"]);
  const mark = paint(outcome === "answered" ? "green" : "red", "⏱");
  const how = `${outcome} in ${Math.round(Number(event["ms"]))} ms`;
  return `${mark} ${paint("bold", name)} ${how}, in session ${word(event["session"])}`;
}

function failedLine(name: string, error: string): string {
  return `${paint("red", "✗")} ${paint("bold", name)} ${error}`;
}

function rolledBack({ from, to, because }: RuntimeEvent): string {
  const why = because === "crashes" ? `: ${word(from)} crashed too often` : "";
  return `is back at ${word(to)}${why}`;
}
