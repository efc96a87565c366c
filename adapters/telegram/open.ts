/** Loads the rest of this folder only where Telegram is configured. */
import type { TelegramConfig } from "../../schemas/config.ts";
import type { Transport } from "../../runtime/ports.ts";
import type { TelegramParts } from "./transport.ts";

/** The transport by its protocol; nothing without a configuration. */
export async function openTelegram(
  config: TelegramConfig | undefined,
  parts: TelegramParts,
): Promise<Readonly<Record<string, Transport>>> {
  if (config === undefined) return {};
  const { createTelegram } = await import("./transport.ts");
  return { telegram: createTelegram(config, parts) };
}
