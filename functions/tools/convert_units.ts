/** Converts between units of one quantity. Every unit is a factor (and an offset, for temperatures) of a base unit. */
import { MoultError, defineTool, v } from "moult";

/** Per quantity: `names = factor to the base unit`. The first name is the one that answers use. */
const TABLE: Readonly<Record<string, string>> = {
  length: `m, meter, metre = 1; km, kilometer, kilometre, klick = 1000; cm, centimeter, centimetre = 0.01; mm, millimeter, millimetre = 0.001;
    µm, um, micrometer, micron = 1e-6; nm, nanometer = 1e-9; mi, mile = 1609.344; yd, yard = 0.9144; ft, foot, feet, ' = 0.3048;
    in, inch, inche, " = 0.0254; nmi, nautical mile = 1852; ly, light year, light-year = 9.4607304725808e15; AU, astronomical unit = 149597870700`,
  mass: `kg, kilogram, kilo = 1; g, gram, gramme = 0.001; mg, milligram = 1e-6; µg, ug, mcg, microgram = 1e-9; t, ton, tonne, metric ton = 1000;
    lb, pound = 0.45359237; oz, ounce = 0.028349523125; st, stone = 6.35029318; us ton, short ton = 907.18474; ct, carat = 0.0002`,
  volume: `L, liter, litre = 1; mL, milliliter, millilitre, cc = 0.001; cl, centiliter = 0.01; dl, deciliter = 0.1; m³, m3, cubic meter, cubic metre = 1000;
    gal, gallon, us gallon = 3.785411784; imperial gallon, uk gallon = 4.54609; qt, quart = 0.946352946; pt, pint = 0.473176473; cup = 0.2365882365;
    fl oz, fluid ounce = 0.0295735295625; tbsp, tablespoon = 0.01478676478125; tsp, teaspoon = 0.00492892159375; cm3, cm³ = 0.001; ft3, ft³, cubic foot, cubic feet = 28.316846592`,
  temperature: `°C, c, celsius, centigrade, degree celsius, degrees celsius = 1 + 273.15; °F, f, fahrenheit, degree fahrenheit, degrees fahrenheit = 0.5555555555555556 + 255.3722222222222; K, kelvin = 1`,
  speed: `m/s, mps, meters per second, metres per second = 1; km/h, kmh, kph, kilometers per hour, kilometres per hour = 0.2777777777777778;
    mph, mi/h, miles per hour = 0.44704; kn, kt, knot = 0.5144444444444445; ft/s, feet per second = 0.3048`,
  area: `m², m2, sqm, sq m, square meter, square metre = 1; km², km2, square kilometer, square kilometre, sq km = 1e6; cm², cm2, square centimeter = 1e-4;
    ha, hectare = 1e4; acre, ac = 4046.8564224; ft², ft2, sqft, sq ft, square foot, square feet = 0.09290304; in², in2, square inch, square inche, sq in = 0.00064516;
    mi2, mi², square mile, sq mi = 2589988.110336; yd2, square yard, sq yd = 0.83612736`,
  data: `B, byte = 1; bit = 0.125; kB, kilobyte = 1e3; MB, megabyte, meg = 1e6; GB, gigabyte, gig = 1e9; TB, terabyte = 1e12; PB, petabyte = 1e15;
    KiB, kibibyte = 1024; MiB, mebibyte = 1048576; GiB, gibibyte = 1073741824; TiB, tebibyte = 1099511627776; kbit, kilobit = 125; Mbit, megabit = 125000; Gbit, gigabit = 1.25e8`,
  time: `s, sec, second = 1; ms, millisecond = 0.001; µs, us, microsecond = 1e-6; ns, nanosecond = 1e-9; min, minute = 60; h, hr, hour = 3600; d, day = 86400;
    week, wk = 604800; fortnight = 1209600; month = 2628000; year, yr = 31536000; decade = 315360000; century, centurie = 3153600000`,
  energy: `J, joule = 1; kJ, kilojoule = 1000; MJ, megajoule = 1e6; cal, calorie = 4.184; kcal, kilocalorie, food calorie = 4184; Wh, watt hour, watt-hour = 3600;
    kWh, kilowatt hour, kilowatt-hour = 3.6e6; MWh, megawatt hour = 3.6e9; BTU = 1055.05585262; eV, electronvolt = 1.602176634e-19`,
  pressure: `Pa, pascal = 1; hPa, hectopascal = 100; kPa, kilopascal = 1000; MPa, megapascal = 1e6; bar = 1e5; mbar, millibar = 100;
    psi, pounds per square inch = 6894.757293168; atm, atmosphere = 101325; mmHg, torr = 133.322387415; inHg = 3386.389`,
};

