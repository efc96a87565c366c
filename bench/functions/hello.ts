import { defineTool, v } from "moult";

export default defineTool({
  description: "Greets somebody by name.",
  input: v.object({ name: v.string() }),
  output: v.object({ hello: v.string() }),
  run: ({ name }) => ({ hello: name }),
});
