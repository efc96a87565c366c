/** Power, as RAPL, hwmon and batteries tell it. RAPL counts energy: power is what was counted between two readings. */
import { namesIn, numberIn, plainName, textIn } from "./sensor_files.ts";
import type { Power } from "../../runtime/model/device.ts";

/** Two readings that are nearer together say nothing. */
const SPAN_MS_MIN = 50;
/** Nothing that is read here draws more: the counter was reset, or is broken. */
const WATTS_MAX = 10_000;

interface Counted {
  readonly microjoules: number;
  readonly at: number;
}

/** Reads power below a folder. */
export class Powers {
  readonly #root: string;
  readonly #counted = new Map<string, Counted>();

  constructor(root: string) {
    this.#root = root;
  }

  /** @param now milliseconds of a clock that never goes back */
  read(now: number): { readonly powers: readonly Power[]; readonly onBattery: boolean } {
    const packages = this.#packages(now);
    const supplies = this.#supplies();
    const boards = this.#boards();
    // The same watts must not be counted twice: what is nearest to the processor counts.
    const counting = [packages, boards, supplies.powers].find((group) => group.length > 0);
    const counted = (group: readonly Reading[]): readonly Power[] =>
      group.map((power) => ({ ...power, counts: group === counting }));
    return {
      powers: [...counted(packages), ...counted(boards), ...counted(supplies.powers)],
      onBattery: supplies.onBattery,
    };
  }

  /** Whole packages: their parts are in them already. */
  #packages(now: number): readonly Reading[] {
    const folder = `${this.#root}/sys/class/powercap`;
    const zones = namesIn(folder).flatMap((zone) => {
      if (!/^(?:intel|amd)-rapl:\d+$/.test(zone)) return [];
      const name = textIn(folder, zone, "name") ?? zone;
      const watts = this.#wattsOf(folder, zone, now);
      return watts === undefined ? [] : [{ sensor: plainName(name), watts }];
    });
    const whole = zones.filter(({ sensor }) => sensor.startsWith("package"));
    return whole.length > 0 ? whole : zones;
  }

  #wattsOf(folder: string, zone: string, now: number): number | undefined {
    const microjoules = numberIn(folder, zone, "energy_uj");
    if (microjoules === undefined || microjoules < 0) return undefined;
    const before = this.#counted.get(zone);
    if (before !== undefined && now - before.at < SPAN_MS_MIN) return undefined;
    this.#counted.set(zone, { microjoules, at: now });
    if (before === undefined) return undefined;
    const range = numberIn(folder, zone, "max_energy_range_uj") ?? 0;
    const wrapped = microjoules < before.microjoules ? range : 0;
    const watts = (microjoules + wrapped - before.microjoules) / (now - before.at) / 1_000;
    return watts >= 0 && watts < WATTS_MAX ? watts : undefined;
  }

  /** Meters of boards and graphics cards. */
  #boards(): readonly Reading[] {
    const folder = `${this.#root}/sys/class/hwmon`;
    return namesIn(folder).flatMap((chip) =>
      ["power1_average", "power1_input"].flatMap((file, index, files) => {
        const isSaid = index > 0 && numberIn(folder, chip, files[0] ?? "") !== undefined;
        const microwatts = isSaid ? undefined : numberIn(folder, chip, file);
        if (microwatts === undefined || microwatts < 0 || microwatts / 1e6 > WATTS_MAX) return [];
        const name = textIn(folder, chip, "name") ?? chip;
        return [{ sensor: plainName(name), watts: microwatts / 1e6 }];
      }),
    );
  }

  #supplies(): { readonly powers: readonly Reading[]; readonly onBattery: boolean } {
    const folder = `${this.#root}/sys/class/power_supply`;
    const powers: Reading[] = [];
    let isPlugged = false;
    let discharges = false;
    for (const supply of namesIn(folder)) {
      const type = textIn(folder, supply, "type");
      if (type === "Mains" || type === "USB")
        isPlugged ||= numberIn(folder, supply, "online") === 1;
      // A mouse has a battery as well.
      if (type !== "Battery" || textIn(folder, supply, "scope") === "Device") continue;
      if (textIn(folder, supply, "status") !== "Discharging") continue;
      discharges = true;
      const watts = dischargeOf(folder, supply);
      if (watts !== undefined) powers.push({ sensor: plainName(`battery/${supply}`), watts });
    }
    return { powers, onBattery: discharges && !isPlugged };
  }
}

type Reading = Omit<Power, "counts">;

function dischargeOf(folder: string, supply: string): number | undefined {
  const microwatts = numberIn(folder, supply, "power_now");
  if (microwatts !== undefined) return sane(Math.abs(microwatts) / 1e6);
  const microamperes = numberIn(folder, supply, "current_now");
  const microvolts = numberIn(folder, supply, "voltage_now");
  if (microamperes === undefined || microvolts === undefined) return undefined;
  return sane((Math.abs(microamperes) / 1e6) * (microvolts / 1e6));
}

function sane(watts: number): number | undefined {
  return watts < WATTS_MAX ? watts : undefined;
}
