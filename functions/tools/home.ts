/** A small simulated home to try things on: lights, heating, locks and blinds that remember their state. It drives no hardware. */
import { type KeyValue, MoultError, defineTool, v } from "moult";

const ROOMS = ["kitchen", "living room", "bedroom", "bathroom", "office", "hallway"] as const;
const DOORS = ["front", "back", "garage"] as const;

/** What a kind of device is called, what it does, and how it starts out. */
const KINDS = {
  light: {
    names: /\b(?:lights?|lamps?|bulbs?)\b/,
    actions: ["on", "off", "set"],
    unit: "%",
    max: 100,
    initial: "off",
  },
  heating: {
    names: /\b(?:heat(?:ing|er)?s?|radiators?|thermostats?|temperature)\b/,
    actions: ["on", "off", "set"],
    unit: " °C",
    max: 30,
    initial: "20 °C",
  },
  blinds: {
    names: /\b(?:blinds?|shutters?|curtains?|shades?)\b/,
    actions: ["open", "close", "set"],
    unit: "% open",
    max: 100,
    initial: "open",
  },
  door: {
    names: /\b(?:doors?|locks?)\b/,
    actions: ["lock", "unlock"],
    unit: "",
    max: 0,
    initial: "locked",
  },
} as const;

type Kind = keyof typeof KINDS;

/** State after an action; `set` takes the value instead. */
const AFTER: Readonly<Record<string, string>> = {
  on: "on",
  off: "off",
  open: "open",
  close: "closed",
  lock: "locked",
  unlock: "unlocked",
};

export default defineTool({
  description: "Switch, set or check a light, heating, blinds or door of the home",
  input: v.object({
    device: v.pipe(v.string(), v.maxLength(100)),
    action: v.picklist(["on", "off", "open", "close", "lock", "unlock", "set", "status"]),
    value: v.optional(v.number()),
  }),
  output: v.object({ device: v.string(), state: v.string() }),
  limits: { timeMs: 5_000 },
  examples: [
    { say: "turn on the light in the kitchen", input: { device: "kitchen light", action: "on" } },
    {
      say: "set the bedroom heating to 21",
      input: { device: "bedroom heating", action: "set", value: 21 },
    },
    { say: "is the front door locked?", input: { device: "front door", action: "status" } },
  ],
  async run({ device, action, value }, { kv }) {
    const { kind, places } = find(device, action);
    if (action !== "status") {
      const state = after(kind, action, value);
      for (const place of places) await kv.set(`${place} ${kind}`, state);
    }
    const states = await Promise.all(places.map((place) => read(`${place} ${kind}`, kv)));
    const [first = ""] = states;
    const same = states.every((state) => state === first);
    const each = places.map((place, index) => `${place} ${states[index]}`).join(", ");
    return { device: `${places.join(", ")} ${kind}`, state: same ? first : each };
  },
});

async function read(key: string, kv: KeyValue): Promise<string> {
  const kind = key.slice(key.lastIndexOf(" ") + 1) as Kind;
  return v.parse(v.optional(v.string(), KINDS[kind].initial), await kv.get(key));
}

/** The kind of device meant, and the rooms or doors. "all", "every" and plurals without a room mean each. */
function find(device: string, action: string): { kind: Kind; places: readonly string[] } {
  const words = device.toLowerCase();
  const kind =
    (Object.keys(KINDS) as Kind[]).find((one) => KINDS[one].names.test(words)) ?? kindFor(action);
  if (kind === undefined) throw unclear(device);
  const all: readonly string[] = kind === "door" ? DOORS : ROOMS;
  const named = all.filter((place) => words.includes(place));
  if (named.length > 0) return { kind, places: named };
  if (/\b(?:all|every|everywhere|lights|lamps|doors|locks|whole)\b/.test(words))
    return { kind, places: all };
  throw unclear(device);
}

/** Only the kind that can do it: "lock the garage", "office on". */
function kindFor(action: string): Kind | undefined {
  return ({ lock: "door", unlock: "door", on: "light", off: "light" } as const)[action];
}

function after(kind: Kind, action: string, value: number | undefined): string {
  const { actions, unit, max } = KINDS[kind];
  if (!(actions as readonly string[]).includes(action))
    throw new MoultError(
      "tool/failed",
      `Cannot ${action} a ${kind}: it knows ${actions.join(", ")} and status`,
    );
  if (action !== "set" && (action !== "on" || value === undefined)) return AFTER[action] ?? action;
  if (value === undefined || value < 0 || value > max)
    throw new MoultError(
      "tool/failed",
      `Cannot set a ${kind} to ${value ?? "nothing"}: give a value of 0 to ${max}`,
    );
  return `${value}${unit}`;
}

function unclear(device: string): MoultError {
  return new MoultError(
    "tool/failed",
    `Cannot find "${device}" in the home: there are light, heating and blinds in ${ROOMS.join(", ")}, and the ${DOORS.join(", ")} door`,
  );
}
