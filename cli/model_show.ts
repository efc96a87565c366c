/** How models and their sizes are shown to people. */
import { aside, line, paint } from "./print.ts";
import { bytesText } from "../runtime/bytes_text.ts";
import type { ModelFacts } from "../schemas/model_file.ts";

const LABEL_CHARS = 14;

/** `7.6 B` parameters, `2.9 M` */
export function countText(count: number): string {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)} B`;
  return count >= 1e6 ? `${(count / 1e6).toFixed(1)} M` : String(count);
}

/** Prints what a model is. */
export function showFacts(facts: ModelFacts): void {
  const { title, path, architecture, layers, parameters, contextTokens, bytes, files } = facts;
  line(`${paint("bold", title)}  ${path}`);
  field("architecture", `${architecture}, ${layers} layers`);
  field("parameters", countText(parameters));
  field("quantisation", `${facts.quantisation} (${mixText(facts)})`);
  field("context", `${contextTokens} tokens`);
  field("chat template", TEMPLATE[facts.chatTemplate]);
  field("size", `${bytesText(bytes)}${files > 1 ? ` in ${files} files` : ""}`);
  for (const [index, need] of facts.memory.entries())
    field(
      index === 0 ? "memory" : "",
      `${String(need.contextTokens).padStart(6)} tokens of conversation: about ${bytesText(need.bytes)}`,
    );
  field("here", hereText(facts));
  showTrouble(facts);
}

/** Prints what stands in a model's way, or should be known. */
export function showTrouble({ problems, warnings, here }: ModelFacts): void {
  for (const problem of problems)
    aside(paint("red", `It cannot be used: ${problem}`, process.stderr));
  for (const warning of warnings) aside(paint("yellow", `warning: ${warning}`, process.stderr));
  if (here.fits === "tight")
    aside(paint("yellow", "warning: Other programs use the memory that it needs", process.stderr));
}

const TEMPLATE = {
  tools: "yes, with tools",
  text: "yes, without tools",
  none: "none",
} as const;

const FITS = { yes: "fits", tight: "fits only while others use less", no: "does not fit" } as const;

function hereText({ here }: ModelFacts): string {
  const { slots, contextTokens, bytes, machineBytes, freeBytes, fits } = here;
  const what = slots === 1 ? "a conversation" : `${slots} conversations`;
  return `${what} of ${contextTokens} tokens: about ${bytesText(bytes)} of ${bytesText(machineBytes)} (${bytesText(freeBytes)} free): ${FITS[fits]}`;
}

function mixText({ mix }: ModelFacts): string {
  const total = mix.reduce((sum, { bytes }) => sum + bytes, 0);
  return mix.map(({ type, bytes }) => `${type} ${percent(bytes / total)}`).join(", ");
}

function percent(share: number): string {
  const whole = Math.round(share * 100);
  return whole === 0 ? "<1 %" : `${whole} %`;
}

function field(label: string, value: string): void {
  line(`  ${paint("dim", label.padEnd(LABEL_CHARS))} ${value}`);
}
