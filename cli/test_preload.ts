/**
 * Loaded before a test that `moult dev` runs: `moult` and `moult/testing` are those of this very moult, whatever the
 * project has installed, as they are for functions.
 */
import { plugin } from "bun";
import * as moult from "../runtime/define.ts";
import * as testing from "../runtime/testing.ts";

plugin({
  name: "moult",
  setup(build) {
    build.module("moult", () => ({ exports: { ...moult }, loader: "object" }));
    build.module("moult/testing", () => ({ exports: { ...testing }, loader: "object" }));
  },
});
