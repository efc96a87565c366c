/** Telegram keeps the contract of transports, by polling and by webhook. */
import { transportContract } from "../../contract/transport.ts";
import { polled, posted } from "./platform.ts";

transportContract("telegram by polling", () => polled(), {
  trouble: true,
  measure: true,
  strange: true,
  vanish: true,
  rewrite: true,
});

transportContract("telegram by webhook", posted, { forge: true, rewrite: true });
