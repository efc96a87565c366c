/** Temperatures, as hwmon and the thermal zones tell them. */
import { namesIn, numberIn, plainName, textIn } from "./sensor_files.ts";
import type { Temperature } from "../../runtime/model/device.ts";

/** Chips that something else heats than a model's work. */
const ELSEWHERE =
  /^(?:nvme|drivetemp|iwlwifi|ath|mt7|brcm|bat|jc42|spd|r8169|enp|eth|wlan|macsmc_battery)/i;
/** Reading it keeps a disk awake. */
const NEVER_READ = /^drivetemp/;
/** A machine may get so near to where it switches itself off. */
const BELOW_CRITICAL = 10;

/** A file that tells a temperature. */
export interface TemperatureSource {
  readonly sensor: string;
  readonly file: string;
  readonly limit: number | undefined;
  readonly isComputing: boolean;
}

/** Finds what tells temperatures below `root`. */
export function findTemperatures(root: string): readonly TemperatureSource[] {
  const found = [...chipsOf(root), ...zonesOf(root)];
  const times = new Map<string, number>();
  // Two disks of a kind have the same name.
  return found.map(({ sensor, file, limit, isComputing }) => {
    const count = (times.get(sensor) ?? 0) + 1;
    times.set(sensor, count);
    return { sensor: count === 1 ? sensor : `${sensor} ${count}`, file, limit, isComputing };
  });
}

/** Reads one; `undefined` when it tells nothing now. */
export function readTemperature(source: TemperatureSource): Temperature | undefined {
  const { sensor, limit, isComputing, file } = source;
  const thousandths = numberIn(file);
  if (thousandths === undefined || !Number.isFinite(thousandths)) return undefined;
  const celsius = thousandths / 1_000;
  return { sensor, celsius, isComputing, ...(limit !== undefined && { limit }) };
}

function chipsOf(root: string): readonly TemperatureSource[] {
  const folder = `${root}/sys/class/hwmon`;
  return namesIn(folder).flatMap((chip) => {
    const name = textIn(folder, chip, "name") ?? chip;
    if (NEVER_READ.test(name)) return [];
    return namesIn(folder, chip).flatMap((file) => {
      const input = /^temp\d+(?=_input$)/.exec(file)?.[0];
      if (input === undefined) return [];
      const own = (ending: string) => degrees(numberIn(folder, chip, `${input}_${ending}`));
      const label = textIn(folder, chip, `${input}_label`) ?? input;
      return [
        {
          sensor: plainName(`${name}/${label}`),
          file: `${folder}/${chip}/${file}`,
          // Many processors work above `max` for hours; it is where the fans are to be loudest.
          limit: minus(own("crit"), BELOW_CRITICAL) ?? own("max"),
          isComputing: !ELSEWHERE.test(name),
        },
      ];
    });
  });
}

function zonesOf(root: string): readonly TemperatureSource[] {
  const folder = `${root}/sys/class/thermal`;
  return namesIn(folder).flatMap((zone) => {
    if (!/^thermal_zone\d+$/.test(zone)) return [];
    const name = textIn(folder, zone, "type") ?? zone;
    return [
      {
        sensor: plainName(`thermal/${name}`),
        file: `${folder}/${zone}/temp`,
        limit: lower(
          minus(tripOf(folder, zone, "critical"), BELOW_CRITICAL),
          tripOf(folder, zone, "passive"),
        ),
        isComputing: !ELSEWHERE.test(name),
      },
    ];
  });
}

/** Where the kernel itself begins to do something: `passive` slows the processors down, `critical` ends everything. */
function tripOf(folder: string, zone: string, kind: string): number | undefined {
  const points = namesIn(folder, zone).flatMap((file) => {
    const trip = /^trip_point_\d+(?=_type$)/.exec(file)?.[0];
    if (trip === undefined || textIn(folder, zone, file) !== kind) return [];
    const celsius = degrees(numberIn(folder, zone, `${trip}_temp`));
    return celsius === undefined ? [] : [celsius];
  });
  return points.length === 0 ? undefined : Math.min(...points);
}

/** Drivers that know no limit say 0, or a number that nothing gets to. */
function degrees(thousandths: number | undefined): number | undefined {
  const celsius = (thousandths ?? 0) / 1_000;
  return celsius > 0 && celsius < 150 ? celsius : undefined;
}

function minus(value: number | undefined, less: number): number | undefined {
  return value === undefined ? undefined : value - less;
}

function lower(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);
}
