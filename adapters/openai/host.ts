/** Entry of a model host whose model another program or service runs. Needs no native code. */
import { startOpenai } from "./engine.ts";
import { runModelHost } from "../../runtime/model/host_program.ts";

runModelHost(startOpenai);
