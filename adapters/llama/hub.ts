/**
 * Names of models and where their files lie: `hf:USER/REPO:QUANTISATION`, `hf:USER/REPO/FILE.gguf`, or an address.
 * Knows how the Hugging Face hub is asked; downloads nothing but its answers.
 */
import * as v from "valibot";
import { get, readShort, type WebOptions } from "./web.ts";
import { partNamed, partOf, stemOf } from "../../runtime/model/parts.ts";
import { MoultError } from "../../schemas/error.ts";

/** A model as its owner names it. */
export interface Source {
  /** The name, in one spelling, without a query (which may hold a signature). */
  readonly text: string;
  /** Local file name without `.gguf` and without a part number. */
  readonly stem: string;
  /** A file of known address; absent: the hub has to be asked for the file of `tag`. */
  readonly url?: URL;
  readonly hub?: { readonly user: string; readonly repo: string; readonly tag: string };
  /** Checksum that came with the address, as `#sha256=…`. */
  readonly sha256?: string;
}

/** One file to download. */
export interface RemoteFile {
  /** Local file name. */
  readonly name: string;
  readonly url: URL;
  readonly sha256?: string;
}

const HUB = /^(?:(?:hf|huggingface):(?:\/\/)?|(?:https:\/\/)?(?:hf\.co|huggingface\.co)\/)(.+)$/;
const OWNER_OR_REPO = /^[A-Za-z0-9][\w.-]*$/;
const PARTS_MAX = 999;
const NAME_CHARS_MAX = 180;
const MANIFEST_BYTES_MAX = 1_000_000;

const Manifest = v.object({
  ggufFile: v.object({
    rfilename: v.string(),
    lfs: v.optional(v.object({ sha256: v.optional(v.string()) })),
  }),
});

/**
 * Understands a name. `env` may set another hub, as for llama.cpp: `MODEL_ENDPOINT` or `HF_ENDPOINT`.
 * @throws {MoultError} `input/invalid`: how names are written
 */
export function parseSource(text: string, env: WebOptions["env"]): Source {
  const inHub = HUB.exec(text.trim())?.[1];
  if (inHub !== undefined) return parseHub(inHub, text, env);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) throw unknownName(text);
  if (url.username !== "" || url.password !== "")
    throw new MoultError("input/invalid", "Leave user and password out of the address of a model");
  return fileSource(url, `${url.origin}${url.pathname}`, "");
}

/** Address of the hub, without a slash at its end. */
export function hubOf(env: WebOptions["env"]): string {
  const named = env["MODEL_ENDPOINT"] ?? env["HF_ENDPOINT"];
  return (named !== undefined && URL.canParse(named) ? named : "https://huggingface.co").replace(
    /\/+$/,
    "",
  );
}

/** The files of a model. Asks the hub when the name leaves open which file is meant. */
export async function locate(source: Source, web: WebOptions): Promise<readonly RemoteFile[]> {
  const { url, hub, stem } = source;
  if (url !== undefined) {
    return inParts(url, stem, source.sha256);
  }
  if (hub === undefined) throw new TypeError("A source has a file or a tag");
  const { rfilename, lfs } = await askHub(hub, source.text, web);
  const address = `${hubOf(web.env)}/${hub.user}/${hub.repo}/resolve/main/`;
  const file = new URL(address + rfilename.split("/").map(encodeURIComponent).join("/"));
  if (!file.href.startsWith(address)) throw unknownName(source.text);
  return inParts(file, stem, lfs?.sha256);
}

function parseHub(rest: string, text: string, env: WebOptions["env"]): Source {
  const [user = "", repoAndTag = "", ...folders] = rest.replace(/[?].*$/, "").split("/");
  const [repo = "", tag = "latest"] = repoAndTag.split(":");
  if (![user, repo, tag].every((word) => OWNER_OR_REPO.test(word))) throw unknownName(text);
  return folders.length === 0
    ? tagSource(user, repo, tag)
    : hubFileSource(`${user}/${repo}`, folders.join("/"), env);
}

function tagSource(user: string, repo: string, tag: string): Source {
  const short = `${user}_${repo.replace(/-gguf$/i, "")}`;
  if (tag.toLowerCase() === "latest")
    return {
      text: `hf:${user}/${repo}`,
      stem: fileName(short),
      hub: { user, repo, tag: "latest" },
    };
  const upper = tag.toUpperCase();
  return {
    text: `hf:${user}/${repo}:${upper}`,
    stem: fileName(`${short}.${upper}`),
    hub: { user, repo, tag: upper },
  };
}

