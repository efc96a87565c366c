/** Entry of a model host that runs GGUF models with llama.cpp. */
import { startLlama } from "./engine.ts";
import { runModelHost } from "../../runtime/model/host_program.ts";

runModelHost(startLlama);
