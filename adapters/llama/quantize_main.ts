/**
 * Makes a model smaller: `bun quantize_main.ts FOLDER IN OUT TYPE THREADS`, a process of its own, since the call blocks for
 * minutes and may need more memory than there is. The library tells of each tensor on standard error.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { dlopen, FFIType, ptr } from "bun:ffi";

/** `llama_model_quantize_params` of llama.h: 64 bytes, `nthread` first, then `ftype`. */
const PARAMS_BYTES = 64;
const THREADS_AT = 0;
const TYPE_AT = 4;

const [folder = "", input = "", output = "", type = "", threads = "1"] = process.argv.slice(2);
const library = readdirSync(folder).find((name) => /^libllama\.(?:v[\d.]+\.)?so$/.test(name));
if (library === undefined) throw new Error(`There is no libllama in ${folder}`);
const { symbols } = dlopen(join(folder, library), {
  llama_backend_init: { args: [], returns: FFIType.void },
  // Returned in memory that the caller gives: on x64 that is a hidden first argument.
  llama_model_quantize_default_params: { args: [FFIType.ptr], returns: FFIType.ptr },
  llama_model_quantize: { args: [FFIType.ptr, FFIType.ptr, FFIType.ptr], returns: FFIType.u32 },
});
symbols.llama_backend_init();
const params = new Uint8Array(PARAMS_BYTES);
symbols.llama_model_quantize_default_params(ptr(params));
const view = new DataView(params.buffer);
view.setInt32(THREADS_AT, Number(threads), true);
view.setInt32(TYPE_AT, Number(type), true);
const text = (value: string) => ptr(Buffer.from(`${value}\0`));
process.exit(symbols.llama_model_quantize(text(input), text(output), ptr(params)) === 0 ? 0 : 1);
