/** The files of a new project, as texts. Knows no disk. */
import type { MoultManifest } from "./vendor.ts";

/** What the files of a project depend on. */
export interface ProjectFacts {
  /** The folder's name; a package name is made of it. */
  readonly name: string;
  /** What `dependencies.moult` says. */
  readonly dependency: string;
  /** Path of the tarball below the project; `undefined` when moult comes from a registry. */
  readonly vendored: string | undefined;
  /** The version of Bun that the project is tried with. */
  readonly bun: string;
  readonly manifest: MoultManifest;
}

/** The files by their paths below the project. */
export function projectFiles(facts: ProjectFacts): Readonly<Record<string, string>> {
  return {
    "package.json": packageJson(facts),
    "bunfig.toml": BUNFIG,
    "tsconfig.json": TSCONFIG,
    ".gitignore": "node_modules/\n.moult/\n.env\n",
    "functions/tools/dice.ts": DICE,
    "functions/tools/dice.test.ts": DICE_TEST,
    "README.md": readme(facts),
  };
}

function packageJson({ name, dependency, manifest }: ProjectFacts): string {
  const gpu = Object.entries(manifest.scripts).filter(([script]) => script.startsWith("gpu:"));
  const document = {
    name: packageName(name),
    private: true,
    type: "module",
    scripts: {
      moult: "moult",
      start: "moult start",
      dev: "moult dev",
      test: "bun test ./functions",
      // Removes what this machine can never use. At the end of an installation, which no dependency's script waits for.
      postinstall: "bun --no-install node_modules/moult/.ci/prune.ts",
      ...Object.fromEntries(gpu),
    },
    dependencies: { moult: dependency },
    devDependencies: { "@types/bun": manifest.devDependencies["@types/bun"] ?? "latest" },
    // Without these the model engine brings half a gigabyte for GPUs; a package's own overrides do not count here.
    overrides: manifest.overrides,
    allowScripts: { bun: true },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

/** npm's rules for names; "moult" cannot depend on itself. */
function packageName(name: string): string {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replace(/^[._-]+/, "");
  return plain === "" || plain === "moult" ? "my-agent" : plain.slice(0, 100);
}

const BUNFIG = `# Nothing installs itself: a function that imports a stranger's name must fail, not download it.
[install]
auto = "disable"
exact = true

[run]
silent = true
bun = true
`;

const TSCONFIG = `{
  "extends": "./node_modules/moult/tsconfig.json",
  "include": ["functions"],
  "exclude": []
}
`;

const DICE = `import { defineTool, v } from "moult";

export default defineTool({
  description: "Roll a dice",
  input: v.object({ sides: v.optional(v.number(), 6) }),
  output: v.object({ result: v.number() }),
  examples: [{ say: "roll the dice", input: {} }],

  run({ sides }) {
    return { result: 1 + Math.floor(Math.random() * sides) };
  },
});
`;

const DICE_TEST = `import { expect, test } from "bun:test";
import { callTool } from "moult/testing";
import dice from "./dice.ts";

test("dice gives a number from 1 to its sides", async () => {
  const { result } = await callTool(dice, { sides: 4 });
  expect([1, 2, 3, 4]).toContain(result);
});
`;

function readme({ name, vendored, bun }: ProjectFacts): string {
  const install = `npm i -g bun@${bun} && bun install`;
  return `# ${name}

An agent on moult: each file in \`functions/\` is one thing that it can do.

\`\`\`sh
${install} && bun moult chat "what is 17 * 23?"
\`\`\`

The same, ending in green tests:

\`\`\`sh
${install} && bun run test
\`\`\`

\`functions/tools/dice.ts\` is a tool of your own: \`bun moult chat "roll the dice"\` uses it.

| I want to …              |                                                            |
| ------------------------ | ---------------------------------------------------------- |
| see every change at work | \`bun dev\`, then edit and save; it takes messages meanwhile |
| write another function   | \`bun moult new tool NAME\`                                  |
| check the types          | \`bun check\`                                                |
| talk to it on Telegram   | \`node_modules/moult/docs/telegram.md\`                      |
| choose another model     | \`node_modules/moult/docs/models.md\`                        |
| know how functions work  | \`node_modules/moult/docs/functions.md\`                     |
| see all commands         | \`bun moult --help\`                                         |

\`.moult/\` holds your key, your secrets and your conversations: keep it out of version control.${vendored === undefined ? "" : vendoredNote(vendored)}
`;
}

const vendoredNote = (vendored: string): string => `
\`${vendored}\` is moult itself: keep it in version control, and the project installs on any machine. To change to
a newer moult, let that one make a project in an empty folder, take over its tarball, and \`bun add\` it.`;
