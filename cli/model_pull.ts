/** `moult model pull`: shows a download as it goes, ends it in order at Ctrl-C, and says what came of it. */
import { interruptible } from "./interruptible.ts";
import { showTrouble } from "./model_show.ts";
import { aside, json, line, type LiveLine, liveLine } from "./print.ts";
import { bytesText } from "../runtime/bytes_text.ts";
import type { Models, PulledModel, PullEvent } from "../schemas/model_file.ts";

/** Lines of `--json` come at most this often. */
const JSON_MS = 500;
const BAR_CHARS = 16;

/** Pulls a model. Returns the exit code. */
export async function pullAndShow(
  models: Models,
  source: string,
  how: { readonly json: boolean; readonly force: boolean; readonly sha256: string | undefined },
): Promise<number> {
  const show = how.json ? jsonLines() : shown();
  const stopped = "Stopped; the same command goes on from where it is";
  const pulled = await interruptible(stopped, (signal) =>
    models.pull(source, { force: how.force, sha256: how.sha256, signal, onEvent: show.event }),
  ).finally(show.end);
  if (how.json) json({ type: "done", ...pulled });
  else await tell(models, pulled);
  return 0;
}

async function tell(models: Models, pulled: PulledModel): Promise<void> {
  const { name, path, bytes, files, verified, already } = pulled;
  line(`${already ? "Already here" : "Pulled"}: ${name} (${bytesText(bytes)})`);
  for (const file of files)
    line(`  sha256 ${file.sha256}${files.length > 1 ? `  ${file.name}` : ""}`);
  line(`  ${CHECKED[verified]}`);
  const facts = await models.inspect(path);
  showTrouble(facts);
  if (facts.problems.length > 0) return;
  if (facts.here.fits === "no")
    aside(`It does not fit this machine; see "moult model inspect ${name}"`);
  line(`Answer with it: moult model use ${name}`);
}

const CHECKED = {
  given: "It is the checksum that you gave",
  server: "It is the checksum that the server names",
  none: "The server names no checksum, so nothing says whether this is the file its maker meant; compare it yourself",
} as const;

interface Show {
  readonly event: (event: PullEvent) => void;
  readonly end: () => void;
}

function jsonLines(): Show {
  let next = 0;
  return {
    event(event) {
      const isLast = event.type === "progress" && event.bytes === event.bytesTotal;
      if (event.type === "progress" && !isLast && Date.now() < next) return;
      next = Date.now() + JSON_MS;
      json(event);
    },
    end() {},
  };
}

function shown(): Show {
  const last = liveLine();
  return last === undefined ? plain() : bar(last);
}

/** Piped: one line when a file begins, and one for each trouble. */
function plain(): Show {
  let told = "";
  return {
    event(event) {
      if (event.type === "retry") return aside(retryText(event));
      const text = `${event.step === "download" ? "Downloading" : "Checking"} ${event.file}${event.bytesTotal === undefined ? "" : ` (${bytesText(event.bytesTotal)})`}`;
      if (text !== told) aside(text);
      told = text;
    },
    end() {},
  };
}

function bar(last: LiveLine): Show {
  return {
    event(event) {
      if (event.type === "retry") {
        last.clear();
        aside(retryText(event));
      } else last.show(barText(event, (process.stderr.columns || 80) - 1));
    },
    end: last.clear,
  };
}

function retryText({ file, because, inMs }: Extract<PullEvent, { type: "retry" }>): string {
  return `${file}: ${because}; again in ${(inMs / 1_000).toFixed(inMs < 10_000 ? 1 : 0)} s`;
}

/** One line of at most `columns` characters: the name gives way first. */
export function barText(event: Extract<PullEvent, { type: "progress" }>, columns: number): string {
  const { step, file, bytes, bytesTotal, bytesPerSecond, secondsLeft } = event;
  const rate = `${bytesText(bytesPerSecond)}/s`;
  const done =
    bytesTotal === undefined ? bytesText(bytes) : `${bytesText(bytes)} of ${bytesText(bytesTotal)}`;
  const left = secondsLeft === undefined ? "" : `  ${timeText(secondsLeft)} left`;
  const share = bytesTotal === undefined || bytesTotal === 0 ? undefined : bytes / bytesTotal;
  const filled = Math.round((share ?? 0) * BAR_CHARS);
  const drawing =
    share === undefined
      ? ""
      : ` ${"█".repeat(filled)}${"░".repeat(BAR_CHARS - filled)} ${String(Math.floor(share * 100)).padStart(3)} %`;
  const tail = ` ${done}  ${rate}${left}`;
  const name = `${step === "verify" ? "checking " : ""}${file}`;
  const room = columns - drawing.length - tail.length;
  if (room < 0) return tail.trimStart().slice(0, columns);
  return `${name.length > room ? `${name.slice(0, Math.max(0, room - 1))}…` : name}${drawing}${tail}`.slice(
    0,
    columns,
  );
}

function timeText(seconds: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  if (seconds >= 3_600)
    return `${Math.floor(seconds / 3_600)}:${two((seconds % 3_600) / 60)}:${two(seconds % 60)}`;
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}