function hubFileSource(repo: string, rest: string, env: WebOptions["env"]): Source {
  const [path = "", hash = "main"] = rest.split("#");
  // What a browser shows as an address of a file: …/blob/main/FILE, or …/resolve/main/FILE.
  const page = /^(?:blob|resolve)\/([^/]+)\/(.+)$/.exec(path);
  const branch = page?.[1] ?? hash;
  const file = (page?.[2] ?? path).split("/").map(decoded);
  const where = ["resolve", branch, ...file].map(encodeURIComponent).join("/");
  const spelled = `hf:${repo}/${file.join("/")}${branch === "main" ? "" : `#${branch}`}`;
  const [user = ""] = repo.split("/");
  return fileSource(new URL(`${hubOf(env)}/${repo}/${where}`), spelled, `${user}_`);
}

function fileSource(url: URL, text: string, prefix: string): Source {
  const last = decoded(url.pathname.split("/").at(-1) ?? "");
  if (!/\.gguf$/i.test(last))
    throw new MoultError(
      "input/invalid",
      `Cannot pull "${text}": an address of a model ends with the name of a .gguf file`,
    );
  const sha256 = /^#sha256=([0-9a-f]{64})$/i.exec(url.hash)?.[1]?.toLowerCase();
  url.hash = "";
  const stem = fileName(prefix + stemOf(last));
  return sha256 === undefined ? { text, stem, url } : { text, stem, url, sha256 };
}

/** The name with which a file may lie in a folder: nothing that a shell or a path would read otherwise. */
function fileName(text: string): string {
  const name = text.replace(/[^\w.-]+/g, "_").replace(/^[.-]+/, "");
  if (name === "") throw unknownName(text);
  return name.slice(0, NAME_CHARS_MAX);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A model in several files is named by any of them; llama.cpp wants all, side by side. */
function inParts(url: URL, stem: string, sha256: string | undefined): readonly RemoteFile[] {
  const name = `${stem}.gguf`;
  const { count = 0 } = partOf(url.pathname) ?? {};
  if (count === 0) {
    return [sha256 === undefined ? { name, url } : { name, url, sha256 }];
  }
  if (count > PARTS_MAX)
    throw new MoultError("input/invalid", `A model in ${count} files is more than moult takes`);
  return Array.from({ length: count }, (_, index) => {
    const part = new URL(url);
    part.pathname = partNamed(url.pathname, index + 1, count);
    return { name: partNamed(name, index + 1, count), url: part };
  });
}

async function askHub(
  { user, repo, tag }: NonNullable<Source["hub"]>,
  name: string,
  web: WebOptions,
): Promise<v.InferOutput<typeof Manifest>["ggufFile"]> {
  const url = new URL(`${hubOf(web.env)}/v2/${user}/${repo}/manifests/${tag}`);
  // The hub tells the file only to whom it takes for llama.cpp.
  const { response } = await get(url, { "user-agent": "llama-cpp" }, web);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw refusedByHub(response.status, name);
  }
  const said = await readShort(response, MANIFEST_BYTES_MAX);
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Manifest), said);
  if (parsed.success) return parsed.output.ggufFile;
  throw new MoultError(
    "model/unavailable",
    `Cannot find a GGUF file for ${name}: ${url.host} names none`,
  );
}

function refusedByHub(status: number, name: string): MoultError {
  if (status === 400 || status === 404)
    return new MoultError(
      "input/invalid",
      `There is no ${name}; look at the repository's files for the quantisations it has`,
    );
  return refused(status, name);
}

/** Why a server does not hand a file out, and what to do. */
export function refused(status: number, name: string): MoultError {
  if (status === 401 || status === 403)
    return new MoultError(
      "policy/denied",
      `Cannot pull ${name}: the server wants to know who asks (${status}); accept the model's terms on its page, and set HF_TOKEN to your token`,
    );
  if (status === 404 || status === 410)
    return new MoultError("input/invalid", `There is no ${name} (${status}); check its name`);
  const retry = status >= 500 || status === 429 || status === 408;
  return new MoultError(
    "model/unavailable",
    `Cannot pull ${name}: the server answers ${status}; try again later`,
    { retry },
  );
}

function unknownName(text: string): MoultError {
  const name = text.replace(/[?#].*$/, "").slice(0, 200);
  return new MoultError(
    "input/invalid",
    `Cannot tell where "${name}" lies; write hf:USER/REPO:QUANTISATION, hf:USER/REPO/FILE.gguf, or an https address of a .gguf file`,
  );
}
