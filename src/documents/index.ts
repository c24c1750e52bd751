// Which documents hold shell code, told by their names, and who reads each kind.
import { readAnsibleTasks } from "./ansible-tasks.ts";
import { readDockerfile } from "./dockerfile.ts";
import { readGitlabCi } from "./gitlab-ci.ts";
import { readMakefile } from "./makefile.ts";
import { readMarkdown } from "./markdown.ts";
import { readPackageScripts } from "./package-scripts.ts";
import type { Document, Reading } from "./piece.ts";
import { readMarkedScript, readScript } from "./script.ts";
import { readWorkflow } from "./workflow.ts";

interface Kind {
  /** Of the path below the project's root, or below wherever it was found. */
  readonly names: RegExp;
  /** Undefined: they hold none that we know of. */
  readonly read?: (document: Document) => Reading;
}

/** The first that fits. */
const kinds: readonly Kind[] = [
  { names: /(^|\/)(GNU)?[Mm]akefile(\.\w+)?$|\.(mk|mak)$/, read: readMakefile },
  { names: /(^|\/)(Docker|Container)file([.-][\w.-]+)?$|\.(docker|container)file$/i, read: readDockerfile },
  { names: /(^|\/)package\.json$/, read: readPackageScripts },
  { names: /(^|\/)\.(github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$|(^|\/)action\.ya?ml$/, read: readWorkflow },
  { names: /(^|\/)(\.gitlab\/.+|[^/]*\.?gitlab-ci)\.ya?ml$/, read: readGitlabCi },
  { names: /\.ya?ml$/, read: readAnsibleTasks },
  { names: /\.(md|markdown|mdx|mdc)$|(^|\/)\.(cursor|windsurf|cline)rules$|(^|\/)\.goosehints$/i, read: readMarkdown },
  { names: /\.(sh|bash|zsh|ksh|command)$|(^|\/)\.?(bash|zsh)(rc|_profile|_login|_logout|_aliases|env)$|(^|\/)\.(profile|envrc|zprofile|zlogin|zlogout)$/, read: readScript },
  { names: /(^|\/)[^./][^/]*\.[A-Za-z0-9_~-]+$|\.(png|jpe?g|json|py|ts|js)$/ },
  { names: /(?:)/, read: readMarkedScript },
];

/** Undefined for files that hold no shell code by their name, which need not even be read. */
export function readerFor(path: string): ((document: Document) => Reading) | undefined {
  return kinds.find(({ names }) => names.test(path))?.read;
}

/** Its name says nothing: it holds shell code if it begins with `#!` and a shell. */
export function needsMark(path: string): boolean {
  return readerFor(path) === readMarkedScript;
}
