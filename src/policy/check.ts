// A request → the read-only command that shows what is there.
import { quoteWords } from "./command.ts";
import { removers, versionControl } from "./edit.ts";
import type { Request } from "./request.ts";
import { addressOf, loginOf, plainWord, type Situation } from "./situation.ts";
import { basename, parent } from "./workspace.ts";

/** A read-only command over ssh. Its own words are quoted once more: the host's shell parses them again. */
export function onHost(situation: Situation, remoteWords: readonly string[] | undefined): string | undefined {
  const address = addressOf(situation);
  if (address === undefined || remoteWords === undefined) return undefined;
  const line = quoteWords(remoteWords);
  const key = situation.set.fleet.key;
  if (line === undefined || line.includes("$'")) return undefined;
  return quoteWords(["ssh", ...(key === undefined ? [] : ["-i", key]), `${loginOf(situation)}${address}`, line]);
}

/** How to see what a change of this kind has done. */
export function checkWords(situation: Situation): readonly string[] | undefined {
  const { request } = situation;
  switch (request.action) {
    case "edit":
    case "write":
      return fileCheck(situation);
    case "service":
      return serviceCheck(situation);
    case "container":
      return ["docker", "ps"];
    case "package":
      return packageCheck(request);
    case "execute":
    case "session":
    case "authenticate":
    case "read":
      return undefined;
  }
}

function fileCheck({ request, remote }: Situation): readonly string[] | undefined {
  if (remote === undefined || !remote.known || remote.glob || !remote.text.startsWith("/")) return undefined;
  if (removers.has(request.utility)) return ["ls", "-l", parent(remote.text)];
  if (versionControl.has(request.utility)) return ["ls", "-l", remote.text];
  const looksLikeFile = request.action === "edit" || /[^/]\.[^/.]+$/.test(basename(remote.text));
  return looksLikeFile && !remote.text.endsWith("/") ? ["sha256sum", remote.text] : ["ls", "-ld", remote.text];
}

const processUtilities: ReadonlySet<string> = new Set(["kill", "pkill", "killall", "fuser"]);
const unitUtilities: ReadonlySet<string> = new Set(["systemctl", "service", "ansible"]);

function serviceCheck(situation: Situation): readonly string[] | undefined {
  const { utility, name } = situation.request;
  if (name === "machine") return ["uptime"];
  if (processUtilities.has(utility)) return ["ps", "aux"];
  if (!unitUtilities.has(utility)) return undefined;
  const unit = plainWord("unit", situation);
  return unit === undefined ? ["systemctl", "--failed"] : ["systemctl", "status", unit];
}

const packageQueries: Readonly<Record<string, readonly string[]>> = {
  apt: ["dpkg", "-s"],
  "apt-get": ["dpkg", "-s"],
  dpkg: ["dpkg", "-s"],
  dnf: ["rpm", "-q"],
  yum: ["rpm", "-q"],
  rpm: ["rpm", "-q"],
  pip: ["pip", "show"],
  pip3: ["pip3", "show"],
  snap: ["snap", "list"],
};

function packageCheck({ name, utility }: Request): readonly string[] | undefined {
  const query = packageQueries[utility];
  return query === undefined || name === undefined || !/^[\w.+-]+$/.test(name) || name.startsWith("-") ? undefined : [...query, name];
}
