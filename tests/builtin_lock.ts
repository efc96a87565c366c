/** Writes functions/builtin.lock anew: `bun tests/builtin_lock.ts`, after a built-in function was changed on purpose. */
import { dirname } from "node:path";
import { BUILTIN_LOCK, builtinLock } from "../runtime/load/builtin_lock.ts";

await Bun.write(BUILTIN_LOCK, builtinLock(dirname(BUILTIN_LOCK)));
