/** Which secrets of a manifest a request may carry. */
import type { Manifest } from "../../../schemas/function.ts";
import { declaredSecret } from "../../policy/secrets.ts";
import { isPlace } from "./destination.ts";

const PLAIN = /^http:\/\//;

/** Whether a manifest lets requests to `place` carry a secret. @param place as `EgressRules.secret` has it */
export function isDeclared({ secrets }: Manifest, wanted: string, place: string): boolean {
  return secrets
    .map(declaredSecret)
    .some((one) => one.name === wanted && (one.place === undefined || isAt(one.place, place)));
}

/** With `http://` before both, or before neither: without it, a secret travels encrypted only. */
function isAt(entry: string, place: string): boolean {
  const [own, asked] = [entry.replace(PLAIN, ""), place.replace(PLAIN, "")];
  return PLAIN.test(entry) === PLAIN.test(place) && isPlace(own, asked);
}

/** Names of all secrets of a manifest. */
export function secretNames({ secrets }: Manifest): readonly string[] {
  return secrets.map((entry) => declaredSecret(entry).name);
}
