/** How long the prompt of the shortest message is. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Daemon, Place } from "./daemon.ts";
import { makePlace, scripted, withDaemon } from "./daemon.ts";
import { type Bench, type Report, type Row, atMost, fact } from "./harness.ts";

const SKILLS = 50;
const TOOLS = 1_000;

/** One claim. */
export const bench: Bench = {
  title: "Prompt",
  about: `Tokens that a model reads before it can answer "hello" in a new session: system text, tools and the message. The embedded model counts its own; for a model of one's own they are estimated, on the high side, at 3.5 characters each. OpenClaw 2026.9.6 sends 42.6 KB, some 10,000 tokens, from an empty workspace.`,
  run: measure,
};

async function measure(): Promise<Report> {
  return {
    rows: [
      ...(await rowsOf("embedded model, all built-ins", { isEmbedded: true })),
      ...(await rowsOf("a model of one's own, all built-ins", {})),
      ...(await rowsOf(`with ${SKILLS} SKILL.md folders more`, { skills: SKILLS })),
      ...(await rowsOf(`with ${TOOLS} tools more`, { tools: TOOLS })),
    ],
    notes: [
      `Each of the ${SKILLS} skills has a description of 300 characters and instructions of 8,000: all of them in the prompt would be ${Math.round((SKILLS * 8_300) / 3.5)} tokens.`,
    ],
  };
}

async function rowsOf(
  which: string,
  more: { readonly isEmbedded?: boolean; readonly skills?: number; readonly tools?: number },
): Promise<Row[]> {
  const place = makePlace();
  try {
    for (let n = 0; n < (more.skills ?? 0); n++) writeSkill(place, n);
    for (let n = 0; n < (more.tools ?? 0); n++) writeTool(place, n);
    const config = scripted(place, [{ reply: "Hello." }]);
    const options = more.isEmbedded === true ? {} : { config };
    return await withDaemon(place, options, async (daemon) => {
      const asked = await hello(daemon);
      const tokens = more.isEmbedded === true ? asked.promptTokens : asked.prefixTokens + 10;
      return [
        atMost(which, tokens, 1_500, "tokens"),
        fact(`${which}: tools offered`, asked.tools.length),
      ];
    });
  } finally {
    place.remove();
  }
}

interface Asked {
  readonly promptTokens: number;
  readonly prefixTokens: number;
  readonly tools: readonly string[];
}

async function hello(daemon: Daemon): Promise<Asked> {
  const { turn } = await daemon.turn("bench:hello", "hello");
  const trace = await daemon.ask(`/api/turns/${turn}`);
  const { events } = (await trace.json()) as { readonly events: readonly object[] };
  const asked = events.find((event) => "promptTokens" in event);
  if (asked === undefined) throw new Error(`No model was asked: ${JSON.stringify(events)}`);
  return asked as Asked; // The contract's shape; a bench that reads a wrong one fails.
}

function writeSkill(place: Place, n: number): void {
  const name = `procedure-${n}`;
  const folder = join(place.functions, "skills", name);
  mkdirSync(folder, { recursive: true });
  const description = `Handles case ${n} of the office. `.repeat(10).slice(0, 300).trim();
  const body = "Read the case, ask what is missing, and write the answer down.\n".repeat(127);
  const text = `---\nname: ${name}\ndescription: ${description}\n---\n\n${body}`;
  writeFileSync(join(folder, "SKILL.md"), text);
}

function writeTool(place: Place, n: number): void {
  const text = `import { defineTool, v } from "moult";

export default defineTool({
  description: "Look up record ${n} of the archive",
  input: v.object({ name: v.string(), year: v.optional(v.number()) }),
  run: ({ name }) => ({ name }),
});
`;
  writeFileSync(join(place.functions, `archive_${n}.ts`), text);
}
