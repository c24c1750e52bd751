// Stands for the interactive shell where it is not built: says that it has started, then is the person's bash. What
// /etc/session-does holds makes it fail.
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, readFileSync, writeSync } from "node:fs";

const fault = existsSync("/etc/session-does") ? readFileSync("/etc/session-does", "utf8").trim() : "";
const ready = Number(process.env.AUTOBOT_SH_READY);
delete process.env.AUTOBOT_SH_READY;

if (fault === "throw") throw new Error("it cannot start");
if (fault === "kill") process.kill(process.pid, "SIGKILL");
writeSync(ready, "\n");
closeSync(ready);
if (fault === "end") process.exit(125);
if (fault === "kill later") process.kill(process.pid, "SIGKILL");
const { status } = spawnSync("/bin/bash", ["-i"], { stdio: "inherit", argv0: "-bash" });
process.exit(status ?? 1);
