import { expect, test } from "bun:test";
import home from "../../../functions/tools/home.ts";
import { callContext, callTool } from "moult/testing";

test.each([
  [
    { device: "kitchen light", action: "on" },
    { device: "kitchen light", state: "on" },
  ],
  [
    { device: "the light in the kitchen", action: "on" },
    { device: "kitchen light", state: "on" },
  ],
  [
    { device: "Bedroom Lamp", action: "off" },
    { device: "bedroom light", state: "off" },
  ],
  [
    { device: "living room light", action: "set", value: 40 },
    { device: "living room light", state: "40%" },
  ],
  [
    { device: "living room light", action: "on", value: 40 },
    { device: "living room light", state: "40%" },
  ],
  [
    { device: "bathroom heating", action: "set", value: 22.5 },
    { device: "bathroom heating", state: "22.5 °C" },
  ],
  [
    { device: "radiator in the office", action: "off" },
    { device: "office heating", state: "off" },
  ],
  [
    { device: "bedroom blinds", action: "close" },
    { device: "bedroom blinds", state: "closed" },
  ],
  [
    { device: "shutters in the kitchen", action: "set", value: 50 },
    { device: "kitchen blinds", state: "50% open" },
  ],
  [
    { device: "front door", action: "unlock" },
    { device: "front door", state: "unlocked" },
  ],
  [
    { device: "garage", action: "lock" },
    { device: "garage door", state: "locked" },
  ],
  [
    { device: "office", action: "on" },
    { device: "office light", state: "on" },
  ],
] as const)("home does %p", async (input, output) => {
  const ctx = callContext();
  expect(await callTool(home, input, ctx)).toEqual(output);
  expect(await callTool(home, { device: output.device, action: "status" }, ctx)).toEqual(output);
});

test("asking for a state changes nothing", async () => {
  const ctx = callContext();
  expect(await callTool(home, { device: "front door", action: "status" }, ctx)).toMatchObject({
    state: "locked",
  });
  expect(await ctx.kv.list()).toEqual([]);
});

test("several rooms are switched together and told apart", async () => {
  const ctx = callContext();
  const both = { device: "the lights in the kitchen and the office", action: "on" } as const;
  expect(await callTool(home, both, ctx)).toEqual({ device: "kitchen, office light", state: "on" });
  const { state } = await callTool(home, { device: "all lights", action: "status" }, ctx);
  expect(state).toContain("kitchen on, living room off");
  expect(await callTool(home, { device: "lights", action: "off" }, ctx)).toMatchObject({
    state: "off",
  });
});

test.each([
  [{ device: "toaster", action: "on" }, "kitchen, living room"],
  [{ device: "light", action: "on" }, "kitchen, living room"],
  [{ device: "door", action: "unlock" }, "front, back, garage"],
  [{ device: "bathroom", action: "set", value: 20 }, "light, heating and blinds"],
  [{ device: "front door", action: "open" }, "it knows lock, unlock and status"],
  [{ device: "kitchen light", action: "lock" }, "it knows on, off, set and status"],
  [{ device: "kitchen light", action: "set" }, "give a value of 0 to 100"],
  [{ device: "kitchen light", action: "set", value: 140 }, "give a value of 0 to 100"],
  [{ device: "office heating", action: "set", value: -5 }, "give a value of 0 to 30"],
] as const)("home refuses %p, says what it knows, and changes nothing", async (input, why) => {
  const ctx = callContext();
  await expect(callTool(home, input, ctx)).rejects.toMatchObject({
    code: "tool/failed",
    message: expect.stringContaining(why),
  });
  expect(await ctx.kv.list()).toEqual([]);
});
