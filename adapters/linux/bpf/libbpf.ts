/** The part of libbpf that the layers in the kernel need, through `bun:ffi`. It knows no program and no policy. */
import { dlopen, FFIType, JSCallback, type Pointer, ptr, toArrayBuffer } from "bun:ffi";
import { closeSync } from "node:fs";
import { constants } from "node:os";
import { messageOf } from "../../../schemas/error.ts";
import { errorName, text } from "../syscalls.ts";

const LIBRARY = "libbpf.so.1";
/** How those who lack the library get it. */
const LIBRARY_REMEDY = "apt install libbpf1";

function open() {
  const { i32, u32, u64, ptr: pointer, function: callback, void: nothing } = FFIType;
  return dlopen(LIBRARY, {
    libbpf_set_print: { args: [pointer], returns: pointer },
    bpf_object__open_file: { args: [pointer, pointer], returns: pointer },
    bpf_object__load: { args: [pointer], returns: i32 },
    bpf_object__close: { args: [pointer], returns: nothing },
    bpf_object__next_program: { args: [pointer, pointer], returns: pointer },
    bpf_object__find_map_fd_by_name: { args: [pointer, pointer], returns: i32 },
    bpf_program__name: { args: [pointer], returns: FFIType.cstring },
    bpf_program__fd: { args: [pointer], returns: i32 },
    bpf_program__set_autoload: { args: [pointer, FFIType.bool], returns: i32 },
    bpf_program__expected_attach_type: { args: [pointer], returns: i32 },
    bpf_prog_load: { args: [i32, pointer, pointer, pointer, u64, pointer], returns: i32 },
    bpf_prog_test_run_opts: { args: [i32, pointer], returns: i32 },
    libbpf_find_vmlinux_btf_id: { args: [pointer, i32], returns: i32 },
    bpf_raw_tracepoint_open: { args: [pointer, i32], returns: i32 },
    bpf_prog_attach: { args: [i32, i32, i32, u32], returns: i32 },
    bpf_map_update_elem: { args: [i32, pointer, pointer, u64], returns: i32 },
    bpf_map_lookup_elem: { args: [i32, pointer, pointer], returns: i32 },
    bpf_map_delete_elem: { args: [i32, pointer], returns: i32 },
    ring_buffer__new: { args: [i32, callback, pointer, pointer], returns: pointer },
    ring_buffer__consume: { args: [pointer], returns: i32 },
    ring_buffer__free: { args: [pointer], returns: nothing },
  }).symbols;
}

let symbols: ReturnType<typeof open> | undefined;

/** Opens the library at its first use. Throws where it is not installed. */
function library(): ReturnType<typeof open> {
  if (symbols !== undefined) return symbols;
  symbols = open();
  // It would print to our standard error; what it returns says enough.
  symbols.libbpf_set_print(null);
  return symbols;
}

/** Something of the library's, which only it looks into. */
type Handle = Pointer | bigint;

/** Throws what a negative result means. */
function check(what: string, result: number): number {
  if (result >= 0) return result;
  throw new Error(`${what}: ${errorName(-result) ?? `error ${String(-result)}`}`);
}

const HOOKS = { program: 29, place: 27 } as const;

/**
 * Throws unless the kernel lets us load programs for its security hooks. It is asked to load one of two instructions
 * for the first of its types, which is no hook, and must say that; one that takes none does not get so far.
 */
export function tryHooks(): void {
  const RETURN_0 = Buffer.from("b7000000000000009500000000000000", "hex");
  const options = Buffer.alloc(48);
  options.writeBigUInt64LE(48n, 0);
  options.writeInt32LE(1, 8); // Attempts.
  options.writeUInt32LE(HOOKS.place, 12);
  options.writeUInt32LE(1, 32); // Number of the type.
  const [name, licence] = [ptr(text("try")), ptr(text("GPL"))];
  const load = library().bpf_prog_load;
  const result = load(HOOKS.program, name, licence, ptr(RETURN_0), 2, ptr(options));
  if (result !== -constants.errno.EINVAL) check("Cannot load a program for a hook", result);
}

/** Whether the kernel has a security hook of this name. Reads all of its types: slow. */
export function hasHook(name: string): boolean {
  return library().libbpf_find_vmlinux_btf_id(ptr(text(name)), HOOKS.place) > 0;
}

/**
 * Opens a layer that needs the library, or says why this machine has none and what to do about it.
 *
 * @param remedy what to do, by what went wrong
 */
export function layerOrWhy<Layer>(
  make: () => Layer,
  remedy: (message: string) => string,
): Layer | { readonly why: string } {
  try {
    return make();
  } catch (error) {
    const message = messageOf(error);
    if (message.includes("libbpf")) return { why: `libbpf is not installed (${LIBRARY_REMEDY})` };
    return { why: `${message} (${remedy(message)})` };
  }
}

/** Whether the kernel refused for want of rights. */
export function lacksRights(message: string): boolean {
  return /EPERM|EACCES/.test(message);
}

/** A set of programs in the kernel. They stay for as long as this is open, or what they are attached to exists. */
export class BpfObject {
  readonly #object: Handle;