interface Unit {
  readonly name: string;
  readonly quantity: string;
  readonly factor: number;
  /** Added after the factor: kelvins, for the two scales with a zero of their own. */
  readonly offset: number;
}

/** Filled at the first call: importing a definition does no work. */
const UNITS = new Map<string, Unit>();

export default defineTool({
  description: "Convert a value between units",
  input: v.object({
    value: v.optional(v.number(), 1),
    from: v.pipe(v.string(), v.maxLength(50)),
    to: v.pipe(v.string(), v.maxLength(50)),
  }),
  output: v.object({ result: v.number(), unit: v.string() }),
  limits: { timeMs: 2_000 },
  examples: [
    { say: "how many km is 5 miles", input: { value: 5, from: "miles", to: "km" } },
    { say: "100 fahrenheit in celsius", input: { value: 100, from: "fahrenheit", to: "celsius" } },
    { say: "how many feet are in a mile?", input: { from: "mile", to: "feet" } },
  ],
  run({ value, from, to }) {
    if (UNITS.size === 0) fillUnits();
    const [source, target] = [find(from), find(to)];
    if (source.quantity !== target.quantity)
      throw new MoultError(
        "tool/failed",
        `Cannot convert ${source.quantity} ("${from}") to ${target.quantity} ("${to}")`,
      );
    const base = value * source.factor + source.offset;
    const result = (base - target.offset) / target.factor;
    if (!Number.isFinite(result))
      throw new MoultError("tool/failed", `Cannot convert ${value} ${from}: it is too large`);
    return { result: tidy(result), unit: target.name };
  },
});

function fillUnits(): void {
  for (const [quantity, units] of Object.entries(TABLE))
    for (const unit of units.split(";")) {
      const [names = "", size = ""] = unit.split(" = ");
      const [factor = 1, offset = 0] = size.split(" + ").map(Number);
      const [name = "", ...others] = names.split(",").map((one) => one.trim());
      for (const spelling of [name, ...others])
        UNITS.set(spelling.toLowerCase(), { name, quantity, factor, offset });
    }
}

/** The unit of a spelling: any case, singular or plural, with or without a number before it. */
function find(spelling: string): Unit {
  const plain = spelling.toLowerCase().replace(/^[\s\d.,]+(?=\D)|[\s.?!,]+$/g, "");
  const name = plain
    .replace(/^(?:an?|the|of|degrees?) |^deg /, "")
    .replace(/\s+/g, " ")
    .trim();
  // "square meters" and "meters per second": the plural is not always at the end.
  for (const guess of [
    name,
    name.replace(/e?s$/, ""),
    name.replace(/s$/, ""),
    name.replace(/s per /, " per "),
  ]) {
    const unit = UNITS.get(guess);
    if (unit !== undefined) return unit;
  }
  const known = Object.keys(TABLE).map((quantity) => `${quantity} (${namesOf(quantity)})`);
  throw new MoultError(
    "tool/failed",
    `Cannot find the unit "${spelling}"; I know ${known.join(", ")}`,
  );
}

function namesOf(quantity: string): string {
  const names = [...UNITS.values()].filter((unit) => unit.quantity === quantity);
  return [...new Set(names.map((unit) => unit.name))].slice(0, 8).join(", ");
}

/** Six significant digits, and at least four decimals for large numbers: 8.04672, 37.7778, 123456.789. */
function tidy(number: number): number {
  const digits = Math.abs(number) < 1 ? 0 : Math.floor(Math.log10(Math.abs(number))) + 1;
  return Number(number.toPrecision(Math.min(15, Math.max(6, digits + 4))));
}
