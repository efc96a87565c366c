/** What happens to conversations when their kept K/V is damaged, or there is no place for it. */
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  readdirSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { type ChatMessage, type ChatServer, chat } from "./chat_server.ts";
import { type Place, makePlace } from "./daemon.ts";
import { type Row, exactly, fact, isAlive, onLeave, seeded } from "./harness.ts";
import { type ServerOptions, modelState, startMoultIn } from "./moult_server.ts";
import { Prompts } from "./prompts.ts";

/** MiB of the small disk: less than the conversations need. */
export const DISK_MIB = 2;

/** What was kept of conversations has a bit turned over, is cut off, or is another home's. */
export async function statesBroken(room: ServerOptions): Promise<readonly Row[]> {
  const [place, foreign] = [makePlace(), makePlace()];
  try {
    const before = (await talkAt(place, room)) + (await talkAt(foreign, room));
    const [files, others] = [statesIn(place.home), statesIn(foreign.home)];
    const random = seeded(2);
    for (const [index, file] of files.entries()) {
      const other = others[index];
      if (index % 3 === 0) flipBit(file, random, statSync(file).size);
      else if (index % 3 === 1) truncateSync(file, Math.floor(statSync(file).size * random()));
      else if (other !== undefined) copyFileSync(other, file);
    }
    const moult = await startMoultIn(place, room, ON_DISK);
    try {
      const failed = await talkInTurns(moult);
      return [
        exactly("conversations kept on disk: turns that failed", before, 0),
        fact("…files of them broken, cut off or another home's", files.length),
        exactly("…turns that failed with those", failed, 0),
        exactly("…the daemon lives", isAlive(moult.daemon.pid) ? "yes" : "no", "yes"),
        exactly("…the host was not restarted", (await modelState(moult.daemon)).restarts, 0),
      ];
    } finally {
      await moult.daemon.stop();
    }
  } finally {
    place.remove();
    foreign.remove();
  }
}

/** Conversations are kept on disk alone. */
const ON_DISK = { kv: { ramMiB: 0, diskMiB: 256 } };

/** Talks to a daemon of its own. Returns how many turns failed. */
async function talkAt(home: Place, room: ServerOptions): Promise<number> {
  const moult = await startMoultIn(home, room, ON_DISK);
  try {
    return await talkInTurns(moult);
  } finally {
    await moult.daemon.stop();
  }
}

function statesIn(home: string): readonly string[] {
  const folder = join(home, "kv");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".state"))
    .map((name) => join(folder, name));
}

/** The folder of conversations takes nothing any more. */
export async function readOnly(room: ServerOptions): Promise<readonly Row[] | string> {
  return await onDisk(
    "Read-only folder",
    async (place, disk) => {
      const moult = await startMoultIn(place, room, ON_DISK);
      try {
        const before = await talkInTurns(moult);
        const { success } = Bun.spawnSync(["mount", "-o", "remount,ro", disk]);
        const failed = await talkInTurns(moult);
        const state = await modelState(moult.daemon);
        await moult.daemon.stop();
        const after = await talkAt(place, room);
        return [
          exactly("folder becomes read-only", success ? "yes" : "no", "yes"),
          exactly(
            "…turns that failed before, after, and after a restart",
            before + failed + after,
            0,
          ),
          exactly("…the model", state.state, "ready"),
        ];
      } finally {
        await moult.daemon.stop();
      }
    },
    64,
  );
}

/** Turns one bit over, in so many bytes of a file. */
export function flipBit(file: string, random: () => number, bytes: number, from = 0): void {
  const at = from + Math.floor(random() * bytes);
  const byte = Buffer.alloc(1);
  const fd = openSync(file, "r+");
  readSync(fd, byte, 0, 1, at);
  byte[0] = (byte[0] ?? 0) ^ (1 << Math.floor(random() * 8));
  writeSync(fd, byte, 0, 1, at);
  closeSync(fd);
}

/** Conversations are put aside where there is hardly any room. */
export async function diskFull(room: ServerOptions): Promise<readonly Row[] | string> {
  return await onDisk(
    "Full disk",
    async (place, disk) => {
      const moult = await startMoultIn(place, room, { kv: { ramMiB: 1, diskMiB: 1_024 } });
      try {
        const failed = await talkInTurns(moult);
        const files = existsSync(disk) ? readdirSync(disk).length : 0;
        return [
          fact("disk full: files that found room", files),
          exactly("…turns that failed", failed, 0),
          exactly("…the daemon lives", isAlive(moult.daemon.pid) ? "yes" : "no", "yes"),
          exactly("…the model", (await modelState(moult.daemon)).state, "ready"),
        ];
      } finally {
        await moult.daemon.stop();
      }
    },
    DISK_MIB,
  );
}

/** Lends a home whose conversations are on a disk of their own. */
async function onDisk(
  what: string,
  work: (place: Place, disk: string) => Promise<readonly Row[]>,
  sizeMiB: number,
): Promise<readonly Row[] | string> {
  const place = makePlace();
  const disk = join(place.home, "kv");
  mkdirSync(disk, { recursive: true, mode: 0o700 });
  const size = `size=${sizeMiB}m,mode=0700`;
  const mount = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", size, "tmpfs", disk]);
  if (!mount.success) {
    place.remove();
    return `${what}: this user may not mount a file system, so this was left out.`;
  }
  const unmount = () => void Bun.spawnSync(["umount", "--lazy", disk]);
  const forget = onLeave(unmount);
  try {
    return await work(place, disk);
  } finally {
    unmount();
    forget();
    place.remove();
  }
}

/** Twelve conversations of two turns each in rotation. Returns how many turns failed. */
async function talkInTurns(server: ChatServer): Promise<number> {
  const talks: ChatMessage[][] = Array.from({ length: 12 }, () => []);
  const prompts = new Prompts(2);
  let failed = 0;
  for (const messages of [...talks, ...talks]) {
    messages.push({ role: "user", content: prompts.next(600) });
    try {
      const { text } = await chat(server, { messages, tokensMax: 8 });
      messages.push({ role: "assistant", content: text });
    } catch (error) {
      console.error(error);
      failed++;
    }
  }
  return failed;
}