  /**
   * Loads an object file; the kernel verifies it. Throws when the library is missing or the kernel refuses.
   *
   * @param wanted says by name which programs to load; all by default
   */
  constructor(path: string, wanted: (name: string) => boolean = () => true) {
    const lib = library();
    const object = lib.bpf_object__open_file(ptr(text(path)), null);
    if (object === null) throw new Error(`Cannot read ${path}`);
    try {
      let program = lib.bpf_object__next_program(object, null);
      for (; program !== null; program = lib.bpf_object__next_program(object, program))
        if (!wanted(String(lib.bpf_program__name(program))))
          check("Cannot leave out a program", lib.bpf_program__set_autoload(program, false));
      check("Cannot load the programs", lib.bpf_object__load(object));
    } catch (error) {
      lib.bpf_object__close(object);
      throw error;
    }
    this.#object = object;
  }

  /**
   * Attaches programs to a control group and all groups in it, whatever others are there. They stay until the group
   * is removed: the end of this process does not detach them.
   *
   * @param group open file descriptor of its folder
   * @param wanted says by name which ones
   * @returns the names of those that are attached
   */
  attach(group: number, wanted: (name: string) => boolean): readonly string[] {
    const BESIDE_OTHERS = 2; // BPF_F_ALLOW_MULTI
    const lib = library();
    const names: string[] = [];
    let program = lib.bpf_object__next_program(this.#object, null);
    for (; program !== null; program = lib.bpf_object__next_program(this.#object, program)) {
      const name = String(lib.bpf_program__name(program));
      if (!wanted(name)) continue;
      const type = lib.bpf_program__expected_attach_type(program);
      const file = lib.bpf_program__fd(program);
      check(`Cannot attach ${name}`, lib.bpf_prog_attach(file, group, type, BESIDE_OTHERS));
      names.push(name);
    }
    return names;
  }

  /**
   * Runs one program at each pass of a place in the kernel, whichever process comes there, until what is returned is
   * called or this process ends.
   */
  trace(place: string, name: string): () => void {
    return this.#open(text(place), name);
  }

  /**
   * Lets one program judge at the hook that it was written for, whichever process comes there, until what is returned
   * is called or this process ends.
   */
  hook(name: string): () => void {
    return this.#open(null, name);
  }

  #open(place: Uint8Array | null, name: string): () => void {
    const at = place === null ? null : ptr(place);
    const opened = library().bpf_raw_tracepoint_open(at, this.#file(name));
    const file = check(`Cannot attach ${name}`, opened);
    return () => closeSync(file);
  }

  /** Runs one program once, on this thread. What it is given it may change. Throws what it returns, if that is negative. */
  run(name: string, given: Uint8Array): void {
    const options = Buffer.alloc(80);
    options.writeBigUInt64LE(80n, 0);
    options.writeBigUInt64LE(BigInt(ptr(given)), 32);
    options.writeUInt32LE(given.length, 48);
    check(`Cannot run ${name}`, library().bpf_prog_test_run_opts(this.#file(name), ptr(options)));
    check(name, options.readInt32LE(56));
  }

  /** The file descriptor of a program. */
  #file(name: string): number {
    const lib = library();
    let program = lib.bpf_object__next_program(this.#object, null);
    while (program !== null && String(lib.bpf_program__name(program)) !== name)
      program = lib.bpf_object__next_program(this.#object, program);
    if (program === null) throw new Error(`There is no program "${name}"`);
    return lib.bpf_program__fd(program);
  }

  /** One of its maps. */
  map(name: string): BpfMap {
    const file = library().bpf_object__find_map_fd_by_name(this.#object, ptr(text(name)));
    return new BpfMap(check(`There is no map "${name}"`, file));
  }

  /** Lets go of it. What is attached stays. */
  close(): void {
    library().bpf_object__close(this.#object);
  }
}

/** A table, or a ring buffer, that programs and we share. Its object owns it. */
export class BpfMap {
  /** Its file descriptor. */
  readonly file: number;

  constructor(file: number) {
    this.file = file;
  }

  /** Sets a value. Throws when the table is full. */
  set(key: Uint8Array, value: Uint8Array): void {
    check("Cannot set", library().bpf_map_update_elem(this.file, ptr(key), ptr(value), 0));
  }

  /** Fills `value`. False when there is none. */
  get(key: Uint8Array, value: Uint8Array): boolean {
    return library().bpf_map_lookup_elem(this.file, ptr(key), ptr(value)) === 0;
  }

  /** Removes a value, if it is there. */
  delete(key: Uint8Array): void {
    library().bpf_map_delete_elem(this.file, ptr(key));
  }
}

/** A number as the kernel's tables have it. */
export function number32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Reads what programs put into a ring buffer. */
export class RingReader {
  readonly #callback: JSCallback;
  readonly #ring: Handle;

  /** @param onRecord gets each record; it must not keep the view */
  constructor(map: BpfMap, onRecord: (record: DataView) => void) {
    this.#callback = new JSCallback(
      (_context: Pointer, data: Pointer, bytes: bigint | number) => {
        onRecord(new DataView(toArrayBuffer(data, 0, Number(bytes))));
        return 0;
      },
      { args: [FFIType.ptr, FFIType.ptr, FFIType.u64], returns: FFIType.i32 },
    );
    const ring = library().ring_buffer__new(map.file, this.#callback.ptr, null, null);
    if (ring === null) {
      this.#callback.close();
      throw new Error("Cannot open the ring buffer");
    }
    this.#ring = ring;
  }

  /** Hands over what has come since the last time. Does not wait. */
  consume(): void {
    library().ring_buffer__consume(this.#ring);
  }

  /** Reads no more. */
  close(): void {
    library().ring_buffer__free(this.#ring);
    this.#callback.close();
  }
}
