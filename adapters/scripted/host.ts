/** Entry of a model host that plays a script. Needs no native code. */
import { startScripted } from "./engine.ts";
import { runModelHost } from "../../runtime/model/host_program.ts";

runModelHost(startScripted);
