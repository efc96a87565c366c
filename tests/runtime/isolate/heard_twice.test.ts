import { expect, test } from "bun:test";
import { HeardTwice } from "../../../runtime/isolate/heard_twice.ts";
import { until } from "../../waiting.ts";

const NAMELESS = { kind: "exec", text: "a program" };
const NAMED = { kind: "exec", text: "ls", wanted: "ls" };
const FILE = { kind: "read", text: "a file", wanted: "/etc/a" };

function listen() {
  const told: unknown[] = [];
  const heard = new HeardTwice<number>((call, { text }) => told.push([call, text]));
  return { told, heard };
}

test("A program that both tell of is told once, with its name", () => {
  const { told, heard } = listen();
  heard.ofKernel(1, NAMELESS);
  expect(told).toEqual([]);
  heard.ofHost(1, NAMED);
  heard.flush();
  heard.ofKernel(1, { ...NAMED, text: "/bin/ls", wanted: "/bin/ls" });
  heard.ofHost(1, NAMED);
  expect(told).toEqual([
    [1, "ls"],
    [1, "/bin/ls"],
  ]);
});

test("A program of which only the kernel tells is told of the call that was there, at its end or a moment later", async () => {
  const { told, heard } = listen();
  heard.ofKernel(1, NAMELESS);
  heard.flush();
  heard.flush();
  expect(told).toEqual([[1, "a program"]]);
  heard.ofKernel(2, NAMELESS);
  await until(() => told.length === 2);
  expect(told[1]).toEqual([2, "a program"]);
});

test("What one of them tells of alone is told at once, what has no name yet with the next word of the host", () => {
  const { told, heard } = listen();
  heard.ofKernel(1, NAMELESS);
  heard.ofKernel(undefined, FILE);
  heard.ofHost(3, { kind: "secret", text: "a secret", wanted: "A" });
  heard.ofHost(3, NAMED);
  expect(told).toEqual([
    [undefined, "a file"],
    [1, "a program"],
    [3, "a secret"],
    [3, "ls"],
  ]);
});

test("A host that the kernel knows no name of is told once, by its name, whoever tells first", () => {
  const { told, heard } = listen();
  const unnamed = (text: string) => ({ kind: "net", text, isUnnamed: true });
  const named = { kind: "net", text: "a.example:443", wanted: "a.example:443" };
  heard.ofKernel(1, unnamed("a UDP socket"));
  heard.ofKernel(1, unnamed("a TCP socket"));
  expect(told).toEqual([]);
  heard.ofHost(1, named);
  heard.ofKernel(1, unnamed("a UDP socket"));
  heard.flush();
  expect(told).toEqual([[1, "a.example:443"]]);
  heard.ofHost(1, { kind: "net", text: "a WebSocket" });
  heard.ofKernel(1, { kind: "net", text: "a unix socket" });
  expect(told.slice(1)).toEqual([
    [1, "a WebSocket"],
    [1, "a unix socket"],
  ]);
});

test("A host that nobody names is told of as the kernel does", () => {
  const { told, heard } = listen();
  heard.ofKernel(1, { kind: "net", text: "a UDP socket", isUnnamed: true });
  heard.flush();
  expect(told).toEqual([[1, "a UDP socket"]]);
});
