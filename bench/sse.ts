/** Reads server-sent events of a turn from an HTTP answer. */

/** One event. */
export interface ServerEvent {
  readonly event: string;
  /** The parsed JSON of its data. */
  readonly data: unknown;
}

/**
 * The events of an answer; comments are left out. Ends with the body.
 * @yields each event when its last line has arrived
 */
export async function* events(response: Response): AsyncGenerator<ServerEvent> {
  let rest = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = /^event: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined)
        yield { event, data: JSON.parse(data) as unknown };
    }
  }
}
