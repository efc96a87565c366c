import { testModel } from "../../contract/model.ts";
import { openModel } from "../../runtime/model/answers.ts";

testModel({
  open: () => openModel(),
  chat: "hello Bob",
  calling: "what is the weather in Oslo?",
  tool: {
    name: "get_weather",
    description: "Get the weather for a city",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
  input: { city: "Oslo" },
});
