/**
 * Whether a text claims that something was done. Where no tool was called nothing was, and a small model does not know
 * that. Knows two languages and no model.
 */

/** What one says of something that one did. */
const DID =
  "turned|switched|set|sent|added|created|booked|saved|deleted|removed|ordered|started|stopped|played|locked|unlocked|opened|closed|moved|scheduled|updated|changed|cancelled|canceled|reserved|paid|bought|posted|noted|written|wrote|made|put|called|emailed|texted|messaged|translated|converted|completed|reminded";
const CLAIMS: readonly RegExp[] = [
  /^(?:(?:ok(?:ay)?|sure|great|alright|yes)[,.!]? )?(?:it'?s |it is |all )?done\b/iu,
  new RegExp(`\\bI(?:'ve| have)?(?: just| now| already)? (?:${DID})\\b`, "iu"),
  new RegExp(`\\b(?:has|have|was|were|is|are)(?: now| been| already)* (?:${DID})\\b`, "iu"),
  /\b(?:is|are) now (?:on|off|open|closed|locked|unlocked|playing|running)\b/iu,
  /^(?:好的?[，。！]?)?(?:完成|搞定|办好|做好)|已经?(?:为您|帮您|给您|替您)?[\p{Script=Han}]{1,6}(?:了|好|。|，|$)|[\p{Script=Han}]好了[。！]?$/u,
];
/** Says that it was not done. */
const DENIES = /\b(?:not|no|nothing|never|cannot|can't|couldn't|unable)\b|n't|没|不|无法/iu;

/** Whether a text says that something was done, and does not repeat what was said. */
export function claimsAction(text: string, asked: string): boolean {
  const said = text.trim();
  if (said === "" || DENIES.test(said) || asked.includes(said)) return false;
  return CLAIMS.some((claim) => claim.test(said));
}

/** What is true instead. */
export function nothingDone(asked: string): string {
  return /\p{Script=Han}/u.test(asked) ? "我什么也没有做。" : "I have not done anything.";
}
