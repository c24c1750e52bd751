// The circumstances that a line is decided in, as this process finds them.
import type { Context, Engine, Face } from "../decide.ts";
import { account } from "./account.ts";
import { findWorkspace } from "./workspace.ts";
import { createWorld } from "./world.ts";

/** On this machine, by this user, without a person or the runtime layer. `cwd`: the directory that the line would run in. */
export function contextHere(face: Face, cwd: string | undefined, { policies }: Engine): Context {
  return { face, tty: false, runtime: false, user: account()?.name, cwd, workspace: findWorkspace(cwd, policies), environment: process.env, world: createWorld() };
}
