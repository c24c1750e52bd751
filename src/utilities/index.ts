// Every built-in utility, by family.
import { utilities as ansible } from "./ansible.ts";
import { utilities as archive } from "./archive.ts";
import { utilities as build } from "./build.ts";
import { utilities as cloud } from "./cloud.ts";
import { utilities as cluster } from "./cluster.ts";
import { utilities as commandString } from "./command-string.ts";
import { utilities as container } from "./container.ts";
import { utilities as daemon } from "./daemon.ts";
import { utilities as database } from "./database.ts";
import { utilities as download } from "./download.ts";
import { utilities as editor } from "./editor.ts";
import { utilities as env } from "./env.ts";
import { utilities as expect } from "./expect.ts";
import { utilities as file } from "./file.ts";
import { utilities as find } from "./find.ts";
import { utilities as fleet } from "./fleet.ts";
import { utilities as git } from "./git.ts";
import { utilities as inspection } from "./inspection.ts";
import { utilities as interpreter } from "./interpreter.ts";
import { utilities as key } from "./key.ts";
import { utilities as machine } from "./machine.ts";
import { utilities as multiplexer } from "./multiplexer.ts";
import { utilities as packages } from "./package.ts";
import { utilities as privilege } from "./privilege.ts";
import { utilities as read } from "./read.ts";
import { utilities as redis } from "./redis.ts";
import { utilities as remoteLogin } from "./remote-login.ts";
import { utilities as rsync } from "./rsync.ts";
import { utilities as salt } from "./salt.ts";
import { utilities as sed } from "./sed.ts";
import { utilities as service } from "./service.ts";
import { utilities as sftp } from "./sftp.ts";
import { utilities as shell } from "./shell.ts";
import { utilities as ssh } from "./ssh.ts";
import { utilities as sshpass } from "./sshpass.ts";
import { utilities as system } from "./system.ts";
import { utilities as text } from "./text.ts";
import { utilities as transfer } from "./transfer.ts";
import type { Utility } from "./utility.ts";
import { utilities as wrapper } from "./wrapper.ts";
import { utilities as xargs } from "./xargs.ts";

/** By the name of the file. */
export const families: Readonly<Record<string, readonly Utility[]>> = {
  ansible,
  archive,
  build,
  cloud,
  cluster,
  "command-string": commandString,
  container,
  daemon,
  database,
  download,
  editor,
  env,
  expect,
  file,
  find,
  fleet,
  git,
  inspection,
  interpreter,
  key,
  machine,
  multiplexer,
  package: packages,
  privilege,
  read,
  redis,
  "remote-login": remoteLogin,
  rsync,
  salt,
  sed,
  service,
  sftp,
  shell,
  ssh,
  sshpass,
  system,
  text,
  transfer,
  wrapper,
  xargs,
};

export const builtIn: readonly Utility[] = Object.values(families).flat();
