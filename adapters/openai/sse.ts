/** Reads server-sent events as they come over the wire, however they are cut. Knows no event's meaning. */
import { MoultError } from "../../schemas/error.ts";

/** Characters of one event. No answer needs as many. */
const EVENT_CHARS_MAX = 4_194_304;
/** Lines of data of one event, which may be empty. */
const EVENT_LINES_MAX = 10_000;
/** Older servers report a failure as a field of this name instead of as data. */
const FAILURE = "error";

/**
 * The data of each event, whatever its name; comments are left out. Leaving the loop cancels the stream.
 *
 * @yields {string} what stands after `data:`, lines joined by line breaks
 * @throws {MoultError} `model/unavailable` when an event has no end
 */
export async function* eventData(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let data: string[] = [];
  let chars = 0;
  for await (const line of linesIn(bytes)) {
    const [, name = "", value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (line === "") {
      if (data.length > 0) yield data.join("\n");
      data = [];
      chars = 0;
    } else if (name === "data" || name === FAILURE) {
      chars += value.length;
      if (chars > EVENT_CHARS_MAX || data.length >= EVENT_LINES_MAX) throw endless();
      data.push(value);
    }
  }
  // The last event may lack the empty line that ends it.
  if (data.length > 0) yield data.join("\n");
}

/**
 * Lines, also where a chunk ends in the middle of one, or of a character.
 *
 * @yields {string} one line without the LF, CR LF or CR that ends it
 */
async function* linesIn(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  let skipLf = false;
  for await (const chunk of bytes) {
    let text = decoder.decode(chunk, { stream: true });
    if (text === "") continue;
    // The LF of a CR LF that was cut in two.
    if (skipLf && text.startsWith("\n")) text = text.slice(1);
    skipLf = text === "" ? false : text.endsWith("\r");
    const lines = (rest + text).split(/\r\n|\r|\n/);
    rest = lines.pop() ?? "";
    if (rest.length > EVENT_CHARS_MAX) throw endless();
    yield* lines;
  }
  const last = rest + decoder.decode();
  if (last !== "") yield last;
}

function endless(): MoultError {
  return new MoultError("model/unavailable", "The provider sends an event without an end");
}
